-- The data keys, each wrapped by the master key whose name stands in house.key_id.

CREATE TABLE vault_keys (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- what each ciphertext calls it
    name TEXT NOT NULL,
    -- 'names' makes digests and links, 'contents' wraps the own keys of what is sealed
    purpose TEXT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    -- from when on nothing but packages of before is sealed with it
    retired_at BIGINT,
    UNIQUE (purpose, name)
);

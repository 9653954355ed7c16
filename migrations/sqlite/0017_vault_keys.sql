-- The data keys, each wrapped by the master key whose name stands in house.key_id.

CREATE TABLE vault_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- what each ciphertext calls it
    name TEXT NOT NULL,
    -- 'names' makes digests and links, 'contents' wraps the own keys of what is sealed
    purpose TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    -- from when on nothing but packages of before is sealed with it
    retired_at INTEGER,
    UNIQUE (purpose, name)
) STRICT;

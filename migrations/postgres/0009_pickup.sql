-- People without any address are answered on a page of their case. It opens with a code and a PIN, of which only keyed
-- digests are kept.
CREATE TABLE pickups (
    case_id BIGINT PRIMARY KEY REFERENCES cases (id),
    code_hash BYTEA NOT NULL UNIQUE,
    pin_hash BYTEA NOT NULL,
    issued_at BIGINT NOT NULL
);

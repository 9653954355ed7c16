-- People without any address are answered on a page of their case. It opens with a code and a PIN, of which only keyed
-- digests are kept.
CREATE TABLE pickups (
    case_id INTEGER PRIMARY KEY REFERENCES cases (id),
    code_hash BLOB NOT NULL UNIQUE,
    pin_hash BLOB NOT NULL,
    issued_at INTEGER NOT NULL
) STRICT;

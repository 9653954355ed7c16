-- An address is shared and tells who has signed in from it: what a browser was given when its person signed in, nobody else has.
DROP TABLE known_places;

-- hashes of 256 random bits that a browser keeps, for each account that was signed in to with it
CREATE TABLE devices (
    token_hash BYTEA NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, staff_id)
);
CREATE INDEX devices_by_staff ON devices (staff_id);
CREATE INDEX devices_by_time ON devices (seen_at);

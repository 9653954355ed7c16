-- Passkeys: what signs, and the ceremonies in which it does.

CREATE TABLE passkeys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    -- keyed digest of the credential's id: nobody has one of somebody else's
    credential BLOB NOT NULL UNIQUE,
    -- the credential with its public key, sealed
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    -- what its person calls it
    name TEXT NOT NULL,
    -- the last count of its signatures that was taken; 0 for ever of one that does not count
    counter INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER,
    -- when its count went back: there may be a copy, so that it proves nothing any more
    doubted_at INTEGER
) STRICT;
CREATE INDEX passkeys_by_staff ON passkeys (staff_id);

-- a challenge that waits for its answer, for five minutes and once; it goes with the session that asked
CREATE TABLE ceremonies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    -- what the answer is judged by, sealed
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ceremonies_by_session ON ceremonies (session_id);
CREATE INDEX ceremonies_by_end ON ceremonies (ends_at);

-- Accounts: second factors, sessions that say how far somebody has come, links by which accounts begin and passwords change.

-- grows with every change of a password or factor: what was made before it holds no longer
ALTER TABLE staff ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;

-- sessions of before have no stage: everybody signs in once more
DROP TABLE sessions;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    -- half: the password was right, the second factor is not given yet
    stage TEXT NOT NULL,
    -- where it began, as far as it is known
    place TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- when the person last proved who they are
    proved_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- the secret of an authenticator, sealed, and the last step of which a code was taken
CREATE TABLE authenticators (
    staff_id INTEGER PRIMARY KEY REFERENCES staff (id),
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- keyed digests
CREATE TABLE recovery_codes (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (staff_id, code_hash)
) STRICT, WITHOUT ROWID;

-- first start, invitations and new passwords; a link is for the account as it was when the link was made
CREATE TABLE account_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- what its token is made from, with the master key
    number TEXT NOT NULL UNIQUE,
    token_hash BLOB NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    -- nobody's where somebody asked for an address that has no account
    staff_id INTEGER REFERENCES staff (id),
    stamp INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_links_by_end ON account_links (ends_at);
CREATE INDEX account_links_by_staff ON account_links (staff_id);

-- keyed digests of an account and an address from which it was signed in to: who comes from there waits for no stranger
CREATE TABLE known_places (
    place BLOB PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX known_places_by_staff ON known_places (staff_id);
CREATE INDEX known_places_by_time ON known_places (seen_at);

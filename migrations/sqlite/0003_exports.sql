-- Copies of people's data: packages in a store of files, the links and codes that open them, each fetching.

-- the code shown once when a link is confirmed; the code itself is nowhere
ALTER TABLE verifications ADD COLUMN code_hash BLOB;

CREATE TABLE packages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    case_id INTEGER NOT NULL REFERENCES cases (id),
    -- what the file is called in the store; known here before the file is begun
    object TEXT NOT NULL UNIQUE,
    -- what the person was verified by
    identity_id INTEGER NOT NULL REFERENCES contents (id),
    made_at INTEGER NOT NULL,
    -- size and SHA-256 of the archive, and what is in it; once it was read back
    bytes INTEGER,
    sha256 TEXT,
    manifest TEXT,
    -- the link; the token itself is nowhere
    token_hash BLOB UNIQUE,
    released_at INTEGER,
    expires_at INTEGER,
    downloads INTEGER NOT NULL DEFAULT 0,
    most_downloads INTEGER NOT NULL DEFAULT 0,
    -- nobody gets it any more; its file is to be destroyed
    ended_at INTEGER,
    destroyed_at INTEGER
) STRICT;
CREATE INDEX packages_by_case ON packages (case_id);
CREATE INDEX packages_by_run ON packages (run_id);
CREATE INDEX packages_kept ON packages (expires_at) WHERE destroyed_at IS NULL;

-- each fetching: an address that goes on where it broke off, and ends soon
CREATE TABLE downloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    package_id INTEGER NOT NULL REFERENCES packages (id),
    ticket_hash BLOB NOT NULL UNIQUE,
    -- the form that a password opens is a file of its own
    object TEXT UNIQUE,
    bytes INTEGER,
    sha256 TEXT,
    -- the password, sealed, until that file is made
    wrapped_key BLOB,
    cipher BLOB,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX downloads_by_package ON downloads (package_id);

-- a link that shows a new code for this package, and verifies nothing else
ALTER TABLE verifications ADD COLUMN package_id INTEGER REFERENCES packages (id);

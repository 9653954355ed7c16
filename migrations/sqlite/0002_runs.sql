-- Runs against generation databases: verification, holds, plans with their checkpoints, receipts, tombstones.

-- links by which people show that they are who they say; the token itself is nowhere
CREATE TABLE verifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    token_hash BLOB NOT NULL UNIQUE,
    content_id INTEGER NOT NULL REFERENCES contents (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX verifications_by_case ON verifications (case_id);

-- reasons that forbid erasing a subject, who is known by a keyed digest of the account
CREATE TABLE holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product TEXT NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    subject_digest BLOB NOT NULL,
    basis TEXT NOT NULL,
    placed_by INTEGER NOT NULL REFERENCES staff (id),
    placed_at INTEGER NOT NULL,
    released_by INTEGER REFERENCES staff (id),
    released_at INTEGER
) STRICT;
CREATE INDEX holds_by_subject ON holds (product, subject_digest) WHERE released_at IS NULL;
CREATE INDEX holds_by_case ON holds (case_id);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    product TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    scope_hash TEXT NOT NULL,
    -- numbers and names of tables and columns only
    plan TEXT NOT NULL,
    -- subject keys and identities, sealed; forgotten once the run has ended
    wrapped_key BLOB,
    cipher BLOB,
    asked_by INTEGER NOT NULL REFERENCES staff (id),
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_by INTEGER REFERENCES staff (id),
    decided_at INTEGER,
    -- counts the workers that took the run up; only the last one may write
    worker INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER,
    ended_at INTEGER,
    stop TEXT
) STRICT;
CREATE INDEX runs_by_case ON runs (case_id);
CREATE INDEX runs_open ON runs (id) WHERE open;
CREATE UNIQUE INDEX runs_one_a_case ON runs (case_id) WHERE open;

-- the checkpoints: each step of a run with how far it is
CREATE TABLE run_steps (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    n INTEGER NOT NULL,
    label TEXT NOT NULL,
    found INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER,
    PRIMARY KEY (run_id, n)
) STRICT, WITHOUT ROWID;

-- keys of rows that cannot be found again once other rows are gone, sealed, in portions
CREATE TABLE run_keys (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    step INTEGER NOT NULL,
    portion INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    PRIMARY KEY (run_id, step, portion)
) STRICT, WITHOUT ROWID;

-- how a run went, for its page
CREATE TABLE run_log (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (run_id, n)
) STRICT, WITHOUT ROWID;

-- exactly the bytes that were signed
CREATE TABLE receipts (
    run_id INTEGER PRIMARY KEY REFERENCES runs (id),
    body BLOB NOT NULL,
    signature BLOB NOT NULL,
    key_id TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

-- public halves of the keys that sign receipts; the private ones live in files
CREATE TABLE receipt_keys (
    key_id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER
) STRICT;

-- who was erased, by keyed digest, so that what a restored backup brings back is erased again
CREATE TABLE tombstones (
    product TEXT NOT NULL,
    subject_digest BLOB NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (product, subject_digest, run_id)
) STRICT, WITHOUT ROWID;

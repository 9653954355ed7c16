-- The desk: staff, raw mail, cases with their events and clocks, content that can be erased, outbox, jobs.

CREATE TABLE house (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key_id TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE staff_roles (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    role TEXT NOT NULL,
    PRIMARY KEY (staff_id, role)
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    created_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

CREATE TABLE throttles (
    key BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product TEXT NOT NULL,
    kind TEXT NOT NULL,
    restricted INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    open INTEGER NOT NULL,
    owner_id INTEGER REFERENCES staff (id),
    channel TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    resolved_at INTEGER,
    acknowledge_due INTEGER,
    sort_due INTEGER NOT NULL,
    due_at INTEGER,
    due_from INTEGER,
    due_duty TEXT,
    due_layer TEXT,
    in_time INTEGER,
    requester_digest BLOB,
    seq INTEGER NOT NULL
) STRICT;
-- references start at R-10001, so that the first one does not look like a test
INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', 10000);
CREATE INDEX cases_open_by_due ON cases (sort_due, id) WHERE open;
CREATE INDEX cases_open_by_owner ON cases (owner_id, sort_due, id) WHERE open;
CREATE INDEX cases_unacknowledged ON cases (acknowledge_due, id) WHERE acknowledge_due IS NOT NULL;
CREATE INDEX cases_waiting ON cases (sort_due, id) WHERE state = 'waiting_requester';
CREATE INDEX cases_closed ON cases (resolved_at, id) WHERE NOT open;
CREATE INDEX cases_by_requester ON cases (requester_digest) WHERE requester_digest IS NOT NULL;
CREATE INDEX cases_by_receipt ON cases (received_at);

-- what a list shows of an ordinary case; a restricted case has no row here
CREATE TABLE case_faces (
    case_id INTEGER PRIMARY KEY REFERENCES cases (id),
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    about TEXT NOT NULL
) STRICT;

CREATE TABLE events (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by_staff INTEGER REFERENCES staff (id),
    by_requester INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE clocks (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    duty TEXT NOT NULL,
    layer TEXT NOT NULL,
    rule TEXT NOT NULL,
    period TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    met_at INTEGER,
    pack TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (case_id, duty, layer, rule)
) STRICT, WITHOUT ROWID;

-- names, text and addresses; sealed under a key of its own where the case is restricted
CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    purpose TEXT NOT NULL,
    body TEXT,
    wrapped_key BLOB,
    cipher BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contents_by_case ON contents (case_id);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    case_id INTEGER REFERENCES cases (id),
    restricted INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    raw_digest BLOB NOT NULL,
    content_digest BLOB,
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    UNIQUE (product, raw_digest)
) STRICT;
CREATE UNIQUE INDEX messages_by_content ON messages (product, content_digest) WHERE content_digest IS NOT NULL;
CREATE INDEX messages_unreadable ON messages (id) WHERE state = 'unreadable';
CREATE INDEX messages_by_case ON messages (case_id);

-- keyed digests of the Message-IDs that belong to a case
CREATE TABLE threads (
    digest BLOB PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    ours INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    product TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    message_id TEXT NOT NULL UNIQUE,
    content_id INTEGER NOT NULL REFERENCES contents (id),
    in_doubt INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    accepted_at INTEGER
) STRICT;
CREATE INDEX mails_by_case ON mails (case_id);
CREATE INDEX mails_failed ON mails (id) WHERE state = 'failed';

CREATE TABLE drafts (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (case_id, staff_id)
) STRICT;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    work TEXT NOT NULL,
    data TEXT NOT NULL,
    unique_key TEXT,
    state TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    lease_until INTEGER,
    lease_token BLOB,
    error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX jobs_ready ON jobs (run_at, id) WHERE state = 'available';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('completed', 'dead');
CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key) WHERE state IN ('available', 'running');

CREATE TABLE ticks (
    schedule TEXT NOT NULL,
    tick_at INTEGER NOT NULL,
    PRIMARY KEY (schedule, tick_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    staff_id INTEGER REFERENCES staff (id),
    action TEXT NOT NULL,
    case_id INTEGER,
    object TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_by_case ON audit (case_id);

-- The audit log as a chain: numbered without gaps, each entry hashed with the one before it, and never changed. What was
-- written before waits in audit_before until the first start chains it.

DROP INDEX audit_by_case;
ALTER TABLE audit RENAME TO audit_before;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    -- no reference: what happened stays, whoever leaves
    staff_id INTEGER,
    action TEXT NOT NULL,
    case_id INTEGER,
    object TEXT NOT NULL,
    fields TEXT NOT NULL,
    place TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_case ON audit (case_id, id);
CREATE INDEX audit_by_staff ON audit (staff_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_time ON audit (at);

CREATE TABLE audit_checkpoints (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;

CREATE TABLE audit_keys (
    key_id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    valid_from INTEGER NOT NULL
) STRICT;

-- Against mistakes; whoever owns the file can drop them, which is what the chain and its checkpoints are for.
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit
WHEN NEW.id <> COALESCE((SELECT MAX(id) FROM audit), 0) + 1
BEGIN
    SELECT RAISE(ABORT, 'the audit log is numbered without gaps');
END;

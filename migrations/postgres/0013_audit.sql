-- The audit log as a chain: numbered without gaps, each entry hashed with the one before it, and never changed. What was
-- written before waits in audit_before until the first start chains it.

DROP INDEX audit_by_case;
ALTER TABLE audit RENAME TO audit_before;

CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    -- no reference: what happened stays, whoever leaves
    staff_id BIGINT,
    action TEXT COLLATE "C" NOT NULL,
    case_id BIGINT,
    object TEXT COLLATE "C" NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_by_case ON audit (case_id, id);
CREATE INDEX audit_by_staff ON audit (staff_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_time ON audit (at);

CREATE TABLE audit_checkpoints (
    id BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    at BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    signature BYTEA NOT NULL
);

CREATE TABLE audit_keys (
    key_id TEXT COLLATE "C" PRIMARY KEY,
    public_key BYTEA NOT NULL,
    valid_from BIGINT NOT NULL
);

-- Against mistakes; the owner can drop them, which is what the chain and its checkpoints are for.
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to';
END;
$$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

CREATE FUNCTION audit_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> COALESCE((SELECT MAX(id) FROM audit), 0) + 1 THEN
        RAISE EXCEPTION 'the audit log is numbered without gaps';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_follows();

-- Recourse's own retention: what of closed cases was destroyed and what law keeps, products whose schedule is paused, and
-- erasures of requesters from here.

-- of each kind of record of a case: when it was destroyed last; until when a floor of the law keeps it, as far as somebody looked
CREATE TABLE retained (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    record TEXT NOT NULL,
    gone_at INTEGER,
    kept_until INTEGER,
    PRIMARY KEY (case_id, record)
) STRICT, WITHOUT ROWID;

-- products whose records the schedule leaves alone
CREATE TABLE retention_pauses (
    product TEXT PRIMARY KEY,
    by_id INTEGER NOT NULL REFERENCES staff (id),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- somebody asked that a requester be erased from here: waits for a second person, is done by a job, verified, kept as a receipt
CREATE TABLE requester_erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product TEXT NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    -- the cases it is about, as they were when it was asked for; ids only
    scope TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by INTEGER NOT NULL REFERENCES staff (id),
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_by INTEGER REFERENCES staff (id),
    decided_at INTEGER,
    -- how much went, once it was looked for again and nothing was left
    done TEXT,
    ended_at INTEGER
) STRICT;
CREATE INDEX requester_erasures_by_case ON requester_erasures (case_id);
CREATE UNIQUE INDEX requester_erasures_one_a_case ON requester_erasures (case_id) WHERE state IN ('asked', 'approved');

CREATE INDEX mails_waiting ON mails (case_id) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_without_case ON messages (received_at, id) WHERE case_id IS NULL AND state IN ('discarded', 'duplicate');

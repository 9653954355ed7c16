-- Approvals given ahead for one kind of run of a product, until a day: each run under one is counted.
CREATE TABLE standing_approvals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product TEXT NOT NULL,
    what TEXT NOT NULL,
    -- why, in the words of who granted it; about no person
    reason TEXT NOT NULL,
    granted_by INTEGER NOT NULL REFERENCES staff (id),
    granted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_by INTEGER REFERENCES staff (id),
    ended_at INTEGER
) STRICT;
CREATE INDEX standing_approvals_by_use ON standing_approvals (product, what, expires_at);

ALTER TABLE runs ADD COLUMN standing_id INTEGER REFERENCES standing_approvals (id);
CREATE INDEX runs_by_standing ON runs (standing_id) WHERE standing_id IS NOT NULL;
CREATE INDEX runs_planned ON runs (id) WHERE state = 'planned';

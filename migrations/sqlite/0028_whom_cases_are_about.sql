-- The accounts that a case is about, by keyed digest, from when somebody looked them up: a hold on one of them keeps what we
-- hold of the case too, long before any run has ended. Goes with the case.
CREATE TABLE case_accounts (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    subject_digest BLOB NOT NULL,
    PRIMARY KEY (case_id, subject_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_accounts_by_subject ON case_accounts (subject_digest);
INSERT INTO case_accounts (case_id, subject_digest)
SELECT DISTINCT r.case_id, d.subject_digest FROM (
    SELECT run_id, subject_digest FROM tombstones
    UNION SELECT run_id, subject_digest FROM held_back
    UNION SELECT run_id, subject_digest FROM sealed_subjects) d JOIN runs r ON r.id = d.run_id
WHERE NOT EXISTS (SELECT 1 FROM retained k WHERE k.case_id = r.case_id AND k.record = 'case' AND k.gone_at IS NOT NULL);

-- the message that said the same before: its copy goes where that one goes
ALTER TABLE messages ADD COLUMN first_id INTEGER REFERENCES messages (id);
CREATE INDEX messages_by_first ON messages (first_id) WHERE first_id IS NOT NULL;
CREATE INDEX messages_aside ON messages (sender) WHERE case_id IS NULL AND sender IS NOT NULL;

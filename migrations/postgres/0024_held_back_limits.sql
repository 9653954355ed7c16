-- What the erasure was limited to that a hold kept something back from, as a keyed digest: only one of the same part, or of
-- everything, makes up for it. Of those before, any later erasure of the same case did.
ALTER TABLE held_back ADD COLUMN limits BYTEA;
DELETE FROM held_back WHERE EXISTS (SELECT 1 FROM runs r JOIN runs l ON l.case_id = r.case_id AND l.id > r.id
    WHERE r.id = held_back.run_id AND l.kind = 'erase' AND l.state = 'finished');

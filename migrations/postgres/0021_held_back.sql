-- From whom a hold kept something back that an erasure would have taken, by keyed digest: to be offered once the hold ends.
CREATE TABLE held_back (
    product TEXT COLLATE "C" NOT NULL,
    subject_digest BYTEA NOT NULL,
    run_id BIGINT NOT NULL REFERENCES runs (id),
    PRIMARY KEY (product, subject_digest, run_id)
);
CREATE INDEX held_back_by_run ON held_back (run_id);
INSERT INTO held_back (product, subject_digest, run_id)
SELECT t.product, t.subject_digest, t.run_id FROM tombstones t JOIN runs r ON r.id = t.run_id
WHERE r.plan LIKE '%"reason":"a hold"%' OR r.plan LIKE '%"reason":"rows under a hold need them"%';

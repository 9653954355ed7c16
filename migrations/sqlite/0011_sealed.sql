-- What erasures sealed: rows that are kept out of use in tables of a product's own database until a day, and then destroyed.

CREATE TABLE sealed_tables (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    product TEXT NOT NULL,
    -- the table of the product's database that keeps the rows
    sealed_into TEXT NOT NULL,
    -- how many there were, and the last day of the last of them
    sealed_rows INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    PRIMARY KEY (run_id, sealed_into)
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_tables_by_product ON sealed_tables (product, sealed_into);

-- whose they were, by keyed digest: a hold on the person keeps them
CREATE TABLE sealed_subjects (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    subject_digest BLOB NOT NULL,
    PRIMARY KEY (run_id, subject_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_ups_sealed ON follow_ups (due_at, id) WHERE open AND way = 'sealed';

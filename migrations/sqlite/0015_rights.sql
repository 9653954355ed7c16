-- Roles per product with an end and a deputy, absences, and which accounts are of one person.

-- what somebody is there for: for one product or, without one, for all; until a moment by the database's clock or without end
CREATE TABLE staff_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    role TEXT NOT NULL,
    product TEXT,
    ends_at INTEGER,
    -- who stands in while they are away
    deputy_id INTEGER REFERENCES staff (id),
    granted_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_grants_once ON staff_grants (staff_id, role, COALESCE(product, ''));
CREATE INDEX staff_grants_by_deputy ON staff_grants (deputy_id) WHERE deputy_id IS NOT NULL;
INSERT INTO staff_grants (staff_id, role, granted_at)
SELECT r.staff_id, r.role, s.created_at FROM staff_roles r JOIN staff s ON s.id = r.staff_id;
DROP TABLE staff_roles;

CREATE TABLE staff_absences (
    staff_id INTEGER PRIMARY KEY REFERENCES staff (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;

-- the account that stands for the person whose account this is; nothing where it is this one
ALTER TABLE staff ADD COLUMN person_id INTEGER REFERENCES staff (id);
CREATE INDEX staff_by_person ON staff (person_id) WHERE person_id IS NOT NULL;
-- when somebody last signed in with it
ALTER TABLE staff ADD COLUMN signed_in_at INTEGER;

-- lists of those who see some products only
CREATE INDEX cases_open_by_product ON cases (product, sort_due, id) WHERE open;
CREATE INDEX mails_by_product ON mails (product, id);
CREATE INDEX runs_by_product ON runs (product, id);

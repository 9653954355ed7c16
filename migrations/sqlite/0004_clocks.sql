-- Clocks carry their source, pauses and extension; alarms are found by their moment; a case knows where its person lives.

CREATE TABLE clocks_now (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    duty TEXT NOT NULL,
    layer TEXT NOT NULL,
    rule TEXT NOT NULL,
    -- the clock as it was started
    start TEXT NOT NULL,
    met_at INTEGER,
    raised TEXT NOT NULL,
    -- when somebody has to be told of it next; none where nobody has
    alarm_at INTEGER,
    PRIMARY KEY (case_id, duty, layer, rule)
) STRICT, WITHOUT ROWID;
INSERT INTO clocks_now (case_id, duty, layer, rule, start, met_at, raised, alarm_at)
SELECT case_id, duty, layer, rule,
    json_object('duty', duty, 'layer', layer, 'rule', rule, 'period', period, 'from', from_at, 'due', due_at,
    'source', source, 'pack', pack),
    met_at, 'nothing', CASE WHEN met_at IS NULL AND EXISTS (SELECT 1 FROM cases WHERE id = case_id AND open) THEN due_at END
FROM clocks;
DROP TABLE clocks;
ALTER TABLE clocks_now RENAME TO clocks;
CREATE INDEX clocks_by_alarm ON clocks (alarm_at, case_id) WHERE alarm_at IS NOT NULL;

-- from when on the binding clock is at risk, and whether it stands still
ALTER TABLE cases ADD COLUMN due_risk INTEGER;
ALTER TABLE cases ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
-- where the person lives, where staff know it
ALTER TABLE cases ADD COLUMN jurisdiction TEXT;
CREATE INDEX cases_by_risk ON cases (due_risk) WHERE open;

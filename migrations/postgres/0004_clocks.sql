-- Clocks carry their source, pauses and extension; alarms are found by their moment; a case knows where its person lives.

CREATE TABLE clocks_now (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    duty TEXT COLLATE "C" NOT NULL,
    layer TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    -- the clock as it was started
    start TEXT COLLATE "C" NOT NULL,
    met_at BIGINT,
    raised TEXT COLLATE "C" NOT NULL,
    -- when somebody has to be told of it next; none where nobody has
    alarm_at BIGINT,
    PRIMARY KEY (case_id, duty, layer, rule)
);
INSERT INTO clocks_now (case_id, duty, layer, rule, start, met_at, raised, alarm_at)
SELECT case_id, duty, layer, rule,
    json_build_object('duty', duty, 'layer', layer, 'rule', rule, 'period', period, 'from', from_at, 'due', due_at,
    'source', source, 'pack', pack)::text,
    met_at, 'nothing', CASE WHEN met_at IS NULL AND EXISTS (SELECT 1 FROM cases WHERE id = case_id AND open) THEN due_at END
FROM clocks;
DROP TABLE clocks;
ALTER TABLE clocks_now RENAME TO clocks;
CREATE INDEX clocks_by_alarm ON clocks (alarm_at, case_id) WHERE alarm_at IS NOT NULL;

-- from when on the binding clock is at risk, and whether it stands still
ALTER TABLE cases ADD COLUMN due_risk BIGINT;
ALTER TABLE cases ADD COLUMN paused BOOLEAN NOT NULL DEFAULT FALSE;
-- where the person lives, where staff know it
ALTER TABLE cases ADD COLUMN jurisdiction TEXT COLLATE "C";
CREATE INDEX cases_by_risk ON cases (due_risk) WHERE open;

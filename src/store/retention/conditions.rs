//! The conditions on a case `c` that decide whether anything of it may be destroyed, written once for lists, counts and acts.

/// True where a hold stands on the case, on one that is the same matter (merged either way, however often), on another of the
/// same person, or on an account that any of these is about. The cases that are held are few and found once, whichever are
/// asked about. `$basis` narrows which holds `h` on cases `hc` count.
macro_rules! held {
    ($basis:literal) => {
        concat!(
            "c.id IN (WITH RECURSIVE near (id, goes_on) AS (
               SELECT d.id, d.merged_id FROM cases d WHERE d.id IN (
                 SELECT h.case_id FROM holds h JOIN cases hc ON hc.id = h.case_id WHERE h.released_at IS NULL AND ",
            $basis,
            " UNION SELECT a.case_id FROM holds h JOIN cases hc ON hc.id = h.case_id
                   JOIN case_accounts a ON a.subject_digest = h.subject_digest WHERE h.released_at IS NULL AND ",
            $basis,
            ") UNION SELECT n.id, n.merged_id FROM near k JOIN cases n ON n.merged_id = k.id OR n.id = k.goes_on),
             theirs (id, goes_on) AS (
               SELECT o.id, o.merged_id FROM cases o WHERE o.id IN (SELECT id FROM near) OR o.requester_digest IN
                 (SELECT q.requester_digest FROM cases q JOIN near k ON k.id = q.id)
               UNION SELECT n.id, n.merged_id FROM theirs k JOIN cases n ON n.merged_id = k.id OR n.id = k.goes_on)
             SELECT id FROM theirs)"
        )
    };
}

/// True where a hold stands that colleagues may know of, as `Hold::is_secret` says it of one.
macro_rules! held_openly {
    () => {
        held!("h.basis NOT IN ('legal_order', 'preservation') AND NOT hc.restricted")
    };
}

/// True where one stands that nobody may learn of.
macro_rules! held_secretly {
    () => {
        held!("(h.basis IN ('legal_order', 'preservation') OR hc.restricted)")
    };
}

/// True where any hold stands.
macro_rules! held_somehow {
    () => {
        held!("TRUE")
    };
}

/// True where something is still to be done: a run, a mail that has not left, a copy whose files are there, a recipient to
/// tell, an erasure to be done once more should a backup bring it back, or the case that goes on in its place.
macro_rules! unfinished {
    () => {
        "(EXISTS (SELECT 1 FROM runs r WHERE r.case_id = c.id AND r.open)
          OR EXISTS (SELECT 1 FROM runs r JOIN replay_keys y ON y.run_id = r.id WHERE r.case_id = c.id)
          OR EXISTS (SELECT 1 FROM mails m WHERE m.case_id = c.id AND m.state IN ('queued', 'sending'))
          OR EXISTS (SELECT 1 FROM follow_ups f WHERE f.case_id = c.id AND f.open AND f.recipient IS NOT NULL)
          OR EXISTS (SELECT 1 FROM packages p WHERE p.case_id = c.id AND p.destroyed_at IS NULL)
          OR (c.merged_id IS NOT NULL AND EXISTS (
            WITH RECURSIVE onward (id) AS (
              SELECT c.merged_id UNION SELECT n.merged_id FROM onward k JOIN cases n ON n.id = k.id WHERE n.merged_id IS NOT NULL)
            SELECT 1 FROM onward k JOIN cases n ON n.id = k.id WHERE n.open)))"
    };
}

/// True where somebody paused the schedule of the case's product.
macro_rules! paused {
    ($product:literal) => {
        concat!("EXISTS (SELECT 1 FROM retention_pauses u WHERE u.product = ", $product, ")")
    };
}

/// True where the record `$2` is gone already, alone or with everything, and nothing came after that.
macro_rules! gone {
    () => {
        "EXISTS (SELECT 1 FROM retained k WHERE k.case_id = c.id AND k.record IN ($2, 'case') AND k.gone_at >= c.resolved_at)"
    };
}

/// True where there is something of the record `$2`: nothing is told of what never was.
macro_rules! has {
    () => {
        "CASE $2
           WHEN 'identity_proof' THEN EXISTS (SELECT 1 FROM contents t WHERE t.case_id = c.id AND t.purpose = 'identities'
             AND (t.body IS NOT NULL OR t.cipher IS NOT NULL))
           WHEN 'export' THEN EXISTS (SELECT 1 FROM packages p WHERE p.case_id = c.id
             AND (p.manifest IS NOT NULL OR p.token_hash IS NOT NULL))
           WHEN 'attachment' THEN EXISTS (SELECT 1 FROM contents t WHERE t.case_id = c.id AND t.purpose = 'mail_in'
             AND t.body LIKE '%\"files\":[{%')
           WHEN 'mail' THEN EXISTS (SELECT 1 FROM messages m WHERE m.case_id = c.id AND LENGTH(m.wrapped_key) > 0)
           ELSE TRUE END"
    };
}

/// True of a message `x` of no case that may be destroyed: nobody has to decide about it, the case that it points at is neither
/// open nor held, and it is not behind the wall. What nobody could read is sealed until somebody judged it: discarding it did.
macro_rules! loose {
    () => {
        concat!(
            "x.case_id IS NULL AND x.state IN ('discarded', 'duplicate') AND LENGTH(x.wrapped_key) > 0
             AND (NOT x.restricted OR (x.state = 'discarded' AND x.near_id IS NULL))
             AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = x.near_id AND (c.open OR c.restricted OR ",
            held_somehow!(),
            "))"
        )
    };
}

/// The lines of `Over`, `$1`, as a table `o`, worked out once. It stands behind `CROSS JOIN`, which `SQLite` goes through in the
/// order in which it is written: a case looks for its line, and no line for its cases.
macro_rules! over_postgres {
    () => {
        "WITH o AS MATERIALIZED (SELECT * FROM json_to_recordset(CAST($1 AS JSON))
          AS o (product TEXT, kind TEXT, now BIGINT, week BIGINT, month BIGINT)) "
    };
}

/// The same on `SQLite`.
macro_rules! over_sqlite {
    () => {
        "WITH o AS MATERIALIZED (SELECT value ->> 'product' AS product, value ->> 'kind' AS kind, value ->> 'now' AS now,
          value ->> 'week' AS week, value ->> 'month' AS month FROM json_each($1)) "
    };
}

/// The ids of `$1`, a JSON array, on `PostgreSQL`.
macro_rules! ids_postgres {
    () => {
        "(SELECT CAST(v AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)) AS v)"
    };
}

/// The same on `SQLite`.
macro_rules! ids_sqlite {
    () => {
        "(SELECT value FROM json_each($1))"
    };
}

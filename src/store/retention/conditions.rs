//! The conditions on a case `c` that decide whether anything of it may be destroyed, written once for lists, counts and acts.

/// True where a hold stands: on the case, on one of the same person or one that it was merged with, or on an account that one
/// of its runs was about. `$basis` narrows which holds count.
macro_rules! held {
    ($basis:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM holds h JOIN cases hc ON hc.id = h.case_id WHERE h.released_at IS NULL AND ",
            $basis,
            " AND (h.case_id = c.id OR hc.requester_digest = c.requester_digest OR h.case_id = c.merged_id OR hc.merged_id = c.id
             OR h.subject_digest IN (SELECT t.subject_digest FROM tombstones t JOIN runs r ON r.id = t.run_id
                WHERE r.case_id = c.id AND r.product = h.product)
             OR h.subject_digest IN (SELECT s.subject_digest FROM sealed_subjects s JOIN runs r ON r.id = s.run_id
                WHERE r.case_id = c.id AND r.product = h.product)))"
        )
    };
}

/// True where something is still to be done: a run, a mail that has not left, a copy that can be fetched, a recipient to
/// tell, or the case that goes on in its place.
macro_rules! unfinished {
    () => {
        "(EXISTS (SELECT 1 FROM runs r WHERE r.case_id = c.id AND r.open)
          OR EXISTS (SELECT 1 FROM mails m WHERE m.case_id = c.id AND m.state IN ('queued', 'sending'))
          OR EXISTS (SELECT 1 FROM follow_ups f WHERE f.case_id = c.id AND f.open AND f.recipient IS NOT NULL)
          OR EXISTS (SELECT 1 FROM packages p WHERE p.case_id = c.id AND p.destroyed_at IS NULL AND p.ended_at IS NULL)
          OR EXISTS (SELECT 1 FROM cases n LEFT JOIN cases n2 ON n2.id = n.merged_id LEFT JOIN cases n3 ON n3.id = n2.merged_id
               WHERE n.id = c.merged_id AND (n.open OR n2.open OR n3.open)))"
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

/// The lines of `Over`, `$1`, as a table `o` on `PostgreSQL`.
macro_rules! over_postgres {
    () => {
        "json_to_recordset(CAST($1 AS JSON)) AS o (product TEXT, kind TEXT, now BIGINT, week BIGINT, month BIGINT)"
    };
}

/// The same on `SQLite`.
macro_rules! over_sqlite {
    () => {
        "(SELECT value ->> 'product' AS product, value ->> 'kind' AS kind, value ->> 'now' AS now, value ->> 'week' AS week,
          value ->> 'month' AS month FROM json_each($1)) o"
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

-- What is left to do after a person's data was changed: recipients are told, backups run out, erasures can be repeated.

CREATE TABLE follow_ups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    -- nothing where staff did it by hand
    run_id INTEGER REFERENCES runs (id),
    product TEXT NOT NULL,
    -- the pack's id of the recipient; nothing where it is the backups that have to run out
    recipient TEXT,
    -- what was done to the data: the code of a run's kind
    did TEXT NOT NULL,
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    -- by what both sides know it: the same with every try
    number TEXT NOT NULL UNIQUE,
    -- what the recipient knows the person by, sealed; forgotten once nobody needs it any more
    wrapped_key BLOB,
    cipher BLOB,
    made_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    told_at INTEGER,
    confirmed_at INTEGER,
    ended_at INTEGER,
    -- who said so last, where it was staff
    by_id INTEGER REFERENCES staff (id),
    -- the latest mail
    mail_id INTEGER REFERENCES mails (id),
    -- why the last try failed: a class, never an address
    error TEXT
) STRICT;
CREATE INDEX follow_ups_by_case ON follow_ups (case_id);
CREATE INDEX follow_ups_open ON follow_ups (due_at, id) WHERE open;
CREATE INDEX follow_ups_untold ON follow_ups (case_id) WHERE open AND recipient IS NOT NULL;
CREATE INDEX follow_ups_by_mail ON follow_ups (mail_id) WHERE mail_id IS NOT NULL;

-- whom a run erased, sealed, until backups that were made before it have run out: so that a restored one can be erased again
CREATE TABLE replay_keys (
    run_id INTEGER PRIMARY KEY REFERENCES runs (id),
    product TEXT NOT NULL,
    erased_at INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    cipher BLOB NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT;
CREATE INDEX replay_keys_by_time ON replay_keys (erased_at);
CREATE INDEX replay_keys_forgotten ON replay_keys (forget_at);

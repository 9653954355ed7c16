-- Mail in depth: mailboxes and how far each is read, mail that waits for staff, addresses that mail does not reach.

-- a folder of a mailbox, watched by one console at a time
CREATE TABLE mailboxes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- as the configuration calls it
    name TEXT NOT NULL,
    folder TEXT NOT NULL,
    product TEXT NOT NULL,
    -- which life of the folder the numbers belong to (RFC 3501, 2.3.1.1)
    uid_validity INTEGER,
    -- every message up to this number is kept
    uid INTEGER NOT NULL DEFAULT 0,
    -- how many lay above it when somebody last looked
    waiting INTEGER NOT NULL DEFAULT 0,
    seen_at INTEGER,
    failed_at INTEGER,
    error TEXT,
    lease_until INTEGER,
    lease_token BLOB,
    UNIQUE (product, name, folder)
) STRICT;

-- what is known of a message in a mailbox, by the numbers of the folder's present life
CREATE TABLE mailbox_copies (
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
    uid_validity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    -- nothing while it could not be taken over
    message_id INTEGER REFERENCES messages (id),
    -- true once the mailbox was told, by a flag or a move, where it is to be told
    settled INTEGER NOT NULL DEFAULT 0,
    -- where it lies since it was moved, as far as the server said
    moved_to TEXT,
    moved_validity INTEGER,
    moved_uid INTEGER,
    -- of what could not be taken over: why, how often it was tried, when it is tried again; never where nothing stands
    error TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    again_at INTEGER,
    PRIMARY KEY (mailbox_id, uid_validity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX mailbox_copies_by_message ON mailbox_copies (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mailbox_copies_unsettled ON mailbox_copies (mailbox_id, uid) WHERE message_id IS NOT NULL AND NOT settled;
CREATE INDEX mailbox_copies_left ON mailbox_copies (mailbox_id, uid) WHERE message_id IS NULL;

-- how it came: pipe, http, imap
ALTER TABLE messages ADD COLUMN came TEXT NOT NULL DEFAULT 'pipe';
-- a mail in quarantine: the case it points to, and what a list shows of it; nothing where it may be restricted
ALTER TABLE messages ADD COLUMN near_id INTEGER REFERENCES cases (id);
ALTER TABLE messages ADD COLUMN who TEXT;
ALTER TABLE messages ADD COLUMN about TEXT;
-- keyed digest of the sender's address
ALTER TABLE messages ADD COLUMN sender BLOB;
DROP INDEX messages_unreadable;
CREATE INDEX messages_waiting ON messages (id) WHERE state IN ('quarantined', 'unreadable');
CREATE INDEX messages_discarded ON messages (id) WHERE state = 'discarded';
CREATE INDEX messages_near ON messages (near_id) WHERE near_id IS NOT NULL;
CREATE INDEX messages_by_sender ON messages (sender, received_at) WHERE sender IS NOT NULL;

-- keyed digests of whom a mail goes to, address and domain, for limits and for what comes back
ALTER TABLE mails ADD COLUMN recipient BLOB;
ALTER TABLE mails ADD COLUMN domain BLOB;
-- true where no person wrote it
ALTER TABLE mails ADD COLUMN automatic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mails ADD COLUMN bounced_at INTEGER;
-- how often it was tried, since when that does not succeed, and when it is tried again
ALTER TABLE mails ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mails ADD COLUMN trying_since INTEGER;
ALTER TABLE mails ADD COLUMN next_at INTEGER;
-- when it was last handed over and may have left; what was clearly not taken was not
ALTER TABLE mails ADD COLUMN handed_at INTEGER;
-- since when the address was known not to take mail, where it was sent all the same
ALTER TABLE mails ADD COLUMN despite INTEGER;
CREATE INDEX mails_by_recipient ON mails (recipient, handed_at) WHERE recipient IS NOT NULL;
CREATE INDEX mails_in_doubt ON mails (id) WHERE in_doubt;

-- when the next mail to a domain or an address is due at an even pace; keyed digests
CREATE TABLE outflow (
    digest BLOB PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- addresses that a mail bounced from for good; keyed digests
CREATE TABLE suppressions (
    recipient BLOB PRIMARY KEY,
    since INTEGER NOT NULL,
    status TEXT NOT NULL,
    mail_id INTEGER NOT NULL REFERENCES mails (id)
) STRICT, WITHOUT ROWID;

-- the case that goes on in this one's place
ALTER TABLE cases ADD COLUMN merged_id INTEGER REFERENCES cases (id);
CREATE INDEX cases_merged ON cases (merged_id) WHERE merged_id IS NOT NULL;

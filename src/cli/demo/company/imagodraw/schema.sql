-- The generation database of the demo's imagodraw, where people edit pictures of their own. What follows a column's name
-- says what it holds; `company/schema.rs` says what each engine calls that.

CREATE TABLE accounts (
    id number PRIMARY KEY,
    email name NOT NULL UNIQUE,
    full_name name NOT NULL,
    plan name NOT NULL,
    created_at moment NOT NULL
);

-- Nobody's pictures train a model, and nobody gets letters, unless a row here says that they want it.
CREATE TABLE choices (
    account_id number NOT NULL REFERENCES accounts (id),
    purpose name NOT NULL,
    is_on flag NOT NULL,
    changed_at moment NOT NULL,
    PRIMARY KEY (account_id, purpose)
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id number NOT NULL REFERENCES accounts (id),
    ip name NOT NULL,
    browser name NOT NULL,
    created_at moment NOT NULL,
    expires_at moment NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE uploads (
    id number PRIMARY KEY,
    account_id number NOT NULL REFERENCES accounts (id),
    object_key name NOT NULL UNIQUE,
    bytes number NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX uploads_account ON uploads (account_id);

-- In private mode nothing is kept but that there was an edit, for the bill: no upload, no words, no picture. There is no
-- column that could make a picture public: the product shows nobody's pictures to anybody else.
CREATE TABLE edits (
    id number PRIMARY KEY,
    account_id number NOT NULL REFERENCES accounts (id),
    upload_id number REFERENCES uploads (id),
    tool name NOT NULL,
    prompt words,
    is_private flag NOT NULL,
    created_at moment NOT NULL,
    CHECK (NOT is_private OR (upload_id IS NULL AND prompt IS NULL))
);
CREATE INDEX edits_account ON edits (account_id);
CREATE INDEX edits_upload ON edits (upload_id);

CREATE TABLE pictures (
    id number PRIMARY KEY,
    edit_id number NOT NULL REFERENCES edits (id),
    account_id number NOT NULL REFERENCES accounts (id),
    object_key name NOT NULL UNIQUE,
    width number NOT NULL,
    height number NOT NULL,
    bytes number NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX pictures_edit ON pictures (edit_id);
CREATE INDEX pictures_account ON pictures (account_id);

CREATE TABLE charges (
    id number PRIMARY KEY,
    account_id number REFERENCES accounts (id),
    processor_ref name NOT NULL UNIQUE,
    customer_name name NOT NULL,
    amount_cents number NOT NULL,
    charged_on day NOT NULL
);
CREATE INDEX charges_account ON charges (account_id);

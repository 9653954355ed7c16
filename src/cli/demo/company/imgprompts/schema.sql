-- The generation database of the demo's imgprompts, where people share prompts. What follows a column's name says what it
-- holds; `company/schema.rs` says what each engine calls that.

CREATE TABLE members (
    id number PRIMARY KEY,
    email name NOT NULL UNIQUE,
    handle name NOT NULL UNIQUE,
    -- while it stands, nothing of the member's is used or shown, and nothing of it is deleted
    is_restricted flag NOT NULL,
    wants_letters flag NOT NULL,
    joined_at moment NOT NULL
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    member_id number NOT NULL REFERENCES members (id),
    ip name NOT NULL,
    browser name NOT NULL,
    created_at moment NOT NULL,
    expires_at moment NOT NULL
);
CREATE INDEX sessions_member ON sessions (member_id);

-- sign-ins of people who were erased: nobody uses them, and each goes on its day
CREATE TABLE sessions_sealed (
    id uuid PRIMARY KEY,
    member_id number NOT NULL,
    ip name NOT NULL,
    browser name NOT NULL,
    created_at moment NOT NULL,
    expires_at moment NOT NULL,
    sealed_until day NOT NULL,
    sealed_run name NOT NULL
);
CREATE INDEX sessions_sealed_ends ON sessions_sealed (sealed_run, sealed_until);

CREATE TABLE prompts (
    id number PRIMARY KEY,
    member_id number NOT NULL REFERENCES members (id),
    forked_from number REFERENCES prompts (id),
    text words NOT NULL,
    is_shared flag NOT NULL,
    is_hidden flag NOT NULL,
    written_at moment NOT NULL
);
CREATE INDEX prompts_member ON prompts (member_id);
CREATE INDEX prompts_forked_from ON prompts (forked_from);

CREATE TABLE comments (
    id number PRIMARY KEY,
    prompt_id number NOT NULL REFERENCES prompts (id),
    member_id number NOT NULL REFERENCES members (id),
    body words NOT NULL,
    written_at moment NOT NULL
);
CREATE INDEX comments_prompt ON comments (prompt_id);
CREATE INDEX comments_member ON comments (member_id);

CREATE TABLE votes (
    member_id number NOT NULL REFERENCES members (id),
    prompt_id number NOT NULL REFERENCES prompts (id),
    voted_at moment NOT NULL,
    PRIMARY KEY (member_id, prompt_id)
);
CREATE INDEX votes_prompt ON votes (prompt_id);

CREATE TABLE purchases (
    id number PRIMARY KEY,
    member_id number REFERENCES members (id),
    number name NOT NULL UNIQUE,
    customer_name name NOT NULL,
    amount_cents number NOT NULL,
    bought_on day NOT NULL
);
CREATE INDEX purchases_member ON purchases (member_id);

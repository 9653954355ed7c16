-- The generation database of the demo's imagegen-artisticmonk, as a small company might have it. One text for every
-- engine: what follows a column's name says what it holds, and `company/schema.rs` what each engine calls that.

CREATE TABLE users (
    id number PRIMARY KEY,
    email name NOT NULL UNIQUE,
    username name NOT NULL UNIQUE,
    created_at moment NOT NULL,
    last_login_at moment,
    referred_by number REFERENCES users (id)
);
CREATE INDEX users_referred_by ON users (referred_by);

CREATE TABLE profiles (
    user_id number PRIMARY KEY REFERENCES users (id),
    display_name name NOT NULL,
    bio words,
    country name NOT NULL,
    birth_year number,
    avatar_key name
);
CREATE INDEX profiles_avatar ON profiles (avatar_key);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    ip name NOT NULL,
    user_agent name NOT NULL,
    created_at moment NOT NULL,
    expires_at moment NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE oauth_identities (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    provider name NOT NULL,
    subject name NOT NULL,
    email name,
    linked_at moment NOT NULL,
    UNIQUE (provider, subject)
);
CREATE INDEX oauth_identities_user ON oauth_identities (user_id);
CREATE INDEX oauth_identities_email ON oauth_identities (email);

CREATE TABLE devices (
    id number PRIMARY KEY,
    serial name NOT NULL UNIQUE,
    platform name NOT NULL,
    first_seen_at moment NOT NULL
);

CREATE TABLE user_devices (
    user_id number NOT NULL REFERENCES users (id),
    device_id number NOT NULL REFERENCES devices (id),
    label name NOT NULL,
    added_at moment NOT NULL,
    PRIMARY KEY (user_id, device_id)
);
CREATE INDEX user_devices_device ON user_devices (device_id);

CREATE TABLE prompts (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    text words NOT NULL,
    negative_text words,
    created_at moment NOT NULL
);
CREATE INDEX prompts_user ON prompts (user_id);

CREATE TABLE generations (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    prompt_id number NOT NULL REFERENCES prompts (id),
    parent_id number REFERENCES generations (id),
    model name NOT NULL,
    seed number NOT NULL,
    status name NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX generations_user ON generations (user_id);
CREATE INDEX generations_prompt ON generations (prompt_id);
CREATE INDEX generations_parent ON generations (parent_id);

CREATE TABLE images (
    id number PRIMARY KEY,
    generation_id number NOT NULL REFERENCES generations (id),
    user_id number NOT NULL REFERENCES users (id),
    object_key name NOT NULL UNIQUE,
    preview_key name,
    width number NOT NULL,
    height number NOT NULL,
    bytes number NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX images_generation ON images (generation_id);
CREATE INDEX images_user ON images (user_id);
CREATE INDEX images_preview ON images (preview_key);

CREATE TABLE galleries (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    title name NOT NULL,
    is_public flag NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX galleries_user ON galleries (user_id);

CREATE TABLE gallery_items (
    gallery_id number NOT NULL REFERENCES galleries (id),
    image_id number NOT NULL REFERENCES images (id),
    added_by number REFERENCES users (id),
    added_at moment NOT NULL,
    PRIMARY KEY (gallery_id, image_id)
);
CREATE INDEX gallery_items_image ON gallery_items (image_id);
CREATE INDEX gallery_items_added_by ON gallery_items (added_by);

CREATE TABLE likes (
    user_id number NOT NULL REFERENCES users (id),
    image_id number NOT NULL REFERENCES images (id),
    created_at moment NOT NULL,
    PRIMARY KEY (user_id, image_id)
);
CREATE INDEX likes_image ON likes (image_id);

CREATE TABLE subscriptions (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    plan name NOT NULL,
    status name NOT NULL,
    started_on day NOT NULL,
    ended_on day
);
CREATE INDEX subscriptions_user ON subscriptions (user_id);

CREATE TABLE invoices (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    number name NOT NULL UNIQUE,
    customer_name name NOT NULL,
    customer_address words NOT NULL,
    amount_cents number NOT NULL,
    currency name NOT NULL,
    issued_on day NOT NULL
);
CREATE INDEX invoices_user ON invoices (user_id);

CREATE TABLE credits_ledger (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    account_ref name NOT NULL,
    delta number NOT NULL,
    reason name NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX credits_ledger_user ON credits_ledger (user_id);

CREATE TABLE consents (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    purpose name NOT NULL,
    wording name NOT NULL,
    given_at moment NOT NULL,
    withdrawn_at moment
);
CREATE INDEX consents_user ON consents (user_id);

CREATE TABLE training_flags (
    user_id number NOT NULL REFERENCES users (id),
    scope name NOT NULL,
    is_allowed flag NOT NULL,
    changed_at moment NOT NULL,
    PRIMARY KEY (user_id, scope)
);

CREATE TABLE support_messages (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    subject words NOT NULL,
    body words NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX support_messages_user ON support_messages (user_id);

CREATE TABLE filter_events (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    country name NOT NULL DEFAULT 'ZZ',
    rule name NOT NULL,
    excerpt words NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX filter_events_user ON filter_events (user_id);

CREATE TABLE password_resets (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    sent_to name NOT NULL,
    token_digest name NOT NULL,
    created_at moment NOT NULL,
    used_at moment
);
CREATE INDEX password_resets_user ON password_resets (user_id);

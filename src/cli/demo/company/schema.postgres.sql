-- The generation database of the demo, as a small company might have it on PostgreSQL.

CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL UNIQUE,
    username text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    last_login_at timestamptz,
    referred_by bigint REFERENCES users (id)
);
CREATE INDEX users_referred_by ON users (referred_by);

CREATE TABLE profiles (
    user_id bigint PRIMARY KEY REFERENCES users (id),
    display_name text NOT NULL,
    bio text,
    country text NOT NULL,
    birth_year smallint,
    avatar_key text
);
CREATE INDEX profiles_avatar ON profiles (avatar_key);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    ip text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE oauth_identities (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    provider text NOT NULL,
    subject text NOT NULL,
    email text,
    linked_at timestamptz NOT NULL,
    UNIQUE (provider, subject)
);
CREATE INDEX oauth_identities_user ON oauth_identities (user_id);
CREATE INDEX oauth_identities_email ON oauth_identities (email);

CREATE TABLE devices (
    id bigint PRIMARY KEY,
    serial text NOT NULL UNIQUE,
    platform text NOT NULL,
    first_seen_at timestamptz NOT NULL
);

CREATE TABLE user_devices (
    user_id bigint NOT NULL REFERENCES users (id),
    device_id bigint NOT NULL REFERENCES devices (id),
    label text NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, device_id)
);
CREATE INDEX user_devices_device ON user_devices (device_id);

CREATE TABLE prompts (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    text text NOT NULL,
    negative_text text,
    created_at timestamptz NOT NULL
);
CREATE INDEX prompts_user ON prompts (user_id);

CREATE TABLE generations (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    prompt_id bigint NOT NULL REFERENCES prompts (id),
    parent_id bigint REFERENCES generations (id),
    model text NOT NULL,
    seed bigint NOT NULL,
    status text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX generations_user ON generations (user_id);
CREATE INDEX generations_prompt ON generations (prompt_id);
CREATE INDEX generations_parent ON generations (parent_id);

CREATE TABLE images (
    id bigint PRIMARY KEY,
    generation_id bigint NOT NULL REFERENCES generations (id),
    user_id bigint NOT NULL REFERENCES users (id),
    object_key text NOT NULL UNIQUE,
    preview_key text,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX images_generation ON images (generation_id);
CREATE INDEX images_user ON images (user_id);
CREATE INDEX images_preview ON images (preview_key);

CREATE TABLE galleries (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    title text NOT NULL,
    is_public boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX galleries_user ON galleries (user_id);

CREATE TABLE gallery_items (
    gallery_id bigint NOT NULL REFERENCES galleries (id),
    image_id bigint NOT NULL REFERENCES images (id),
    added_by bigint REFERENCES users (id),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (gallery_id, image_id)
);
CREATE INDEX gallery_items_image ON gallery_items (image_id);
CREATE INDEX gallery_items_added_by ON gallery_items (added_by);

CREATE TABLE likes (
    user_id bigint NOT NULL REFERENCES users (id),
    image_id bigint NOT NULL REFERENCES images (id),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, image_id)
);
CREATE INDEX likes_image ON likes (image_id);

CREATE TABLE subscriptions (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    plan text NOT NULL,
    status text NOT NULL,
    started_on date NOT NULL,
    ended_on date
);
CREATE INDEX subscriptions_user ON subscriptions (user_id);

CREATE TABLE invoices (
    id bigint PRIMARY KEY,
    user_id bigint REFERENCES users (id),
    number text NOT NULL UNIQUE,
    customer_name text NOT NULL,
    customer_address text NOT NULL,
    amount_cents integer NOT NULL,
    currency text NOT NULL,
    issued_on date NOT NULL
);
CREATE INDEX invoices_user ON invoices (user_id);

CREATE TABLE credits_ledger (
    id bigint PRIMARY KEY,
    user_id bigint REFERENCES users (id),
    account_ref text NOT NULL,
    delta integer NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX credits_ledger_user ON credits_ledger (user_id);

CREATE TABLE consents (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    purpose text NOT NULL,
    wording text NOT NULL,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX consents_user ON consents (user_id);

CREATE TABLE training_flags (
    user_id bigint NOT NULL REFERENCES users (id),
    scope text NOT NULL,
    is_allowed boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, scope)
);

CREATE TABLE support_messages (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX support_messages_user ON support_messages (user_id);

CREATE TABLE filter_events (
    id bigint PRIMARY KEY,
    user_id bigint REFERENCES users (id),
    country text NOT NULL DEFAULT 'ZZ',
    rule text NOT NULL,
    excerpt text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX filter_events_user ON filter_events (user_id);

CREATE TABLE password_resets (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id),
    sent_to text NOT NULL,
    token_digest text NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX password_resets_user ON password_resets (user_id);

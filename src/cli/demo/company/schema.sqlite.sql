-- The generation database of the demo, as a small company might have it on SQLite.

CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    last_login_at TEXT,
    referred_by INTEGER REFERENCES users (id)
) STRICT;
CREATE INDEX users_referred_by ON users (referred_by);

CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id),
    display_name TEXT NOT NULL,
    bio TEXT,
    country TEXT NOT NULL,
    birth_year INTEGER,
    avatar_key TEXT
) STRICT;
CREATE INDEX profiles_avatar ON profiles (avatar_key);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE oauth_identities (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    linked_at TEXT NOT NULL,
    UNIQUE (provider, subject)
) STRICT;
CREATE INDEX oauth_identities_user ON oauth_identities (user_id);
CREATE INDEX oauth_identities_email ON oauth_identities (email);

CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    first_seen_at TEXT NOT NULL
) STRICT;

CREATE TABLE user_devices (
    user_id INTEGER NOT NULL REFERENCES users (id),
    device_id INTEGER NOT NULL REFERENCES devices (id),
    label TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id)
) STRICT;
CREATE INDEX user_devices_device ON user_devices (device_id);

CREATE TABLE prompts (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    text TEXT NOT NULL,
    negative_text TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX prompts_user ON prompts (user_id);

CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    prompt_id INTEGER NOT NULL REFERENCES prompts (id),
    parent_id INTEGER REFERENCES generations (id),
    model TEXT NOT NULL,
    seed INTEGER NOT NULL,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX generations_user ON generations (user_id);
CREATE INDEX generations_prompt ON generations (prompt_id);
CREATE INDEX generations_parent ON generations (parent_id);

CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    generation_id INTEGER NOT NULL REFERENCES generations (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    object_key TEXT NOT NULL UNIQUE,
    preview_key TEXT,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX images_generation ON images (generation_id);
CREATE INDEX images_user ON images (user_id);
CREATE INDEX images_preview ON images (preview_key);

CREATE TABLE galleries (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX galleries_user ON galleries (user_id);

CREATE TABLE gallery_items (
    gallery_id INTEGER NOT NULL REFERENCES galleries (id),
    image_id INTEGER NOT NULL REFERENCES images (id),
    added_by INTEGER REFERENCES users (id),
    added_at TEXT NOT NULL,
    PRIMARY KEY (gallery_id, image_id)
) STRICT;
CREATE INDEX gallery_items_image ON gallery_items (image_id);
CREATE INDEX gallery_items_added_by ON gallery_items (added_by);

CREATE TABLE likes (
    user_id INTEGER NOT NULL REFERENCES users (id),
    image_id INTEGER NOT NULL REFERENCES images (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (user_id, image_id)
) STRICT;
CREATE INDEX likes_image ON likes (image_id);

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    plan TEXT NOT NULL,
    status TEXT NOT NULL,
    started_on TEXT NOT NULL,
    ended_on TEXT
) STRICT;
CREATE INDEX subscriptions_user ON subscriptions (user_id);

CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id),
    number TEXT NOT NULL UNIQUE,
    customer_name TEXT NOT NULL,
    customer_address TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    issued_on TEXT NOT NULL
) STRICT;
CREATE INDEX invoices_user ON invoices (user_id);

CREATE TABLE credits_ledger (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id),
    account_ref TEXT NOT NULL,
    delta INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX credits_ledger_user ON credits_ledger (user_id);

CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    wording TEXT NOT NULL,
    given_at TEXT NOT NULL,
    withdrawn_at TEXT
) STRICT;
CREATE INDEX consents_user ON consents (user_id);

CREATE TABLE training_flags (
    user_id INTEGER NOT NULL REFERENCES users (id),
    scope TEXT NOT NULL,
    is_allowed INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (user_id, scope)
) STRICT;

CREATE TABLE support_messages (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX support_messages_user ON support_messages (user_id);

CREATE TABLE filter_events (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id),
    country TEXT NOT NULL DEFAULT 'ZZ',
    rule TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX filter_events_user ON filter_events (user_id);

CREATE TABLE password_resets (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    sent_to TEXT NOT NULL,
    token_digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX password_resets_user ON password_resets (user_id);

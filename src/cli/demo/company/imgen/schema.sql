-- The generation database of the demo's imgen. What follows a column's name says what it holds; `company/schema.rs` says
-- what each engine calls that. Prompts are handed on and not kept, so there is no column for them.

CREATE TABLE users (
    id number PRIMARY KEY,
    email name NOT NULL UNIQUE,
    username name,
    avatar_key name,
    wants_letters flag NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX users_avatar ON users (avatar_key);

CREATE TABLE google_logins (
    subject name PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    email name NOT NULL,
    name name NOT NULL,
    linked_at moment NOT NULL
);
CREATE INDEX google_logins_user ON google_logins (user_id);
CREATE INDEX google_logins_email ON google_logins (email);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    ip name NOT NULL,
    browser name NOT NULL,
    created_at moment NOT NULL,
    expires_at moment NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE images (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    remix_of number REFERENCES images (id),
    object_key name NOT NULL UNIQUE,
    model name NOT NULL,
    seed number NOT NULL,
    width number NOT NULL,
    height number NOT NULL,
    bytes number NOT NULL,
    is_public flag NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX images_user ON images (user_id);
CREATE INDEX images_remix_of ON images (remix_of);

CREATE TABLE galleries (
    id number PRIMARY KEY,
    user_id number NOT NULL REFERENCES users (id),
    title name NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX galleries_user ON galleries (user_id);

CREATE TABLE gallery_images (
    gallery_id number NOT NULL REFERENCES galleries (id),
    image_id number NOT NULL REFERENCES images (id),
    hung_at moment NOT NULL,
    PRIMARY KEY (gallery_id, image_id)
);
CREATE INDEX gallery_images_image ON gallery_images (image_id);

CREATE TABLE likes (
    user_id number NOT NULL REFERENCES users (id),
    image_id number NOT NULL REFERENCES images (id),
    liked_at moment NOT NULL,
    PRIMARY KEY (user_id, image_id)
);
CREATE INDEX likes_image ON likes (image_id);

CREATE TABLE saves (
    user_id number NOT NULL REFERENCES users (id),
    image_id number NOT NULL REFERENCES images (id),
    saved_at moment NOT NULL,
    PRIMARY KEY (user_id, image_id)
);
CREATE INDEX saves_image ON saves (image_id);

CREATE TABLE payments (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    transaction_ref name NOT NULL UNIQUE,
    amount_cents number NOT NULL,
    currency name NOT NULL,
    paid_on day NOT NULL
);
CREATE INDEX payments_user ON payments (user_id);

CREATE TABLE credit_records (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    account_ref name NOT NULL,
    payment_id number REFERENCES payments (id),
    delta number NOT NULL,
    reason name NOT NULL,
    booked_at moment NOT NULL
);
CREATE INDEX credit_records_user ON credit_records (user_id);
CREATE INDEX credit_records_payment ON credit_records (payment_id);

CREATE TABLE security_log (
    id number PRIMARY KEY,
    user_id number REFERENCES users (id),
    event name NOT NULL,
    ip name,
    logged_at moment NOT NULL
);
CREATE INDEX security_log_user ON security_log (user_id);

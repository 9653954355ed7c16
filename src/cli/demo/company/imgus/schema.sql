-- The generation database of the demo's imgus, an app without accounts: nobody has a name here, or an address. All there is
-- of a person is the number that the app made for the device, and shows under its settings. What follows a column's name
-- says what it holds; `company/schema.rs` says what each engine calls that.

CREATE TABLE devices (
    id name PRIMARY KEY,
    platform name NOT NULL,
    language name NOT NULL,
    timezone name NOT NULL,
    may_train flag NOT NULL,
    is_restricted flag NOT NULL,
    first_seen_at moment NOT NULL
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    device_id name NOT NULL REFERENCES devices (id),
    ip name NOT NULL,
    app name NOT NULL,
    started_at moment NOT NULL,
    ended_at moment NOT NULL
);
CREATE INDEX sessions_device ON sessions (device_id);

CREATE TABLE generations (
    id number PRIMARY KEY,
    device_id name NOT NULL REFERENCES devices (id),
    prompt words NOT NULL,
    style name NOT NULL,
    status name NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX generations_device ON generations (device_id);

CREATE TABLE images (
    id number PRIMARY KEY,
    generation_id number NOT NULL REFERENCES generations (id),
    device_id name NOT NULL REFERENCES devices (id),
    object_key name NOT NULL UNIQUE,
    width number NOT NULL,
    height number NOT NULL,
    bytes number NOT NULL,
    created_at moment NOT NULL
);
CREATE INDEX images_generation ON images (generation_id);
CREATE INDEX images_device ON images (device_id);

CREATE TABLE reports (
    id number PRIMARY KEY,
    device_id name REFERENCES devices (id),
    image_id number REFERENCES images (id),
    rule name NOT NULL,
    words words NOT NULL,
    written_at moment NOT NULL
);
CREATE INDEX reports_device ON reports (device_id);
CREATE INDEX reports_image ON reports (image_id);

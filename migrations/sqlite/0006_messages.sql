-- What the domain of its sender said of a waiting mail when it came: opening it asks nobody.
ALTER TABLE messages ADD COLUMN dmarc TEXT;

-- The raw bytes of messages, each piece sealed under the message's own key.
CREATE TABLE message_pieces (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    cipher BLOB NOT NULL,
    PRIMARY KEY (message_id, place)
) STRICT;

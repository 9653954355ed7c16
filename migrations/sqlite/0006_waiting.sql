-- What the domain of its sender said of a waiting mail when it came: opening it asks nobody.
ALTER TABLE messages ADD COLUMN dmarc TEXT;

-- Packages of several archives: each archive has a file of its own and counts its own fetchings.

CREATE TABLE package_parts (
    package_id BIGINT NOT NULL REFERENCES packages (id),
    -- counted from 1
    part BIGINT NOT NULL,
    -- what its file is called in the store; known here before the file is begun. What was added when all others were
    -- written lies beside it, under the same name with "-end"
    object TEXT COLLATE "C" NOT NULL UNIQUE,
    -- how many bytes of the archive lie in the first file, how many there are in all, and their SHA-256; once it was read back
    body BIGINT,
    bytes BIGINT,
    sha256 TEXT COLLATE "C",
    downloads BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (package_id, part)
);

INSERT INTO package_parts (package_id, part, object, body, bytes, sha256, downloads)
    SELECT id, 1, object, bytes, bytes, sha256, downloads FROM packages;

ALTER TABLE downloads ADD COLUMN part BIGINT NOT NULL DEFAULT 1;

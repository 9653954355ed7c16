-- What twenty thousand people made with an image generator: the company's schema of the demo, filled by arithmetic so
-- that it is quick and the same each time. Those in {mine} made a seventh of it, spread evenly among the rest; the class of
-- a picture, id * 37 % 71, says whose it is (0 to 10: theirs) and what becomes of it.

INSERT INTO users WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {people})
SELECT i, 'p' || i || '@mail.example', 'p' || i, '2024-01-02T03:04:05Z', '2026-01-02T03:04:05Z',
    CASE WHEN i % 40 = 0 THEN 1 END FROM n;
INSERT INTO profiles SELECT id, 'Person ' || id, NULL, 'IN', 1990, NULL FROM users;
INSERT INTO sessions WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
SELECT {uuid}, CASE WHEN i % 8 = 0 THEN 1 ELSE 2 + i * 48271 % 19999 END, '198.51.100.7', 'Browser 1.0 on a machine',
    '2026-01-02T03:04:05Z', '2026-02-02T03:04:05Z' FROM n;
INSERT INTO oauth_identities
SELECT id, id, 'button', 's' || id, 'p' || id || '@mail.example', '2024-01-02T03:04:05Z' FROM users WHERE id <= 5000;
INSERT INTO devices SELECT id, 'serial-' || id, 'phone', '2024-01-02T03:04:05Z' FROM users WHERE id <= 5000;
INSERT INTO user_devices SELECT id, id, 'mine', '2024-01-02T03:04:05Z' FROM users WHERE id <= 5000;
INSERT INTO user_devices SELECT 1, id, 'the family''s', '2024-01-02T03:04:05Z' FROM users WHERE id IN (2, 3);
INSERT INTO password_resets
SELECT id, CASE WHEN id % 100 = 0 THEN 1 ELSE id END, 'p' || id || '@mail.example', 'd' || id, '2024-01-02T03:04:05Z', NULL
FROM users WHERE id <= 5000;

INSERT INTO prompts WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {pictures})
SELECT i, CASE WHEN i * 37 % 71 < 11 THEN {mine} ELSE 2 + i * 48271 % 19999 END,
    'A lighthouse in the rain, number ' || i || ', with warm light in its windows and ships far out', NULL,
    '2026-01-02T03:04:05Z' FROM n;
-- a tenth remix an earlier one of the same class; every other one of class 11 is somebody else's remix of person 1's
INSERT INTO generations
SELECT id, user_id, id,
    CASE WHEN id > 71 AND (id - id % 71) / 71 % 10 = 0 THEN id - 71 WHEN id > 71 AND id * 37 % 71 = 11 AND (id - id % 71) / 71 % 2 = 1 THEN id - 48 END,
    'model-3', id * 7919, 'done', '2026-01-02T03:04:05Z' FROM prompts;
INSERT INTO images
SELECT id, id, user_id, 'pictures/' || id || '.png', 'previews/' || id || '.webp', 1024, 1024, 1500000, '2026-01-02T03:04:05Z'
FROM generations WHERE (id - id % 71) / 71 % 4 < 3;
INSERT INTO galleries
SELECT id, CASE WHEN id <= 40 THEN 1 ELSE id + 2 END, 'Gallery ' || id, true, '2025-01-02T03:04:05Z' FROM users WHERE id <= 2040;
INSERT INTO gallery_items
SELECT CASE WHEN class IN (3, 4) THEN 1 + id % 40 ELSE 41 + id % 2000 END, id,
    CASE WHEN class IN (3, 4, 25) THEN 1 ELSE 43 + id % 2000 END, '2026-01-02T03:04:05Z'
FROM (SELECT id, id * 37 % 71 AS class FROM images) AS picture
WHERE class IN (3, 4, 5, 25) OR class BETWEEN 30 AND 49;
INSERT INTO likes
SELECT CASE WHEN class BETWEEN 12 AND 16 THEN 1 ELSE 2 + id % 19999 END, id, '2026-01-02T03:04:05Z'
FROM (SELECT id, id * 37 % 71 AS class FROM images) AS picture
WHERE class BETWEEN 12 AND 16 OR class BETWEEN 0 AND 2 OR class BETWEEN 20 AND 60;

INSERT INTO subscriptions SELECT id, id, 'plus', 'active', '2025-01-02', NULL FROM users;
INSERT INTO invoices WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
SELECT i, CASE WHEN i % 500 = 0 THEN 1 ELSE 2 + i * 48271 % 19999 END, 'N-' || i, 'Person', 'Street 1', 999, 'INR',
    CASE WHEN i % 1000 = 0 THEN CAST('2015-05-06' AS {day}) ELSE CAST('2025-05-06' AS {day}) END FROM n;
INSERT INTO credits_ledger WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 80000)
SELECT i, CASE WHEN i % 8 = 0 THEN 1 ELSE 2 + i * 48271 % 19999 END, 'account', -1, 'a picture',
    CASE WHEN i % 80 = 0 THEN CAST('2015-05-06T07:08:09Z' AS {moment}) ELSE CAST('2025-05-06T07:08:09Z' AS {moment}) END FROM n;
INSERT INTO consents SELECT id, id, 'service', 'Yes', '2024-01-02T03:04:05Z', NULL FROM users;
INSERT INTO training_flags SELECT id, 'pictures', true, '2024-01-02T03:04:05Z' FROM users;
INSERT INTO support_messages
SELECT id, CASE WHEN id % 40 = 0 THEN 1 ELSE id END, 'A question', 'How do I make a picture larger?', '2025-01-02T03:04:05Z'
FROM users WHERE id <= 8000;
INSERT INTO filter_events WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
SELECT i, CASE WHEN i % 8 = 0 THEN 1 ELSE 2 + i * 48271 % 19999 END, 'IN', 'rule-7', 'what was refused', '2026-01-02T03:04:05Z' FROM n;

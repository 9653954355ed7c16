-- Two thousand people with thirty rows each, five of them pictures with a file: the company's schema of the demo.

INSERT INTO users WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
SELECT i, 'p' || i || '@mail.example', 'p' || i, '2024-01-02T03:04:05Z', '2026-01-02T03:04:05Z', NULL FROM n;
INSERT INTO profiles SELECT id, 'Person ' || id, NULL, 'IN', 1990, NULL FROM users;
INSERT INTO sessions WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
SELECT {uuid}, 1 + i % 2000, '198.51.100.7', 'Browser 1.0 on a machine', '2026-01-02T03:04:05Z', '2026-02-02T03:04:05Z' FROM n;
INSERT INTO prompts WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
SELECT i, 1 + i % 2000, 'A lighthouse in the rain, number ' || i || ', with warm light in its windows', NULL, '2026-01-02T03:04:05Z'
FROM n;
INSERT INTO generations SELECT id, user_id, id, NULL, 'model-3', id * 7919, 'done', '2026-01-02T03:04:05Z' FROM prompts;
INSERT INTO images
SELECT id, id, user_id, id || '.png', NULL, 1024, 1024, 1500000, '2026-01-02T03:04:05Z' FROM generations;
INSERT INTO galleries SELECT id, id, 'Gallery ' || id, true, '2025-01-02T03:04:05Z' FROM users;
INSERT INTO gallery_items SELECT user_id, id, user_id, '2026-01-02T03:04:05Z' FROM images WHERE id <= 4000;
INSERT INTO likes SELECT 1 + id % 2000, 1 + (id * 7) % 10000, '2026-01-02T03:04:05Z' FROM images WHERE id <= 6000;
INSERT INTO subscriptions SELECT id, id, 'plus', 'active', '2025-01-02', NULL FROM users;
INSERT INTO invoices SELECT id, id, 'N-' || id, 'Person', 'Street 1', 999, 'INR', CAST('2025-05-06' AS {day}) FROM users;
INSERT INTO credits_ledger SELECT id, id, 'account', -1, 'a picture', CAST('2025-05-06T07:08:09Z' AS {moment}) FROM users;
INSERT INTO consents SELECT id, id, 'service', 'Yes', '2024-01-02T03:04:05Z', NULL FROM users;
INSERT INTO training_flags SELECT id, 'pictures', true, '2024-01-02T03:04:05Z' FROM users;

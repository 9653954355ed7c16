-- The same erasure as somebody who knows the schema by heart would write it: set-based, one transaction, rows that refer
-- before rows that are referred to.

UPDATE users SET referred_by = NULL WHERE referred_by = {person};
UPDATE generations SET parent_id = NULL
WHERE user_id <> {person} AND parent_id IN (SELECT id FROM generations WHERE user_id = {person});
DELETE FROM gallery_items WHERE gallery_id IN (SELECT id FROM galleries WHERE user_id = {person});
DELETE FROM gallery_items WHERE image_id IN (SELECT id FROM images WHERE user_id = {person});
UPDATE gallery_items SET added_by = NULL WHERE added_by = {person};
DELETE FROM likes WHERE user_id = {person};
DELETE FROM likes WHERE image_id IN (SELECT id FROM images WHERE user_id = {person});
DELETE FROM images WHERE user_id = {person};
{loosen}DELETE FROM generations WHERE user_id = {person};
DELETE FROM prompts WHERE user_id = {person};
DELETE FROM galleries WHERE user_id = {person};
CREATE TEMPORARY TABLE going_{person} AS SELECT device_id FROM user_devices d WHERE user_id = {person}
    AND NOT EXISTS (SELECT 1 FROM user_devices o WHERE o.device_id = d.device_id AND o.user_id <> {person});
DELETE FROM user_devices WHERE user_id = {person};
DELETE FROM devices WHERE id IN (SELECT device_id FROM going_{person});
DELETE FROM sessions WHERE user_id = {person};
DELETE FROM oauth_identities WHERE user_id = {person};
DELETE FROM password_resets WHERE user_id = {person};
DELETE FROM consents WHERE user_id = {person};
DELETE FROM training_flags WHERE user_id = {person};
DELETE FROM support_messages WHERE user_id = {person};
DELETE FROM subscriptions WHERE user_id = {person};
DELETE FROM profiles WHERE user_id = {person};
DELETE FROM invoices WHERE user_id = {person} AND issued_on < '2018-11-24';
UPDATE invoices SET user_id = NULL WHERE user_id = {person};
DELETE FROM credits_ledger WHERE user_id = {person} AND created_at < '2018-11-24';
UPDATE credits_ledger SET user_id = NULL, account_ref = 'p_aaaaaaaaaaaaaaaaaaaaaaaaaa' WHERE user_id = {person};
UPDATE filter_events SET user_id = NULL, country = '', excerpt = '(erased)' WHERE user_id = {person};
DELETE FROM users WHERE id = {person};

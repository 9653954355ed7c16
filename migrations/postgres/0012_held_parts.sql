-- What a hold is about, sealed, where it is not everything; forgotten with its release. A hold without it is about everything.
ALTER TABLE holds ADD COLUMN wrapped_key BYTEA;
ALTER TABLE holds ADD COLUMN cipher BYTEA;

-- +goose Up

-- Between comparing a field and writing it somebody else may write it: the
-- property's history tells afterwards. unchecked is 1 from the write until then;
-- overwrote are the values of others that were replaced unseen, as disputes.
ALTER TABLE op ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE op ADD COLUMN overwrote TEXT NOT NULL DEFAULT '[]';

CREATE INDEX op_unchecked ON op(seq) WHERE unchecked = 1;
CREATE INDEX op_overwrote ON op(seq) WHERE overwrote <> '[]';

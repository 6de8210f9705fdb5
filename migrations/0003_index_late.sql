-- +goose Up

-- The search index is slow to change: taking one word out of it for good
-- rewrites whole pages. So an edit leaves it as it is. late has the rows that
-- the index does not show as they are, with what it still shows for them (text
-- and tags, NULL when it has nothing), and record_late_fts, which is small and
-- quick, has what they are now. A search asks both. Later, when nobody waits,
-- the rows are brought into the index and leave late.
CREATE TABLE late (
  id   INTEGER PRIMARY KEY,
  text TEXT,
  tags TEXT
) STRICT;

DROP VIEW record_live;

-- What record_fts holds.
CREATE VIEW record_live AS
  SELECT id, text, tags FROM record WHERE archived = 0 AND id NOT IN (SELECT id FROM late)
  UNION ALL
  SELECT id, text, tags FROM late WHERE text IS NOT NULL;

-- What record_late_fts holds.
CREATE VIEW record_late AS
  SELECT r.id, r.text, r.tags FROM late l JOIN record r ON r.id = l.id WHERE r.archived = 0;

CREATE VIRTUAL TABLE record_late_fts USING fts5(
  text, tags,
  content = 'record_late', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO record_late_fts(record_late_fts, rank) VALUES ('secure-delete', 1);

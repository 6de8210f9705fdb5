-- +goose Up

-- Bodies of activities hold almost every word, and a word that begins like the
-- one that is being typed is read for all of its rows: so activities have a
-- search index of their own, and a search for names never waits for it. Their
-- ids are those of the types 4 to 8. No single letter is looked for in a body.
CREATE VIRTUAL TABLE activity_fts USING fts5(
  text, tags,
  content = 'activity_live', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '2 3'
);
INSERT INTO activity_fts (activity_fts, rank) VALUES ('secure-delete', 1);

-- What has to leave record_fts, as it stands there. Taking a word out for good is
-- slow: a few rows are taken out, and with many all is made anew below.
INSERT INTO record_fts (record_fts, rowid, text, tags)
  SELECT 'delete', id, text, tags FROM record_live
  WHERE id BETWEEN 4398046511104 AND 9895604649983
    AND (SELECT count(*) FROM (SELECT 1 FROM record WHERE id BETWEEN 4398046511104 AND 9895604649983 LIMIT 2001)) <= 2000;

DROP VIEW record_live;

-- What record_fts holds.
CREATE VIEW record_live AS
  SELECT id, text, tags FROM record WHERE archived = 0 AND id NOT BETWEEN 4398046511104 AND 9895604649983 AND id NOT IN (SELECT id FROM late)
  UNION ALL
  SELECT id, text, tags FROM late WHERE text IS NOT NULL AND id NOT BETWEEN 4398046511104 AND 9895604649983;

-- What activity_fts holds.
CREATE VIEW activity_live AS
  SELECT id, text, tags FROM record WHERE archived = 0 AND id BETWEEN 4398046511104 AND 9895604649983 AND id NOT IN (SELECT id FROM late)
  UNION ALL
  SELECT id, text, tags FROM late WHERE text IS NOT NULL AND id BETWEEN 4398046511104 AND 9895604649983;

INSERT INTO record_fts (record_fts)
  SELECT 'rebuild' WHERE (SELECT count(*) FROM (SELECT 1 FROM record WHERE id BETWEEN 4398046511104 AND 9895604649983 LIMIT 2001)) > 2000;
INSERT INTO activity_fts (rowid, text, tags) SELECT id, text, tags FROM activity_live;

-- How many live records of a type an owner has ('live/' and the owner), and how
-- many of them are empty in a slot: the total of a list of one's own.
INSERT INTO tally (type, name, n) SELECT type, 'live/' || owner, count(*) FROM record INDEXED BY record_n1 WHERE archived = 0 AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 'title_key/' || owner, count(*) FROM record INDEXED BY record_title WHERE archived = 0 AND title_key IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 't1/' || owner, count(*) FROM record INDEXED BY record_t1 WHERE archived = 0 AND t1 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 't2/' || owner, count(*) FROM record INDEXED BY record_t2 WHERE archived = 0 AND t2 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 't3/' || owner, count(*) FROM record INDEXED BY record_t3 WHERE archived = 0 AND t3 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 't4/' || owner, count(*) FROM record INDEXED BY record_t4 WHERE archived = 0 AND t4 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 'n1/' || owner, count(*) FROM record INDEXED BY record_n1 WHERE archived = 0 AND n1 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 'n2/' || owner, count(*) FROM record INDEXED BY record_n2 WHERE archived = 0 AND n2 IS NULL AND owner IS NOT NULL GROUP BY type, owner;
INSERT INTO tally (type, name, n) SELECT type, 'n3/' || owner, count(*) FROM record INDEXED BY record_n3 WHERE archived = 0 AND n3 IS NULL AND owner IS NOT NULL GROUP BY type, owner;

-- The live deals of a pipeline's stage in a currency, by owner: how many, and what
-- they are worth. units are ten-thousandths, which add up exactly; what is too
-- large for that is in more. Empty names are NULLs of the record.
CREATE TABLE stage_sum (
  pipeline TEXT NOT NULL,
  stage    TEXT NOT NULL,
  currency TEXT NOT NULL,
  owner    TEXT NOT NULL,
  n        INTEGER NOT NULL,
  units    INTEGER NOT NULL,
  more     REAL NOT NULL,
  PRIMARY KEY (pipeline, stage, currency, owner)
) STRICT, WITHOUT ROWID;
INSERT INTO stage_sum
  SELECT coalesce(t3, ''), coalesce(t1, ''), coalesce(t4, ''), coalesce(owner, ''), count(*),
    coalesce(sum(CAST(round(n3 * 10000) AS INTEGER)) FILTER (WHERE abs(n3) < 1e10), 0), total(n3) FILTER (WHERE abs(n3) >= 1e10)
  FROM record INDEXED BY record_board WHERE archived = 0 AND type = 3 GROUP BY 1, 2, 3, 4;

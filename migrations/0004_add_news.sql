-- +goose Up

-- What changed in HubSpot on the rep's own records, until the rep has seen it.
-- A row that goes on changing gets a new id, so that "seen up to" is true.
-- record is a local id; name is the property, the local id of an activity, or
-- the type and HubSpot's id of an associated record. Values are cut: see
-- crm.NewsText.
CREATE TABLE news (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  record   TEXT NOT NULL,
  type     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  name     TEXT NOT NULL,
  before   TEXT NOT NULL,
  after    TEXT NOT NULL,
  modified INTEGER NOT NULL, -- HubSpot's stamp of the record, 0 when there is none
  noticed  INTEGER NOT NULL, -- by our clock
  away     INTEGER NOT NULL DEFAULT 0, -- since when the rep had been away, 0 = was here
  asked    INTEGER NOT NULL DEFAULT 0, -- the history was asked for the next three
  who      TEXT NOT NULL DEFAULT '',
  source   TEXT NOT NULL DEFAULT '',
  at       INTEGER NOT NULL DEFAULT 0,
  seen     INTEGER NOT NULL DEFAULT 0  -- the act of the rep that it was seen by
) STRICT;

CREATE UNIQUE INDEX news_unseen ON news(record, kind, name) WHERE seen = 0;

-- Whose records these are, and when the copy was last fresh. It is not kept over
-- a repair: what comes anew then is no news.
CREATE TABLE presence (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  rep    TEXT NOT NULL,    -- the rep's owner id
  online INTEGER NOT NULL, -- when the last delta was done; 0 = never
  since  INTEGER NOT NULL, -- the last absence: from here
  back   INTEGER NOT NULL  -- to here; 0 = there was none
) STRICT;

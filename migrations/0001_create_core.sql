-- +goose Up

-- One row per record of any object type. type is crm.Spec.Number, and id is
-- type << 40 | a counter, so that a type is a range of ids and a higher id came
-- here later. base is what HubSpot last said; overlay is the fold of the
-- record's unfinished operations, NULL for none; everything between gone_at
-- and overlay is derived from those two and written with them.
CREATE TABLE record (
  id        INTEGER PRIMARY KEY,
  type      INTEGER NOT NULL,
  local_id  TEXT NOT NULL UNIQUE,
  remote_id TEXT,
  created   INTEGER NOT NULL,
  modified  INTEGER NOT NULL, -- HubSpot's stamp, 0 before it is there
  gone      INTEGER NOT NULL, -- archived in HubSpot
  gone_at   INTEGER NOT NULL, -- when our own archive was acknowledged
  archived  INTEGER NOT NULL, -- gone, or an archive waits: not in the lists
  badge     TEXT NOT NULL,
  title     TEXT NOT NULL,
  title_key TEXT,             -- folded for sorting, NULL when empty
  owner     TEXT,
  t1        TEXT,             -- crm.Spec.Text, NULL when empty
  t2        TEXT,
  t3        TEXT,
  t4        TEXT,
  n1        REAL,             -- crm.Spec.Numeric; the modified stamp's slot is
  n2        REAL,             -- never empty
  n3        REAL,
  text      TEXT NOT NULL,    -- what search finds, folded and split
  tags      TEXT NOT NULL,    -- the owner's token
  overlay   BLOB,
  base      BLOB NOT NULL
) STRICT;

-- Ids of HubSpot are numbers written as text: by length first, they sort.
CREATE UNIQUE INDEX record_remote ON record(type, length(remote_id), remote_id) WHERE remote_id IS NOT NULL;

-- Records that HubSpot does not have; few, and looked for at every start.
CREATE INDEX record_unborn ON record(archived) WHERE remote_id IS NULL;

-- A list's window is read from one of these alone, filtered by owner or not.
CREATE INDEX record_title ON record(type, title_key, id, owner) WHERE archived = 0;
CREATE INDEX record_t1 ON record(type, t1 COLLATE NOCASE, id, owner) WHERE archived = 0;
CREATE INDEX record_t2 ON record(type, t2 COLLATE NOCASE, id, owner) WHERE archived = 0;
CREATE INDEX record_t3 ON record(type, t3 COLLATE NOCASE, id, owner) WHERE archived = 0;
CREATE INDEX record_t4 ON record(type, t4 COLLATE NOCASE, id, owner) WHERE archived = 0;
CREATE INDEX record_n1 ON record(type, n1, id, owner) WHERE archived = 0;
CREATE INDEX record_n2 ON record(type, n2, id, owner) WHERE archived = 0;
CREATE INDEX record_n3 ON record(type, n3, id, owner) WHERE archived = 0;

-- The board: deals (type 3) by pipeline, stage and close date, with what its
-- sums need.
CREATE INDEX record_board ON record(t3, t1, n2, id, owner, t4, n3) WHERE archived = 0 AND type = 3;

CREATE VIEW record_live AS SELECT id, text, tags FROM record WHERE archived = 0;

CREATE VIRTUAL TABLE record_fts USING fts5(
  text, tags,
  content = 'record_live', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '1 2 3'
);
INSERT INTO record_fts(record_fts, rank) VALUES ('secure-delete', 1);

-- How many live records a type has ('live'), and how many of them are empty in
-- a slot (by its column): a list's total and its two parts, without counting.
CREATE TABLE tally (
  type INTEGER NOT NULL,
  name TEXT NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (type, name)
) STRICT, WITHOUT ROWID;

-- Ids that a record had before it was merged into another one here.
CREATE TABLE alias (
  local_id TEXT PRIMARY KEY,
  into_id  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Associations as HubSpot holds them, by its ids, a row for either direction.
CREATE TABLE link (
  from_type   INTEGER NOT NULL,
  from_remote TEXT NOT NULL,
  to_type     INTEGER NOT NULL,
  to_remote   TEXT NOT NULL,
  type_id     INTEGER NOT NULL,
  label       TEXT NOT NULL,
  PRIMARY KEY (from_type, from_remote, to_type, to_remote, type_id)
) STRICT, WITHOUT ROWID;

-- Whose associations have been read: without a row here, no link is not none.
CREATE TABLE link_known (
  from_type   INTEGER NOT NULL,
  from_remote TEXT NOT NULL,
  to_type     INTEGER NOT NULL,
  PRIMARY KEY (from_type, from_remote, to_type)
) STRICT, WITHOUT ROWID;

-- The outbox. Finished operations stay as receipts.
CREATE TABLE op (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  id        TEXT NOT NULL UNIQUE,
  kind      TEXT NOT NULL,
  type      TEXT NOT NULL,
  record    TEXT NOT NULL, -- local id
  remote_id TEXT NOT NULL, -- as last known, for receipts
  fields    TEXT NOT NULL, -- [{name, base, value}]
  settled   TEXT NOT NULL, -- fields that left it because HubSpot has them
  to_type   TEXT NOT NULL,
  to_record TEXT NOT NULL,
  to_remote TEXT NOT NULL,
  state     TEXT NOT NULL,
  unsure    INTEGER NOT NULL, -- HubSpot may have it although it is not sending
  keyed     INTEGER NOT NULL, -- a create that was sent with our key
  attempts  INTEGER NOT NULL,
  next_at   INTEGER NOT NULL,
  sent_at   INTEGER NOT NULL,
  made      INTEGER NOT NULL,
  finished  INTEGER NOT NULL,
  reason    TEXT NOT NULL,
  existing  TEXT NOT NULL,
  disputes  TEXT NOT NULL,
  group_id  TEXT NOT NULL,
  cause     TEXT NOT NULL, -- the operation that cancelled this one out
  answer    TEXT NOT NULL
) STRICT;

CREATE INDEX op_unfinished ON op(record) WHERE state NOT IN ('acked', 'discarded');
CREATE INDEX op_unfinished_to ON op(to_record) WHERE state NOT IN ('acked', 'discarded') AND to_record <> '';
CREATE INDEX op_record ON op(record);
CREATE INDEX op_to_record ON op(to_record) WHERE to_record <> '';
CREATE INDEX op_group ON op(group_id);
CREATE INDEX op_cause ON op(cause) WHERE cause <> '';
CREATE INDEX op_finished ON op(finished) WHERE state IN ('acked', 'discarded');

-- What one act of the rep put into an update or create, as it stood on screen
-- before (base) and after (value): several acts may share an operation, and
-- each can be undone by itself.
CREATE TABLE act (
  id       INTEGER PRIMARY KEY,
  group_id TEXT NOT NULL,
  op       TEXT NOT NULL,
  fields   TEXT NOT NULL
) STRICT;

CREATE INDEX act_group ON act(group_id);
CREATE INDEX act_op ON act(op);

CREATE TABLE cursor (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Definitions as JSON, in HubSpot's order.
CREATE TABLE property (
  type TEXT NOT NULL,
  pos  INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (type, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE pipeline (
  type TEXT NOT NULL,
  pos  INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (type, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE owner (
  pos  INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE portal (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  body TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

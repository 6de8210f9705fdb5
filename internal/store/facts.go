package store

import (
	"context"
	"os"
	"strings"
)

// Facts are what the database says about itself: numbers and states, no content.
type Facts struct {
	SQLite     string           `json:"sqlite"`
	Schema     int64            `json:"schema"`
	Newest     int64            `json:"newest"` // the schema that this program knows
	Journal    string           `json:"journal"`
	PageSize   int64            `json:"page_size"`
	Pages      int64            `json:"pages"`
	Free       int64            `json:"free_pages"`
	LogBytes   int64            `json:"log_bytes"`   // of the write-ahead log
	Dirty      bool             `json:"dirty"`       // the last exit was not clean
	Suspected  bool             `json:"suspected"`   // damage was found since the start
	Checked    string           `json:"checked"`     // when its pages were looked at, in ms; "" for never
	CheckedAll string           `json:"checked_all"` // when all of it was
	Rows       map[string]int64 `json:"rows"`        // by table
	States     map[string]int64 `json:"states"`      // operations by kind and state
	Oldest     int64            `json:"oldest"`      // when the oldest operation that waits was made; 0 for none
}

// Facts reads them. Tables of the search index, which are large, are left out.
func (s *Store) Facts(ctx context.Context) (Facts, error) {
	f := Facts{Rows: map[string]int64{}, States: map[string]int64{}, Dirty: s.dirty, Suspected: s.suspected.Load()}
	if info, err := os.Stat(s.path + "-wal"); err == nil {
		f.LogBytes = info.Size()
	}
	var err error
	if f.Newest, err = newestMigration(); err != nil {
		return f, fail("read facts", err)
	}
	err = s.read(ctx, "read facts", func(ctx context.Context, q querier) error {
		err := one(ctx, q, []any{&f.SQLite, &f.Schema, &f.Oldest, &f.Checked, &f.CheckedAll}, `SELECT sqlite_version(),
			(SELECT max(version_id) FROM goose_db_version),
			(SELECT coalesce(min(made), 0) FROM op WHERE `+unfinished+`),
			coalesce((SELECT value FROM setting WHERE key = ?), ''), coalesce((SELECT value FROM setting WHERE key = ?), '')`,
			settingChecked, settingCheckedAll)
		if err != nil {
			return err
		}
		for pragma, into := range map[string]any{"journal_mode": &f.Journal, "page_size": &f.PageSize, "page_count": &f.Pages, "freelist_count": &f.Free} {
			if err := one(ctx, q, []any{into}, `PRAGMA `+pragma); err != nil {
				return err
			}
		}
		return f.count(ctx, q)
	})
	return f, err
}

func (f *Facts) count(ctx context.Context, q querier) error {
	tables, err := column[string](ctx, q, `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "sqlite_") || strings.Contains(table, "fts") || strings.HasPrefix(table, "goose") {
			continue
		}
		var n int64
		if err := one(ctx, q, []any{&n}, `SELECT count(*) FROM "`+table+`"`); err != nil {
			return err
		}
		f.Rows[table] = n
	}
	var state string
	var n int64
	return each(ctx, q, func() error { f.States[state] = n; return nil }, []any{&state, &n},
		`SELECT kind || ' ' || state, count(*) FROM op GROUP BY kind, state`)
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"satchel/internal/crm"
)

// tx is one write transaction on the one writing connection.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // prepared on conn, kept for its life
	types *kinds

	next    map[int64]int64    // the next free record id of a type
	fresh   map[int64][2]int64 // ids inserted, first and last, not yet in the search index
	pending map[crm.LocalID]bool
	asked   int // records that were asked about one by one
	tally   map[tallyKey]int
	sums    map[sumKey]dealSum
	touched bool                      // a record was written: lists may differ
	keeps   map[int64]map[string]bool // see kept
	behind  bool                      // the search index has to catch up
	present *presence                 // see here
	noted   bool                      // there is news
	cared   map[crm.ObjectType]map[string]crm.Property
}

// write runs fn in one transaction. It waits for its turn under ctx; once
// begun, the transaction is finished whatever becomes of ctx, since half of it
// is worth nothing and it is short.
func (s *Store) write(ctx context.Context, op string, fn func(context.Context, *tx) error) error {
	if err := ctx.Err(); err != nil {
		return fail(op, err)
	}
	select {
	case s.turn <- struct{}{}:
	case <-s.closed:
		return fail(op, sql.ErrConnDone)
	case <-ctx.Done():
		return fail(op, ctx.Err())
	}
	defer func() { <-s.turn }()
	return s.suspect(ctx, fail(op, s.transact(context.WithoutCancel(ctx), fn)))
}

func (s *Store) transact(ctx context.Context, fn func(context.Context, *tx) error) (err error) {
	t := &tx{conn: s.writer, stmts: s.stmts, types: s.kinds()}
	if _, err := t.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			// Also after a panic in fn, and after a COMMIT that failed: the
			// connection must not stay inside a transaction.
			_, _ = t.conn.ExecContext(ctx, "ROLLBACK")
		}
	}()
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := errors.Join(t.indexFresh(ctx), t.saveTally(ctx), t.saveSums(ctx)); err != nil {
		return err
	}
	if _, err := t.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	done = true
	if t.touched {
		s.version.Add(1)
	}
	if t.behind {
		s.signalBehind()
	}
	return nil
}

func (t *tx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := t.stmts[query]; ok {
		return st, nil
	}
	st, err := t.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = st
	return st, nil
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	st, err := t.stmt(ctx, query) //nolint:sqlclosecheck // kept for the life of the connection
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// QueryContext makes a tx a querier.
func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := t.stmt(ctx, query) //nolint:sqlclosecheck // kept for the life of the connection
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// asker is what a query runs on.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// querier is what reads run on, a write transaction or a read one, and what the
// numbers of types in it mean.
type querier interface {
	asker
	kinds() *kinds
}

func (t *tx) kinds() *kinds { return t.types }

// A snapshot is a read transaction.
type snapshot struct {
	*sql.Tx
	types *kinds
}

func (s snapshot) kinds() *kinds { return s.types }

// read runs fn on one snapshot of the database.
func (s *Store) read(ctx context.Context, op string, fn func(context.Context, querier) error) error {
	r, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.suspect(ctx, fail(op, err))
	}
	defer func() { _ = r.Rollback() }() // nothing to commit
	return s.suspect(ctx, fail(op, fn(ctx, snapshot{r, s.kinds()})))
}

// each scans every row of a query into dest and calls fn.
func each(ctx context.Context, q asker, fn func() error, dest []any, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// errNoRow says that one found nothing.
var errNoRow = errors.New("no such row")

// errEnough ends each early.
var errEnough = errors.New("enough")

func isEnough(err error) bool { return errors.Is(err, errEnough) }

// one scans the first row of a query; errNoRow when there is none.
func one(ctx context.Context, q asker, dest []any, query string, args ...any) error {
	found := false
	err := each(ctx, q, func() error { found = true; return errNoRow }, dest, query, args...)
	if found && errors.Is(err, errNoRow) {
		return nil
	}
	if err == nil {
		return errNoRow
	}
	return err
}

// column scans a query of one column.
func column[T any](ctx context.Context, q asker, query string, args ...any) ([]T, error) {
	var out []T
	var v T
	err := each(ctx, q, func() error { out = append(out, v); return nil }, []any{&v}, query, args...)
	return out, err
}

// asJSON encodes what our own types always can.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err))
	}
	return string(b)
}

func fromJSON(s string, into any) error {
	if err := json.Unmarshal([]byte(s), into); err != nil {
		return &crm.Error{Kind: crm.Corrupt, Op: "decode", Msg: msgCorrupt, Err: err}
	}
	return nil
}

// valuesOf decodes the values of a record. Those in which nothing is escaped, as
// most are, are cut out of the text; it keeps the text in memory as long as they
// are.
func valuesOf(text string) (crm.Values, error) {
	if v, ok := plainValues(text); ok {
		return v, nil
	}
	var v crm.Values
	err := fromJSON(text, &v)
	return v, err
}

// plainValues reads an object of strings without escapes and without spaces
// between them, as SQLite writes it.
func plainValues(text string) (crm.Values, bool) {
	rest, ok := strings.CutPrefix(text, `{"`)
	if !ok || strings.IndexByte(text, '\\') >= 0 || !utf8.ValidString(text) {
		return nil, false
	}
	v := make(crm.Values, strings.Count(text, `":"`))
	for {
		var name, value string
		if name, rest, ok = strings.Cut(rest, `":"`); !ok || strings.IndexByte(name, '"') >= 0 {
			return nil, false
		}
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return nil, false
		}
		value, rest = rest[:end], rest[end+1:]
		v[name] = value
		if rest == "}" {
			return v, true
		}
		if rest, ok = strings.CutPrefix(rest, `,"`); !ok {
			return nil, false
		}
	}
}

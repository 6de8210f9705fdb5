package store_test

import (
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// open opens a store in dir and closes it with the test.
func open(tb testing.TB, dir string) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}

func fresh(tb testing.TB) *store.Store {
	tb.Helper()
	return open(tb, filepath.Join(tb.TempDir(), "data"))
}

// contact is a contact as a pull delivers it.
func contact(id int, at crm.Millis, values ...string) crm.RemoteRecord {
	return remote(crm.Contacts, id, at, values...)
}

func remote(t crm.ObjectType, id int, at crm.Millis, values ...string) crm.RemoteRecord {
	r := crm.RemoteRecord{Type: t, ID: crm.RemoteID(strconv.Itoa(id)), Values: crm.Values{}, Created: 1000, Modified: at}
	for i := 0; i+1 < len(values); i += 2 {
		r.Values[values[i]] = values[i+1]
	}
	return r
}

// pull applies records of one type and returns them as stored.
func pull(tb testing.TB, s *store.Store, rs ...crm.RemoteRecord) []crm.Record {
	tb.Helper()
	_, err := s.Apply(tb.Context(), crm.Pulled{Type: rs[0].Type, Records: rs})
	require.NoError(tb, err)
	out := make([]crm.Record, len(rs))
	for i, r := range rs {
		out[i], err = s.Record(tb.Context(), r.Type, string(r.ID))
		require.NoError(tb, err)
	}
	return out
}

func get(tb testing.TB, s *store.Store, r crm.Record) crm.Record {
	tb.Helper()
	got, err := s.Record(tb.Context(), r.Type, string(r.ID))
	require.NoError(tb, err)
	return got
}

func edit(r crm.Record, values ...string) crm.Op {
	o := crm.Op{Kind: crm.OpUpdate, Type: r.Type, Record: r.ID}
	for i := 0; i+1 < len(values); i += 2 {
		o.Fields = append(o.Fields, crm.Field{Name: values[i], Value: values[i+1]})
	}
	return o
}

func enqueue(tb testing.TB, s *store.Store, ops ...crm.Op) []crm.Op {
	tb.Helper()
	out, err := s.Enqueue(tb.Context(), ops, nil)
	require.NoError(tb, err)
	return out
}

func unfinished(tb testing.TB, s *store.Store) []crm.Op {
	tb.Helper()
	ops, err := s.Unfinished(tb.Context())
	require.NoError(tb, err)
	return ops
}

func begin(tb testing.TB, s *store.Store, ops ...crm.Op) {
	tb.Helper()
	begun, err := s.Begin(tb.Context(), ops, 5000)
	require.NoError(tb, err)
	require.Len(tb, begun, len(ops))
}

func settle(tb testing.TB, s *store.Store, out ...crm.Outcome) []crm.LocalID {
	tb.Helper()
	ids, err := s.Settle(tb.Context(), out)
	require.NoError(tb, err)
	return ids
}

func list(tb testing.TB, s *store.Store, q crm.ListQuery) crm.ListPage {
	tb.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	p, err := s.List(tb.Context(), q)
	require.NoError(tb, err)
	return p
}

func titles(p crm.ListPage) []string {
	out := []string{}
	for _, r := range p.Records {
		spec, _ := crm.SpecOf(string(r.Type))
		out = append(out, spec.TitleOf(r.View()))
	}
	return out
}

func TestStore_EditsShowOverTheBaseUntilAcknowledged(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(51, 2000, "firstname", "Anna", "lastname", "Berg"))[0]
	op := enqueue(t, s, edit(r, "lastname", "Bergman"))[0]
	require.Equal(t, crm.Queued, op.State)
	require.Equal(t, []crm.Field{{Name: "lastname", Base: "Berg", Value: "Bergman"}}, op.Fields)

	got := get(t, s, r)
	require.Equal(t, crm.Values{"lastname": "Bergman"}, got.Overlay)
	require.Equal(t, "Berg", got.Base["lastname"])
	require.Equal(t, crm.BadgeSaved, got.Badge)
	require.Equal(t, []string{"Anna Bergman"}, titles(list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "bergm"})))

	begin(t, s, op)
	require.Equal(t, crm.BadgeSending, get(t, s, r).Badge)
	answer := contact(51, 3000, "lastname", "Bergman")
	ids := settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 3000, Remote: &answer, Answer: "updated 51"})
	require.Equal(t, []crm.LocalID{r.ID}, ids)
	got = get(t, s, r)
	require.Empty(t, got.Overlay)
	require.Equal(t, "Bergman", got.Base["lastname"])
	require.Equal(t, "Anna", got.Base["firstname"])
	require.Equal(t, crm.Millis(3000), got.Modified)
	require.Equal(t, crm.BadgeNone, got.Badge)
	require.Empty(t, unfinished(t, s))
	receipts, err := s.Receipts(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, receipts, 1)
	require.Equal(t, op.Fields, receipts[0].Fields)
}

package doctor_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/doctor"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// world is a portal and a local copy of it: the real client, the real store and
// the real pull, with the sandbox as the transport.
type world struct {
	t      *testing.T
	portal *sandbox.Portal
	store  *store.Store
	dir    string
	client *hubspot.Client
	pull   *pull.Engine
	wire   *wire
	o      doctor.Options
}

// wire counts the calls, and tells somebody of each before it leaves.
type wire struct {
	next  http.RoundTripper
	mu    sync.Mutex
	calls int
	tell  func(*http.Request)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.calls++
	tell := w.tell
	w.mu.Unlock()
	if tell != nil {
		tell(r)
	}
	return w.next.RoundTrip(r)
}

func (w *wire) on(tell func(*http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell, w.calls = tell, 0
}

type tokens string

func (s tokens) Token(context.Context) (string, error) { return string(s), nil }
func (tokens) Refresh(context.Context, string) (string, error) {
	return "", &crm.Error{Kind: crm.Unauthorized, Msg: "Signed out."}
}

func open(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	o.Limits = "off"
	if o.Seed == 0 {
		o.Seed = 7
	}
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	w := &world{t: t, portal: p, dir: t.TempDir(), wire: &wire{next: p.RoundTripper()}}
	l := budget.Limit{Calls: 100_000, Window: time.Second}
	w.client = hubspot.New(hubspot.Options{
		HTTP: w.wire, Tokens: tokens(p.Credentials().Token), Budget: budget.New(budget.Options{Burst: l, Search: l, Associations: l}),
		Rand: func() float64 { return 0 },
	})
	w.store, err = store.Open(t.Context(), w.dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.pull = pull.New(pull.Options{Remote: w.client, Store: w.store})
	require.NoError(t, w.pull.Schema(t.Context()))
	require.NoError(t, w.pull.Backfill(t.Context()))
	w.o = doctor.Options{Remote: w.client, Local: w.store, Asked: w.pull.Asked, All: true, Seed: 1, Clock: p.Now, Types: []crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals}}
	p.Advance(10 * time.Minute) // what was made with the portal is of long ago
	return w
}

func (w *world) compare() doctor.Report {
	w.t.Helper()
	r, err := doctor.Compare(w.t.Context(), w.o)
	require.NoError(w.t, err)
	return r
}

func (w *world) equal() doctor.Report {
	w.t.Helper()
	r := w.compare()
	require.True(w.t, r.Equal(), "%s\n%v\n%v", r.Sentence(), r.Differences, r.Schema)
	require.Empty(w.t, r.Differences)
	return r
}

// repaired repairs, and checks that nothing is left, by another comparison too.
func (w *world) repaired(r doctor.Report) {
	w.t.Helper()
	n := r.Divergent
	r, err := doctor.Repair(w.t.Context(), w.o, w.pull, r)
	require.NoError(w.t, err)
	require.True(w.t, r.Equal(), "%s\n%v\n%v", r.Sentence(), r.Differences, r.Schema)
	require.Equal(w.t, n, r.Repaired)
	for _, d := range r.Differences {
		require.True(w.t, d.Repaired)
	}
	w.equal()
}

// only checks that these are the differences, and nothing else is.
func (w *world) only(r doctor.Report, want ...doctor.Difference) {
	w.t.Helper()
	require.Equal(w.t, want, r.Differences)
	require.Equal(w.t, len(want), r.Divergent)
	require.Zero(w.t, r.Behind)
	require.Empty(w.t, r.Schema)
	require.False(w.t, r.Equal())
}

func (w *world) id(t crm.ObjectType, i int) crm.RemoteID {
	w.t.Helper()
	ids, err := w.store.RemoteIDs(w.t.Context(), t, "", 100_000)
	require.NoError(w.t, err)
	return ids[i]
}

// sql changes the local file behind everybody's back.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "satchel.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, db.Close()) }()
	res, err := db.ExecContext(w.t.Context(), query, args...)
	require.NoError(w.t, err)
	n, err := res.RowsAffected()
	require.NoError(w.t, err)
	require.Positive(w.t, n)
}

func (w *world) edit(t crm.ObjectType, id crm.RemoteID, prop, value string) {
	w.t.Helper()
	require.NoError(w.t, w.portal.Edit(change(w.t, string(t), string(id), prop, value)))
}

func (w *world) held(t crm.ObjectType, id crm.RemoteID) crm.Held {
	w.t.Helper()
	m, err := w.store.Held(w.t.Context(), t, []crm.RemoteID{id})
	require.NoError(w.t, err)
	return m[id]
}

func change(t *testing.T, typ, id, prop, value string) (c sandbox.Change) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"type": typ, "id": id, "properties": map[string]string{prop: value}})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, &c))
	return c
}

// link makes an association as a colleague does.
func link(t *testing.T, w *world, typ, id, to, other string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"type": typ, "id": id, "to_type": to, "to_id": other})
	require.NoError(t, err)
	var l sandbox.Link
	require.NoError(t, json.Unmarshal(body, &l))
	require.NoError(t, w.portal.Associate(l))
}

package pull_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// world is a portal and a local copy of it: the real client, the real store,
// the sandbox as the transport.
type world struct {
	t      *testing.T
	portal *sandbox.Portal
	store  *store.Store
	wire   *tap
	client *hubspot.Client
	engine *pull.Engine
	topics *topics
}

// A tap counts requests on their way and may answer in the portal's stead.
type tap struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
	stop func(path string) *http.Response // nil lets it pass

	longest int                                // address
	tell    func(r *http.Request, body []byte) // is told what requests carry; nil for nobody
}

func (w *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	w.longest = max(w.longest, len(r.URL.String()))
	stop := w.stop
	if w.tell != nil {
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body) // it is in memory
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		w.tell(r, body)
	}
	w.mu.Unlock()
	if stop != nil {
		if a := stop(r.URL.Path); a != nil {
			a.Request = r
			return a, nil
		}
	}
	return w.next.RoundTrip(r)
}

func (w *tap) count(part string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.seen {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}

// list counts the pages of lists.
func (w *tap) list() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.seen {
		if path, ok := strings.CutPrefix(s, "GET /crm/objects/"); ok && strings.Count(path, "/") == 1 {
			n++
		}
	}
	return n
}

func (w *tap) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = nil
}

type topics struct {
	mu   sync.Mutex
	seen map[crm.Topic]int
}

func (n *topics) notify(ts ...crm.Topic) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range ts {
		n.seen[t]++
	}
}

func (n *topics) take() map[crm.Topic]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.seen
	n.seen = map[crm.Topic]int{}
	return out
}

type tokens string

func (s tokens) Token(context.Context) (string, error) { return string(s), nil }
func (tokens) Refresh(context.Context, string) (string, error) {
	return "", &crm.Error{Kind: crm.Unauthorized, Msg: "Signed out."}
}

// wide is a budget that never holds a test up.
func wide() *budget.Budget {
	l := budget.Limit{Calls: 100_000, Window: time.Second}
	return budget.New(budget.Options{Burst: l, Search: l, Associations: l})
}

func open(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	if o.Limits == "" {
		o.Limits = "off"
	}
	if o.Seed == 0 {
		o.Seed = 7
	}
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	w := &world{t: t, portal: p, wire: &tap{next: p.RoundTripper()}, topics: &topics{seen: map[crm.Topic]int{}}}
	w.client = hubspot.New(hubspot.Options{HTTP: w.wire, Tokens: tokens(p.Credentials().Token), Budget: wide()})
	w.store, err = store.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.restart(nil, nil)
	return w
}

// restart makes another engine, as another process would, over the same store.
func (w *world) restart(s pull.Store, change func(*pull.Options)) {
	if s == nil {
		s = w.store
	}
	o := pull.Options{Remote: w.client, Store: s, Notify: w.topics.notify}
	if change != nil {
		change(&o)
	}
	w.engine = pull.New(o)
	w.engine.Shrink()
}

func (w *world) fill() {
	w.t.Helper()
	require.NoError(w.t, w.engine.Schema(w.t.Context()))
	require.NoError(w.t, w.engine.Backfill(w.t.Context()))
}

// equal checks that the local copy is the portal: every live record with its
// values, nothing else, and the associations of some ten of each type; without
// types, of all.
func (w *world) equal(types ...crm.ObjectType) {
	w.t.Helper()
	for _, s := range crm.AllSpecs() {
		if len(types) > 0 && !slices.Contains(types, s.Type) {
			continue
		}
		there := w.remote(s)
		here, err := w.store.List(w.t.Context(), crm.ListQuery{Type: s.Type, Limit: 1_000_000})
		require.NoError(w.t, err)
		require.Equal(w.t, len(there), len(here.Records), "number of %s", s.Type)
		for i, r := range here.Records {
			if want := there[r.RemoteID]; !maps.Equal(want, r.Base) {
				require.Equal(w.t, want, r.Base, "%s %s", s.Type, r.RemoteID)
			}
			if i%(1+len(there)/10) == 0 {
				w.equalLinks(s, r)
			}
		}
	}
}

func (w *world) equalLinks(s crm.Spec, r crm.Record) {
	w.t.Helper()
	links, _, err := w.store.Links(w.t.Context(), s.Type, r.ID, nil)
	require.NoError(w.t, err)
	for _, to := range s.Links {
		want := map[crm.RemoteID]bool{}
		there, err := w.client.Associations(w.t.Context(), s.Type, to, []crm.RemoteID{r.RemoteID})
		require.NoError(w.t, err)
		for _, l := range there {
			want[l.ToID] = true
		}
		got := map[crm.RemoteID]bool{}
		for _, l := range links {
			if l.Type == to {
				got[l.RemoteID] = true
			}
		}
		require.Equal(w.t, want, got, "%s of %s %s", to, s.Type, r.RemoteID)
	}
}

// remote lists a type with the properties that a pull asks for.
func (w *world) remote(s crm.Spec) map[crm.RemoteID]crm.Values {
	w.t.Helper()
	ps, err := w.store.Properties(w.t.Context(), s.Type)
	require.NoError(w.t, err)
	props := []string{"hs_merged_object_ids", crm.KeyProperty}
	for _, p := range ps {
		if !p.Hidden {
			props = append(props, p.Name)
		}
	}
	out := map[crm.RemoteID]crm.Values{}
	for after := ""; ; {
		page, err := w.client.List(w.t.Context(), s.Type, crm.ListCall{After: after, Limit: 100, Props: props})
		require.NoError(w.t, err)
		for _, r := range page.Records {
			v := crm.Values{}
			for name, value := range r.Values {
				if value != "" {
					v[name] = value
				}
			}
			out[r.ID] = v
		}
		if after = page.Next; after == "" {
			return out
		}
	}
}

func (w *world) someID(t crm.ObjectType, i int) string {
	w.t.Helper()
	ids, err := w.store.RemoteIDs(w.t.Context(), t, "", 1_000_000)
	require.NoError(w.t, err)
	return string(ids[i%len(ids)])
}

func (w *world) edit(t crm.ObjectType, id, prop, value string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"type": t, "id": id, "properties": map[string]string{prop: value}})
	require.NoError(w.t, err)
	var c sandbox.Change
	require.NoError(w.t, json.Unmarshal(body, &c))
	require.NoError(w.t, w.portal.Edit(c))
}

func (w *world) value(t crm.ObjectType, id, prop string) string {
	w.t.Helper()
	r, err := w.store.Record(w.t.Context(), t, id)
	require.NoError(w.t, err)
	return r.Base[prop]
}

func (w *world) cursor(name string) string {
	w.t.Helper()
	c, _, err := w.store.Cursor(w.t.Context(), name)
	require.NoError(w.t, err)
	return c.Value
}

func (w *world) create(t crm.ObjectType, v crm.Values) crm.RemoteID {
	w.t.Helper()
	out, err := w.client.Create(w.t.Context(), t, []crm.Write{{Trace: "1", Values: v}})
	require.NoError(w.t, err)
	require.NoError(w.t, out[0].Err)
	return out[0].Record.ID
}

func (w *world) associate(from crm.ObjectType, id crm.RemoteID, to crm.ObjectType, other string) {
	w.t.Helper()
	require.NoError(w.t, w.client.Associate(w.t.Context(), from, to, []crm.Pair{{FromID: id, ToID: crm.RemoteID(other)}}))
}

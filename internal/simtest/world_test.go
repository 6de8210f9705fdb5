package simtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// world is a portal, a node and what both have been through.
type world struct {
	t      *rapid.T
	ctx    context.Context
	portal *sandbox.Portal
	wire   *wire
	dir    string
	keyed  bool
	skew   time.Duration
	log    logged
	*node

	inFlush bool
	armed   bool // the process may die in this flush
	acts    []*act
	theirs  map[string]bool // what colleagues wrote
	again   map[string]bool // values that an undo has put back

	archived map[known]crm.OpID // what the rep has archived
	records  []known            // what rep and colleagues may touch
	marks    int
	history  []string
}

// known is a record that the rep can have on screen.
type known struct {
	typ crm.ObjectType
	id  crm.LocalID
}

// textFields are the properties that are edited: free text, so that every value
// can be a mark of who wrote it and when.
func textFields(t crm.ObjectType) []string {
	return map[crm.ObjectType][]string{
		crm.Contacts: {"firstname", "lastname", "jobtitle"}, crm.Companies: {"name", "city"}, crm.Deals: {"dealname", "description"},
	}[t]
}

// newWorld opens a small portal and a node that has pulled it. A directory in
// memory keeps a seed at some tens of milliseconds.
func newWorld(ctx context.Context, t *rapid.T) *world {
	refuse := rapid.Bool().Draw(t, "unique properties are refused")
	lag := rapid.SampledFrom([]int{0, 2, 30}).Draw(t, "index lag")
	uuid.SetRand(newBytes(rapid.Uint64().Draw(t, "ids")))
	dir, err := os.MkdirTemp(memory(), "satchel-sim-")
	require.NoError(t, err)
	p, err := sandbox.Open(sandbox.Options{Contacts: 16, Seed: 5, RefuseUniqueProperties: refuse, IndexLag: time.Duration(lag) * time.Second}) //nolint:contextcheck // its background work ends with Close
	require.NoError(t, err)
	w := &world{t: t, ctx: ctx, portal: p, dir: dir, wire: &wire{next: p.RoundTripper()}, theirs: map[string]bool{}, again: map[string]bool{}, archived: map[known]crm.OpID{}}
	defer func() { //nolint:contextcheck // closing outlives every context
		if w.records == nil {
			w.close()
		}
	}()
	w.subscribe()
	w.start()
	for _, s := range crm.Specs() {
		w.keyed, err = w.hub.EnsureKey(ctx, s.Type)
		require.NoError(t, err)
	}
	require.Equal(t, !refuse, w.keyed)
	require.NoError(t, w.pull.Schema(ctx))
	require.NoError(t, w.pull.Backfill(ctx))
	for i := range 3 {
		for _, s := range crm.Specs() {
			page, err := w.store.List(ctx, crm.ListQuery{Type: s.Type, Limit: 3})
			require.NoError(t, err)
			if i < len(page.Records) {
				w.records = append(w.records, known{s.Type, page.Records[i].ID})
			}
		}
	}
	w.wire.calls = nil
	return w
}

// memory is a folder that is kept in memory, where there is one; "" is the usual
// place.
func memory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err != nil || !info.IsDir() {
		return ""
	}
	return shm
}

// close ends the world; it must be called in its bubble.
func (w *world) close() {
	uuid.SetRand(nil)
	if w.node != nil {
		w.stop()
	}
	require.NoError(w.t, w.portal.Close())
	require.NoError(w.t, os.RemoveAll(w.dir))
}

// say adds a line to the history.
func (w *world) say(format string, args ...any) {
	w.history = append(w.history, time.Now().Format("15:04:05.000")+" "+fmt.Sprintf(format, args...))
}

func (w *world) mark(who string) string {
	w.marks++
	return fmt.Sprintf("%s%03d", who, w.marks)
}

// record is what the rep has on screen, false when it is not there any more.
func (w *world) record(k known) (crm.Record, bool) {
	w.t.Helper()
	r, err := w.store.Record(w.ctx, k.typ, string(k.id))
	if crm.KindOf(err) == crm.NotFound && err != nil {
		return crm.Record{}, false
	}
	require.NoError(w.t, err)
	return r, true
}

// The portal's own journal of all changes, which Satchel knows nothing of.

const journal = "/webhooks-journal/"

func (w *world) app(method, path, body string, into any) int {
	w.t.Helper()
	c := w.portal.Credentials()
	form := "grant_type=client_credentials&client_id=" + c.ClientID + "&client_secret=" + c.ClientSecret +
		"&scope=developer.webhooks_journal.read developer.webhooks_journal.subscriptions.write"
	var grant struct {
		Token string `json:"access_token"`
	}
	w.plain("POST", "/oauth/2026-09/token", strings.ReplaceAll(form, " ", "%20"), "application/x-www-form-urlencoded", "", &grant)
	return w.plain(method, path, body, "application/json", grant.Token, into)
}

func (w *world) plain(method, url, body, kind, bearer string, into any) int {
	w.t.Helper()
	if strings.HasPrefix(url, "/") {
		url = "http://localhost" + url
	}
	req, err := http.NewRequestWithContext(w.ctx, method, url, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", kind)
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := w.portal.RoundTripper().RoundTrip(req)
	require.NoError(w.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	require.Less(w.t, res.StatusCode, 300, "%s %s: %s", method, url, raw)
	if into != nil && len(raw) > 0 {
		require.NoError(w.t, json.Unmarshal(raw, into))
	}
	return res.StatusCode
}

func (w *world) subscribe() {
	w.t.Helper()
	for _, s := range crm.Specs() {
		w.app("POST", journal+"subscriptions/2026-09", fmt.Sprintf(
			`{"subscriptionType":"OBJECT","portalId":%d,"objectTypeId":%q,"actions":["CREATE","UPDATE","DELETE","MERGE","RESTORE"],"properties":[],"objectIds":[]}`,
			w.portal.Credentials().PortalID, typeID(s.Type)), nil)
	}
}

func typeID(t crm.ObjectType) string {
	s, _ := crm.SpecOf(string(t))
	return fmt.Sprintf("0-%d", s.Number)
}

// change is one value that a record got in the portal.
type change struct {
	typ    string
	id     int64
	prop   string
	value  string
	create bool
}

// changes are all changes of the portal so far, in order.
func (w *world) changes() []change {
	w.t.Helper()
	var out []change
	path := journal + "journal/2026-09/earliest"
	for {
		var entry struct{ URL, CurrentOffset string }
		if w.app("GET", path, "", &entry) == http.StatusNoContent {
			return out
		}
		var file struct {
			Events []struct {
				Action  string            `json:"action"`
				Type    string            `json:"objectTypeId"`
				ID      int64             `json:"objectId"`
				Changes map[string]string `json:"propertyChanges"`
			} `json:"journalEvents"`
		}
		w.plain("GET", entry.URL, "", "", "", &file)
		for _, e := range file.Events {
			for name, value := range e.Changes {
				out = append(out, change{e.Type, e.ID, name, value, e.Action == "CREATE"})
			}
		}
		path = journal + "journal/2026-09/offset/" + entry.CurrentOffset + "/next"
	}
}

// inBubble runs f under a fake clock. What rapid throws in it is thrown again
// outside, where rapid waits for it.
func inBubble(t *testing.T, run func(t *testing.T, f func(*testing.T)), f func(ctx context.Context)) {
	t.Helper()
	var thrown any
	run(t, func(t *testing.T) {
		t.Helper()
		defer func() { thrown = recover() }()
		f(t.Context())
	})
	switch {
	case thrown == nil:
	case fmt.Sprintf("%T", thrown) == "rapid.invalidData": // a line of its own: rapid tells panics by it
		panic(thrown)
	default:
		panic(thrown)
	}
}

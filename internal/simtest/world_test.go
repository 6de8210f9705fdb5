package simtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
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
	keys   *keychain
	dir    string
	keyed  bool
	skew   atomic.Int64 // by how many seconds the computer's clock is off
	log    logged
	*node

	lists *lists      // how HubSpot lists, where that is drawn
	owner crm.OwnerID // the rep's, where it is known

	inFlush bool
	armed   bool // the process may die in this flush
	out     bool // HubSpot has ended the sign-in
	acts    []*act
	links   []*link
	jots    []*jot
	theirs  map[string]bool // what colleagues wrote
	again   map[string]bool // values that an undo has put back

	archived map[known]crm.OpID // what the rep has archived
	removed  map[known]bool     // what the rep has ever archived
	buried   []known            // what is in HubSpot's recycle bin
	restored bool               // something was taken out of it
	records  []known            // what rep and colleagues may touch
	first    map[known]crm.RemoteID
	came     map[known]crm.RemoteID        // what was pulled, as it was first seen here
	origin   []crm.RemoteID                // what HubSpot had at the start
	merged   map[crm.RemoteID]crm.RemoteID // what became of records that were merged
	schema   schema
	marks    int
	roots    map[known]crm.LocalID // while the check runs: which record it is by now

	waited  time.Duration
	journal []change // as far as it was read
	offset  string   // up to here

	mu      sync.Mutex // guards history: loops add to it
	history []string
	copies  atomic.Int64 // the same for commits of the pull alone
	fuse    atomic.Int64 // at how many commits and calls from now the process dies; 0 for never
}

// known is a record that the rep can have on screen.
type known struct {
	typ crm.ObjectType
	id  crm.LocalID
}

// textFields are the properties that are edited: free text, so that every value
// can be a mark of who wrote it and when, and one with options, which are marks as
// well. The last two of contacts are the account's own. Types without any are not
// the rep's to change.
func textFields(t crm.ObjectType) []string {
	return map[crm.ObjectType][]string{
		crm.Contacts: {"firstname", "lastname", "jobtitle", note, level}, crm.Companies: {"name", "city"}, crm.Deals: {"dealname", "description"},
		crm.Tickets: {"subject", "content"},
	}[t]
}

// newWorld opens a small portal and a node that has pulled it. A directory in
// memory keeps a seed at some tens of milliseconds.
func newWorld(ctx context.Context, t *rapid.T) *world {
	w := emptyWorld(ctx, t)
	defer func() { //nolint:contextcheck // closing outlives every context
		if w.records == nil {
			w.close()
		}
	}()
	require.NoError(t, w.pull.Schema(ctx))
	require.NoError(t, w.pull.Backfill(ctx))
	w.choose()
	w.wire.calls = nil
	return w
}

// emptyWorld is one whose node has not pulled anything yet.
func emptyWorld(ctx context.Context, t *rapid.T) *world {
	refuse := rapid.Bool().Draw(t, "unique properties are refused")
	lag := rapid.SampledFrom([]int{0, 2, 30}).Draw(t, "index lag")
	rotate := rapid.Bool().Draw(t, "refresh tokens rotate")
	contacts := 16
	if rapid.IntRange(0, 15).Draw(t, "size") == 15 {
		contacts = 60 // enough for a bulk edit
	}
	uuid.SetRand(newBytes(rapid.Uint64().Draw(t, "ids")))
	dir, err := os.MkdirTemp(memory(), "satchel-sim-")
	require.NoError(t, err)
	p, err := sandbox.Open(sandbox.Options{ //nolint:contextcheck // its background work ends with Close
		Contacts: contacts, Seed: 5, RefuseUniqueProperties: refuse, IndexLag: time.Duration(lag) * time.Second, RotateRefresh: rotate,
	})
	require.NoError(t, err)
	w := &world{
		t: t, ctx: ctx, portal: p, dir: dir, theirs: map[string]bool{}, again: map[string]bool{},
		archived: map[known]crm.OpID{}, removed: map[known]bool{}, first: map[known]crm.RemoteID{}, came: map[known]crm.RemoteID{}, merged: map[crm.RemoteID]crm.RemoteID{},
	}
	w.wire = &wire{next: p.RoundTripper(), limits: newLimits(p), tokens: map[string]bool{}}
	w.wire.renewed = &renewals{dead: &w.wire.dead}
	w.keys = &keychain{dead: &w.wire.dead}
	opened := false
	defer func() { //nolint:contextcheck // closing outlives every context
		if !opened {
			w.close()
		}
	}()
	w.define()
	w.subscribe()
	w.signIn()
	w.start()
	for _, s := range crm.Specs() {
		w.keyed, err = w.hub.EnsureKey(ctx, s.Type)
		require.NoError(t, err)
	}
	require.Equal(t, !refuse, w.keyed)
	for _, s := range crm.AllSpecs() {
		all, err := p.Contents(string(s.Type))
		require.NoError(t, err)
		for _, c := range all {
			w.origin = append(w.origin, crm.RemoteID(c.ID))
		}
	}
	opened = true
	return w
}

// choose picks the records that rep and colleagues touch, of what is here.
func (w *world) choose() {
	w.t.Helper()
	var some [3][]known
	for _, s := range crm.Specs() {
		for i, r := range w.list(s.Type) {
			k := known{s.Type, r.ID}
			w.first[k] = r.RemoteID
			if i < len(some) && len(textFields(s.Type)) > 0 {
				some[i] = append(some[i], k)
			}
		}
	}
	w.records = slices.Concat(some[:]...)
}

// list are the records of a type that the rep can have on screen.
func (w *world) list(t crm.ObjectType) []crm.Record {
	w.t.Helper()
	page, err := w.store.List(w.ctx, crm.ListQuery{Type: t, Limit: 1000})
	require.NoError(w.t, err)
	for _, r := range page.Records { // also one of ours whose create is not known to have worked
		if k := (known{t, r.ID}); r.RemoteID != "" && w.came[k] == "" {
			w.came[k] = r.RemoteID
		}
	}
	return page.Records
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
	w.mu.Lock()
	defer w.mu.Unlock()
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

package store_test

import (
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// Whatever the rep, HubSpot, a pull, the outbox and a restart do, in whatever
// order:
//
//   - a record's overlay is the fold of its unfinished operations, and every
//     column, count and search entry is what base and overlay make of it
//     (Check derives all of it again);
//   - an edit shows at once, and stays on screen until it is sent, taken back
//     or decided: a pull never changes a field that has an edit;
//   - a search finds what is on screen, whether its index has caught up or not;
//   - no record is there twice;
//   - what is in HubSpot when everything has been sent is what is on screen.
func TestView_IsBaseAndPendingOperations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{rt: rt, t: t, dir: filepath.Join(t.TempDir(), "data"), hub: map[crm.RemoteID]crm.Values{}, stamp: 1000}
		w.open()
		defer func() { require.NoError(rt, w.s.Close()) }()
		rt.Repeat(map[string]func(*rapid.T){
			"":        w.check,
			"create":  w.create,
			"edit":    w.edit,
			"archive": w.archive,
			"remote":  w.remote,
			"pull":    w.pull,
			"flush":   w.flush,
			"undo":    w.undo,
			"decide":  w.decide,
			"reopen":  func(*rapid.T) { w.reopen() },
			"index":   w.index,
		})
		w.drain()
	})
}

// world is the store and a HubSpot that is a map.
type world struct {
	rt     *rapid.T
	t      *testing.T
	dir    string
	s      *store.Store
	hub    map[crm.RemoteID]crm.Values // by id; what HubSpot holds
	stamps map[crm.RemoteID]crm.Millis
	stamp  crm.Millis
	lastID int
	groups []crm.OpID
}

func (w *world) open() {
	var err error
	w.s, err = store.Open(w.t.Context(), w.dir, slog.New(slog.DiscardHandler))
	require.NoError(w.rt, err)
}

func (w *world) reopen() {
	require.NoError(w.rt, w.s.Close())
	w.open()
}

func (w *world) records(rt *rapid.T) []crm.Record {
	p, err := w.s.List(w.t.Context(), crm.ListQuery{Type: crm.Contacts, Limit: 1000})
	require.NoError(rt, err)
	return p.Records
}

func (w *world) unfinished(rt *rapid.T) []crm.Op {
	ops, err := w.s.Unfinished(w.t.Context())
	require.NoError(rt, err)
	return ops
}

func (w *world) check(rt *rapid.T) {
	require.NoError(rt, w.s.CheckDerived(w.t.Context()))
	overlay := map[crm.LocalID]crm.Values{}
	for _, o := range w.unfinished(rt) {
		overlay[o.Record] = o.Values().Over(overlay[o.Record])
	}
	seen := map[crm.RemoteID]bool{}
	records := w.records(rt)
	w.search(rt, records)
	for _, r := range records {
		require.Equal(rt, overlay[r.ID].Over(r.Base), r.View())
		require.False(rt, r.RemoteID != "" && seen[r.RemoteID], "%s is there twice", r.RemoteID)
		seen[r.RemoteID] = true
	}
}

// index is the moment in which nobody edits.
func (w *world) index(rt *rapid.T) {
	_, err := w.s.CatchUp(w.t.Context(), false)
	require.NoError(rt, err)
	require.Zero(rt, must(w.s.Late(w.t.Context())))
}

// search looks for a word of one letter in all records or in one owner's, on
// the list as well as over all types.
func (w *world) search(rt *rapid.T, records []crm.Record) {
	word := rapid.SampledFrom([]string{"a", "b", "x"}).Draw(rt, "word")
	owner := rapid.SampledFrom([]crm.OwnerID{"", "a"}).Draw(rt, "of")
	var want, got, found []crm.LocalID
	for _, r := range records {
		v := r.View()
		if slices.Contains([]string{v["firstname"], v["lastname"], v["email"], v["jobtitle"]}, word) {
			found = append(found, r.ID)
			if owner == "" || v["hubspot_owner_id"] == string(owner) {
				want = append(want, r.ID)
			}
		}
	}
	p, err := w.s.List(w.t.Context(), crm.ListQuery{Type: crm.Contacts, Text: word, Owner: owner, Limit: 1000})
	require.NoError(rt, err)
	for _, r := range p.Records {
		got = append(got, r.ID)
	}
	require.ElementsMatch(rt, want, got, "%q of owner %q", word, owner)
	briefs, err := w.s.Search(w.t.Context(), word, []crm.ObjectType{crm.Contacts}, owner, 1000, nil)
	require.NoError(rt, err)
	got = nil
	for i, b := range briefs {
		got = append(got, b.ID)
		if i < len(want) {
			require.Contains(rt, want, b.ID, "mine come first")
		}
	}
	require.ElementsMatch(rt, found, got, "%q", word)
}

func value(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(rt, "value")
}

func property(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"firstname", "lastname", "email", "hubspot_owner_id"}).Draw(rt, "property")
}

func (w *world) enqueue(rt *rapid.T, ops ...crm.Op) {
	out, err := w.s.Enqueue(w.t.Context(), ops, nil)
	require.NoError(rt, err)
	for _, o := range out {
		if o.State != "" {
			w.groups = append(w.groups, o.Group)
		}
	}
}

func (w *world) create(rt *rapid.T) {
	w.enqueue(rt, crm.Op{Kind: crm.OpCreate, Type: crm.Contacts, Fields: []crm.Field{{Name: property(rt), Value: value(rt)}, {Name: "jobtitle", Value: "x"}}})
}

func (w *world) pick(rt *rapid.T) crm.Record {
	rs := w.records(rt)
	if len(rs) == 0 {
		rt.Skip("no records")
	}
	return rapid.SampledFrom(rs).Draw(rt, "record")
}

func (w *world) edit(rt *rapid.T) {
	r := w.pick(rt)
	p, v := property(rt), value(rt)
	takenBack := false // to what it was before the rep edited: then HubSpot's value shows
	for _, o := range w.unfinished(rt) {
		for _, f := range o.Fields {
			takenBack = takenBack || o.Record == r.ID && o.Kind == crm.OpUpdate && f.Name == p && f.Base == v
		}
	}
	w.enqueue(rt, edit(r, p, v))
	got, err := w.s.Record(w.t.Context(), crm.Contacts, string(r.ID))
	require.NoError(rt, err)
	if _, waits := got.Overlay[p]; takenBack && !waits {
		v = got.Base[p]
	}
	require.Equal(rt, v, got.View()[p], "an edit shows at once")
}

func (w *world) archive(rt *rapid.T) {
	if rapid.IntRange(0, 4).Draw(rt, "rarely") == 0 {
		w.enqueue(rt, crm.Op{Kind: crm.OpArchive, Record: w.pick(rt).ID})
	}
}

func (w *world) put(id crm.RemoteID, v crm.Values) {
	w.stamp += 10
	w.hub[id] = v.Over(w.hub[id])
	maps.DeleteFunc(w.hub[id], func(_, v string) bool { return v == "" })
	if w.stamps == nil {
		w.stamps = map[crm.RemoteID]crm.Millis{}
	}
	w.stamps[id] = w.stamp
}

func (w *world) at(id crm.RemoteID) crm.RemoteRecord {
	return crm.RemoteRecord{Type: crm.Contacts, ID: id, Values: w.hub[id].Clone(), Modified: w.stamps[id]}
}

func (w *world) newID() crm.RemoteID {
	w.lastID++
	return crm.RemoteID(strconv.Itoa(w.lastID))
}

// remote is a colleague.
func (w *world) remote(rt *rapid.T) {
	ids := append(slices.Sorted(maps.Keys(w.hub)), "")
	id := rapid.SampledFrom(ids).Draw(rt, "id")
	if id == "" {
		id = w.newID()
	}
	w.put(id, crm.Values{property(rt): value(rt)})
}

func (w *world) pull(rt *rapid.T) {
	before := map[crm.LocalID]crm.Record{}
	for _, r := range w.records(rt) {
		before[r.ID] = r
	}
	p := crm.Pulled{Type: crm.Contacts, Props: []string{"firstname", "lastname", "email", "hubspot_owner_id", "jobtitle", crm.KeyProperty}}
	for _, id := range slices.Sorted(maps.Keys(w.hub)) {
		if rapid.Bool().Draw(rt, "in page") {
			p.Records = append(p.Records, w.at(id))
		}
	}
	a, err := w.s.Apply(w.t.Context(), p)
	require.NoError(rt, err)
	for _, r := range w.records(rt) {
		b, ok := before[r.ID]
		for name, v := range b.Overlay {
			require.Equal(rt, v, r.View()[name], "a pull changes no edit")
		}
		if ok && !maps.Equal(b.View(), r.View()) {
			require.Contains(rt, a.Changed, r.ID)
		}
	}
}

// flush sends one operation, the first of its record, and may lose the answer.
func (w *world) flush(rt *rapid.T) {
	var due []crm.Op
	busy := map[crm.LocalID]bool{}
	for _, o := range w.unfinished(rt) {
		if !busy[o.Record] && (o.State == crm.Queued || o.State == crm.RetryWait || o.State == crm.Ambiguous) {
			due = append(due, o)
		}
		busy[o.Record] = true
	}
	if len(due) == 0 {
		rt.Skip("nothing to send")
	}
	o := rapid.SampledFrom(due).Draw(rt, "operation")
	begun, err := w.s.Begin(w.t.Context(), []crm.Op{o}, 1)
	require.NoError(rt, err)
	require.Len(rt, begun, 1)
	unsure := o.Unsure || o.State == crm.Ambiguous // what is not sent now may have been before
	switch rapid.IntRange(0, 5).Draw(rt, "fate") {
	case 0:
		w.send(o)
		w.reopen() // the answer is lost with the process
	case 1:
		w.settle(rt, crm.Outcome{Op: o.ID, State: crm.RetryWait, NextAt: 5, Unsure: unsure})
	case 2:
		w.settle(rt, crm.Outcome{Op: o.ID, State: crm.Parked, Reason: "refused", Unsure: unsure})
	default:
		w.settle(rt, w.send(o))
		w.staysOnScreen(rt, o)
	}
}

// staysOnScreen: an acknowledged value moves from overlay to base, and nobody
// sees it move.
func (w *world) staysOnScreen(rt *rapid.T, o crm.Op) {
	if o.Kind == crm.OpArchive {
		return
	}
	r, err := w.s.Record(w.t.Context(), crm.Contacts, string(o.Record))
	require.NoError(rt, err)
	for _, f := range o.Fields {
		if _, waits := r.Overlay[f.Name]; !waits {
			require.Equal(rt, f.Value, r.Base[f.Name])
		}
	}
}

func (w *world) settle(rt *rapid.T, out crm.Outcome) {
	_, err := w.s.Settle(w.t.Context(), []crm.Outcome{out})
	require.NoError(rt, err)
}

// send does what HubSpot and the outbox do with an operation; it is keyed, so
// that the same create makes one record.
func (w *world) send(o crm.Op) crm.Outcome {
	out := crm.Outcome{Op: o.ID, State: crm.Acked, At: w.stamp}
	if o.Kind == crm.OpArchive {
		delete(w.hub, o.RemoteID)
		return out
	}
	id := o.RemoteID
	if o.Kind == crm.OpCreate && id == "" {
		for known, v := range w.hub {
			if v[crm.KeyProperty] == string(o.Record) {
				id = known
			}
		}
		if id == "" {
			id = w.newID()
		}
	}
	v := o.Values()
	if o.Kind == crm.OpCreate {
		v[crm.KeyProperty] = string(o.Record)
	}
	w.put(id, v)
	now := w.at(id)
	out.Remote = &now
	return out
}

func (w *world) undo(rt *rapid.T) {
	if len(w.groups) == 0 {
		rt.Skip("nothing done yet")
	}
	_, err := w.s.Undo(w.t.Context(), rapid.SampledFrom(w.groups).Draw(rt, "act"), w.stamp)
	if err != nil {
		require.Contains(rt, []crm.Kind{crm.Invalid, crm.Conflict, crm.NotFound}, crm.KindOf(err), "%v", err)
		require.NotContains(rt, crm.Message(err), "went wrong")
	}
}

func (w *world) decide(rt *rapid.T) {
	for _, o := range w.unfinished(rt) {
		if o.State != crm.Parked {
			continue
		}
		if rapid.Bool().Draw(rt, "retry") {
			require.NoError(rt, w.s.Retry(w.t.Context(), o.ID, 1))
		} else if err := w.s.Discard(w.t.Context(), o.ID, 1); err != nil {
			require.Contains(rt, []crm.Kind{crm.Conflict, crm.Invalid}, crm.KindOf(err))
		}
	}
}

// drain sends everything, pulls everything and compares.
func (w *world) drain() {
	for range 200 {
		ops := w.unfinished(w.rt)
		if len(ops) == 0 {
			break
		}
		for _, o := range ops {
			if o.State == crm.Parked {
				require.NoError(w.rt, w.s.Retry(w.t.Context(), o.ID, 1))
			}
		}
		o := w.unfinished(w.rt)[0]
		begun, err := w.s.Begin(w.t.Context(), []crm.Op{o}, 1)
		require.NoError(w.rt, err)
		require.Len(w.rt, begun, 1)
		w.settle(w.rt, w.send(o))
	}
	require.Empty(w.rt, w.unfinished(w.rt))
	p := crm.Pulled{Type: crm.Contacts, Props: []string{"firstname", "lastname", "email", "hubspot_owner_id", "jobtitle", crm.KeyProperty}}
	for id := range w.hub {
		p.Records = append(p.Records, w.at(id))
	}
	_, err := w.s.Apply(w.t.Context(), p)
	require.NoError(w.rt, err)
	w.check(w.rt)
	require.NoError(w.rt, w.s.Check(w.t.Context()))
	shown := map[crm.RemoteID]crm.Values{}
	for _, r := range w.records(w.rt) {
		shown[r.RemoteID] = r.View()
	}
	require.Equal(w.rt, w.hub, shown)
}

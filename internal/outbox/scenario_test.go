package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// world is a portal, a local copy of it and an outbox between them. Nothing in
// it is a stand-in: real SQLite, the sandbox without sockets, the real client.
type world struct {
	t      *testing.T
	portal *sandbox.Portal
	hub    *hubspot.Client
	store  *store.Store
	pull   *pull.Engine
	outbox *outbox.Engine
	clock  time.Time
}

type ctx = context.Context

type static string

func (s static) Token(ctx) (string, error)           { return string(s), nil }
func (s static) Refresh(ctx, string) (string, error) { return string(s), nil }

func newWorld(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	o.Limits = "off"
	if o.Contacts == 0 {
		o.Contacts = 30
	}
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	s, err := store.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()); require.NoError(t, p.Close()) })
	w := &world{t: t, portal: p, store: s, clock: time.Now()}
	plenty := budget.Limit{Calls: 10_000, Window: time.Second}
	w.hub = hubspot.New(hubspot.Options{
		BaseURL: "http://localhost", HTTP: p.RoundTripper(), Tokens: static(p.Credentials().Token),
		Budget: budget.New(budget.Options{Burst: plenty, Search: plenty, Associations: plenty}),
	})
	keyed := map[crm.ObjectType]bool{}
	for _, spec := range crm.Specs() {
		keyed[spec.Type], err = w.hub.EnsureKey(t.Context(), spec.Type)
		require.NoError(t, err)
		require.Equal(t, !o.RefuseUniqueProperties, keyed[spec.Type])
	}
	w.pull = pull.New(pull.Options{Remote: w.hub, Store: s})
	w.outbox = outbox.New(outbox.Options{
		Queue: s, Remote: w.hub, Clock: func() time.Time { return w.clock },
		Keyed: func(_ ctx, ty crm.ObjectType) (bool, error) { return keyed[ty], nil },
	})
	require.NoError(t, w.pull.Schema(t.Context()))
	require.NoError(t, w.pull.Backfill(t.Context()))
	return w
}

// first is some record of a type that has a value for prop.
func (w *world) first(typ crm.ObjectType, prop string) crm.Record {
	page, err := w.store.List(w.t.Context(), crm.ListQuery{Type: typ, Limit: 200, Sort: crm.Sort{Prop: crm.SortTitle}})
	require.NoError(w.t, err)
	for _, r := range page.Records {
		if r.View()[prop] != "" {
			return r
		}
	}
	w.t.Fatalf("no %s with %s", typ, prop)
	return crm.Record{}
}

func (w *world) record(typ crm.ObjectType, id crm.LocalID) crm.Record {
	r, err := w.store.Record(w.t.Context(), typ, string(id))
	require.NoError(w.t, err)
	return r
}

func (w *world) edit(r crm.Record, values crm.Values) crm.Op {
	op := crm.Op{Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Made: crm.At(w.clock)}
	for n, v := range values {
		op.Fields = append(op.Fields, crm.Field{Name: n, Value: v})
	}
	out, err := w.store.Enqueue(w.t.Context(), []crm.Op{op}, nil)
	require.NoError(w.t, err)
	return out[0]
}

func (w *world) create(typ crm.ObjectType, values crm.Values) crm.Op {
	op := crm.Op{Kind: crm.OpCreate, Type: typ, Record: crm.NewLocalID(), Made: crm.At(w.clock)}
	for n, v := range values {
		op.Fields = append(op.Fields, crm.Field{Name: n, Value: v})
	}
	out, err := w.store.Enqueue(w.t.Context(), []crm.Op{op}, nil)
	require.NoError(w.t, err)
	return out[0]
}

func (w *world) colleague(r crm.Record, values map[string]string) {
	text, err := json.Marshal(map[string]any{"type": r.Type, "id": r.RemoteID, "properties": values})
	require.NoError(w.t, err)
	var change sandbox.Change
	require.NoError(w.t, json.Unmarshal(text, &change))
	require.NoError(w.t, w.portal.Edit(change))
}

func (w *world) fault(kind, method, path string, count int) {
	_, err := w.portal.Fault(sandbox.Fault{Match: sandbox.Match{Method: method, Path: path}, Kind: kind, Count: count})
	require.NoError(w.t, err)
}

// flush flushes, and lets the time pass that operations wait for, until nothing
// waits for time any more.
func (w *world) flush() crm.FlushResult {
	var total crm.FlushResult
	for range 30 {
		r, err := w.outbox.Flush(w.t.Context())
		require.NoError(w.t, err)
		total = total.Add(r)
		at, ok, err := w.outbox.Next(w.t.Context())
		require.NoError(w.t, err)
		if !ok {
			return total
		}
		w.clock = at.Time().Add(time.Millisecond)
	}
	w.t.Fatal("the outbox does not come to rest")
	return total
}

func (w *world) there(typ crm.ObjectType, id crm.RemoteID, props ...string) crm.Values {
	r, err := w.hub.Get(w.t.Context(), typ, id, props)
	require.NoError(w.t, err)
	return r.Values
}

func (w *world) op(id crm.OpID) crm.Op {
	op, err := w.store.Op(w.t.Context(), id)
	require.NoError(w.t, err)
	return op
}

func (w *world) count(typ crm.ObjectType, prop, value string) int {
	page, err := w.hub.Search(w.t.Context(), typ, crm.SearchCall{Where: []crm.Condition{{Prop: prop, Op: "EQ", Value: value}}, Limit: 10})
	require.NoError(w.t, err)
	return page.Total
}

func TestUpdate_ReachesHubSpotAndLeavesTheOverlay(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "Ada", "phone": ""})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "Ada", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	now := w.record(crm.Contacts, r.ID)
	require.Empty(t, now.Overlay)
	require.Equal(t, "Ada", now.Base["firstname"])
	require.Equal(t, crm.BadgeNone, now.Badge)
}

func fieldConflict(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine", "lastname": "Also mine"})
	w.colleague(r, map[string]string{"firstname": "Theirs"})
	require.Equal(t, crm.FlushResult{Conflicts: 1}, w.flush())

	there := w.there(crm.Contacts, r.RemoteID, "firstname", "lastname")
	require.Equal(t, "Theirs", there["firstname"])
	require.Equal(t, "Also mine", there["lastname"], "the other field goes out")
	got := w.op(op.ID)
	require.Len(t, got.Disputes, 1)
	require.Equal(t, "Theirs", got.Disputes[0].Theirs)
	require.Equal(t, "CRM_UI", got.Disputes[0].Source)
	require.NotZero(t, got.Disputes[0].When)
	require.Equal(t, crm.BadgeConflict, w.record(crm.Contacts, r.ID).Badge)
	require.Equal(t, "Mine", w.record(crm.Contacts, r.ID).View()["firstname"], "the rep's edit stays on screen")

	require.NoError(t, w.store.Resolve(t.Context(), op.ID, map[string]string{"firstname": "mine"}, crm.At(w.clock)))
	require.Equal(t, 1, w.flush().Acked)
	require.Equal(t, "Mine", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
}

func disjointFields(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "Mine"})
	w.colleague(r, map[string]string{"lastname": "Theirs"})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	there := w.there(crm.Contacts, r.RemoteID, "firstname", "lastname")
	require.Equal(t, "Mine", there["firstname"])
	require.Equal(t, "Theirs", there["lastname"])
}

func sameValue(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Deals, "amount")
	w.edit(r, crm.Values{"amount": "4242"})
	w.colleague(r, map[string]string{"amount": "4242.0"})
	before := w.portal.Stats().Requests["burst"]
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.EqualValues(t, 1, w.portal.Stats().Requests["burst"]-before, "one read, no write")
}

func updateAnswerLost(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	require.Equal(t, crm.Ambiguous, w.op(op.ID).State)
	require.Equal(t, "Mine", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])

	w.colleague(r, map[string]string{"firstname": "Theirs"})
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "Theirs", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
	require.Equal(t, crm.Acked, w.op(op.ID).State)
}

func createAnswerLost(t *testing.T) {
	t.Helper()
	for _, refuse := range []bool{false, true} {
		t.Run(fmt.Sprintf("refuse=%v", refuse), func(t *testing.T) {
			w := newWorld(t, sandbox.Options{RefuseUniqueProperties: refuse})
			path := "/crm/**/batch/upsert"
			if refuse {
				path = "/crm/**/batch/create"
			}
			w.fault("drop_after_apply", "POST", path, 1)
			op := w.create(crm.Contacts, crm.Values{"email": "once@lost.example", "firstname": "Once"})
			require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
			require.Equal(t, 1, w.count(crm.Contacts, "email", "once@lost.example"))
			require.NotEmpty(t, w.record(crm.Contacts, op.Record).RemoteID)
		})
	}
}

func noUniqueProperty(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{RefuseUniqueProperties: true})
	w.fault("drop_after_apply", "POST", "/crm/**/batch/create", 1)
	op := w.create(crm.Companies, crm.Values{"name": "Untold Ltd"})
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.Equal(t, 1, w.count(crm.Companies, "name", "Untold Ltd"))
	require.Equal(t, crm.Parked, w.op(op.ID).State)
	require.NotEmpty(t, w.op(op.ID).Reason)
}

func createTwiceOffline(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	theirs := w.first(crm.Contacts, "email")
	op := w.create(crm.Contacts, crm.Values{"email": theirs.View()["email"], "jobtitle": "Captain"})
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.Equal(t, theirs.RemoteID, w.op(op.ID).Existing)
	require.Equal(t, theirs.View()["jobtitle"], w.there(crm.Contacts, theirs.RemoteID, "jobtitle")["jobtitle"], "nothing is written over the existing one")

	remote, err := w.hub.Get(t.Context(), crm.Contacts, theirs.RemoteID, []string{"email", "jobtitle"})
	require.NoError(t, err)
	require.NoError(t, w.store.AdoptExisting(t.Context(), op.ID, remote, crm.At(w.clock)))
	if remote.Values["jobtitle"] != "" { // a colleague wrote something else there: that is for the rep to decide
		require.Equal(t, crm.InDispute, w.op(op.ID).State)
		require.NoError(t, w.store.Resolve(t.Context(), op.ID, map[string]string{"jobtitle": "mine"}, crm.At(w.clock)))
	}
	require.Equal(t, 1, w.flush().Acked)
	require.Equal(t, "Captain", w.there(crm.Contacts, theirs.RemoteID, "jobtitle")["jobtitle"])
	require.Equal(t, 1, w.count(crm.Contacts, "email", theirs.View()["email"]))
}

func poisonRow(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	page, err := w.store.List(t.Context(), crm.ListQuery{Type: crm.Contacts, Limit: 20})
	require.NoError(t, err)
	var bad crm.Op
	for i, r := range page.Records {
		v := crm.Values{"jobtitle": fmt.Sprintf("Officer %d", i)}
		if i == 7 {
			v = crm.Values{"email": "not an address"}
		}
		op := w.edit(r, v)
		if i == 7 {
			bad = op
		}
	}
	require.Equal(t, crm.FlushResult{Acked: 19, Parked: 1}, w.flush())
	got := w.op(bad.ID)
	require.Equal(t, crm.Parked, got.State)
	require.Contains(t, got.Reason, "mail")
}

func archivedUnderEdit(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	require.NoError(t, w.portal.Archive("contacts", string(r.RemoteID)))
	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.Equal(t, crm.Parked, w.op(op.ID).State)
	require.Equal(t, crm.BadgeGone, w.record(crm.Contacts, r.ID).Badge)
}

func mergedUnderEdit(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	page, err := w.store.List(t.Context(), crm.ListQuery{Type: crm.Contacts, Limit: 2})
	require.NoError(t, err)
	a, b := page.Records[0], page.Records[1]
	w.edit(b, crm.Values{"jobtitle": "Survivor"})
	id, err := w.portal.Merge("contacts", string(a.RemoteID), string(b.RemoteID))
	require.NoError(t, err)
	r := w.flush()
	require.Equal(t, 1, r.Acked+r.Conflicts)
	require.Equal(t, crm.RemoteID(id), w.record(crm.Contacts, b.ID).RemoteID)
}

func createThenAssociate(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	company := w.first(crm.Companies, "name")
	contact := w.create(crm.Contacts, crm.Values{"email": "new@order.example"})
	deal := w.create(crm.Deals, crm.Values{"dealname": "Order", "pipeline": "default", "dealstage": "appointmentscheduled"})
	link := func(from crm.Op, toType crm.ObjectType, to crm.LocalID) {
		_, err := w.store.Enqueue(t.Context(), []crm.Op{{Kind: crm.OpAssociate, Type: from.Type, Record: from.Record, To: toType, ToRecord: to}}, nil)
		require.NoError(t, err)
	}
	link(contact, crm.Companies, company.ID)
	link(deal, crm.Contacts, contact.Record)
	note := w.log(crm.Notes, crm.Deals, deal.Record, sample(crm.Notes))
	link(note, crm.Contacts, contact.Record)
	require.Equal(t, crm.FlushResult{Acked: 6}, w.flush())
	c, d := w.record(crm.Contacts, contact.Record), w.record(crm.Deals, deal.Record)
	links, err := w.hub.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{c.RemoteID})
	require.NoError(t, err)
	require.Contains(t, ends(links), company.RemoteID)
	links, err = w.hub.Associations(t.Context(), crm.Deals, crm.Contacts, []crm.RemoteID{d.RemoteID})
	require.NoError(t, err)
	require.Contains(t, ends(links), c.RemoteID)
	n := w.record(crm.Notes, note.Record)
	require.Contains(t, w.on(crm.Notes, crm.Deals, d.RemoteID), n.RemoteID)
	require.Contains(t, w.on(crm.Notes, crm.Contacts, c.RemoteID), n.RemoteID)
	t.Run("a failed contact parks only its own followers", followersWait)
}

func ends(links []crm.Link) []crm.RemoteID {
	var out []crm.RemoteID
	for _, l := range links {
		out = append(out, l.ToID)
	}
	return out
}

func ownEcho(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "Mine"})
	w.flush()
	w.edit(r, crm.Values{"firstname": "Mine again"})
	require.NoError(t, w.pull.Delta(t.Context()))
	require.Equal(t, "Mine again", w.record(crm.Contacts, r.ID).View()["firstname"])
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, "Mine again", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
}

func TestOffline_NothingIsLostAndNothingBurnsAnAttempt(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Mine"})
	w.fault("unreachable", "", "", 0)
	for range 3 {
		_, err := w.outbox.Flush(t.Context())
		require.Equal(t, crm.Offline, crm.KindOf(err))
	}
	require.Zero(t, w.op(op.ID).Attempts)
	w.portal.ClearFaults()
	require.Equal(t, 1, w.flush().Acked)
}

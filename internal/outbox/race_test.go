package outbox_test

import (
	"cmp"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// hooked is the real client with hooks at the moments in which an act of the
// rep is most inconvenient.
type hooked struct {
	*hubspot.Client
	onRead, onUpsert func()
	keyErr           error
}

func once(f *func()) {
	if g := *f; g != nil {
		*f = nil
		g()
	}
}

func (h *hooked) BatchRead(c context.Context, t crm.ObjectType, ids []crm.RemoteID, p []string) (crm.BatchRead, error) {
	r, err := h.Client.BatchRead(c, t, ids, p)
	once(&h.onRead)
	return r, err
}

func (h *hooked) Upsert(c context.Context, t crm.ObjectType, k string, rows []crm.Write) ([]crm.Written, error) {
	once(&h.onUpsert)
	return h.Client.Upsert(c, t, k, rows)
}

func (h *hooked) ReadByKey(c context.Context, t crm.ObjectType, k string, v, p []string) (map[string]crm.RemoteRecord, error) {
	if h.keyErr != nil {
		return nil, h.keyErr
	}
	return h.Client.ReadByKey(c, t, k, v, p)
}

// brokenQueue is the store with a disk that is full for a while, and with a hook
// between reading the outbox and sending.
type brokenQueue struct {
	*store.Store
	fail    int
	onBegin func()
}

func (b *brokenQueue) Begin(c context.Context, ops []crm.Op, now crm.Millis) ([]crm.Op, error) {
	once(&b.onBegin)
	return b.Store.Begin(c, ops, now)
}

func (b *brokenQueue) Settle(c context.Context, out []crm.Outcome) ([]crm.LocalID, error) {
	if b.fail > 0 {
		b.fail--
		return nil, &crm.Error{Kind: crm.Storage, Msg: "disk full", Err: errors.New("full")}
	}
	return b.Store.Settle(c, out)
}

func (w *world) with(h *hooked, q outbox.Queue, keyed *bool) *hooked {
	h.Client = w.hub
	w.outbox = outbox.New(w.options(h, q, keyed))
	return h
}

func (w *world) options(r outbox.Remote, q outbox.Queue, keyed *bool) outbox.Options {
	return outbox.Options{
		Queue: q, Remote: r, Clock: func() time.Time { return w.clock },
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return *keyed, nil },
	}
}

var yes = true

func TestEditWhileSending_AnotherFieldIsSentNext(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "First"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.edit(r, crm.Values{"lastname": "Second"}) }
	w.flush()
	require.Equal(t, "Second", w.there(crm.Contacts, r.RemoteID, "lastname")["lastname"])
}

func editWhileSending(t *testing.T) {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "First"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.edit(r, crm.Values{"firstname": "Second"}) }
	w.flush()
	require.Equal(t, "Second", w.there(crm.Contacts, r.RemoteID, "firstname")["firstname"])
}

func TestAssociate_KeepsItsOrderFromBothSides(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	contact := w.create(crm.Contacts, crm.Values{"email": "z2@order.example"})
	company := w.create(crm.Companies, crm.Values{"name": "Z2 Ltd"})
	w.flush()
	c, o := w.record(crm.Contacts, contact.Record), w.record(crm.Companies, company.Record)
	enq := func(k crm.OpKind, a, b crm.Record) {
		_, err := w.store.Enqueue(t.Context(), []crm.Op{{Kind: k, Type: a.Type, Record: a.ID, To: b.Type, ToRecord: b.ID}}, nil)
		require.NoError(t, err)
	}
	w.fault("drop_before_apply", "POST", "/crm/**/associate/default", 1)
	enq(crm.OpAssociate, c, o)
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	enq(crm.OpDetach, o, c)
	w.flush()
	links, err := w.hub.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{c.RemoteID})
	require.NoError(t, err)
	require.NotContains(t, ends(links), o.RemoteID)
}

func TestSettleFails_TheOperationIsLookedUp(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	op := w.edit(r, crm.Values{"firstname": "Ada"})
	w.with(&hooked{}, &brokenQueue{Store: w.store, fail: 1}, &yes)
	_, err := w.outbox.Flush(t.Context())
	require.Error(t, err)
	w.clock = w.clock.Add(24 * time.Hour)
	w.flush()
	require.Equal(t, crm.Acked, w.op(op.ID).State)
}

func TestCreateAnswerLost_KeyMadeMeanwhile(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	keyed := false
	w.with(&hooked{}, w.store, &keyed)
	w.fault("drop_after_apply", "POST", "/crm/**/batch/create", 1)
	w.create(crm.Companies, crm.Values{"name": "Twice Ltd"})
	_, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	keyed = true // connected again, now with the scope
	w.flush()
	require.Equal(t, 1, w.count(crm.Companies, "name", "Twice Ltd"))
}

func TestHubSpotDown_NothingIsGivenUpOrOverwritten(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	h := w.with(&hooked{}, w.store, &yes)
	w.fault("drop_after_apply", "POST", "/crm/**/batch/upsert", 1)
	op := w.create(crm.Companies, crm.Values{"name": "Overwritten Ltd"})
	h.keyErr = &crm.Error{Kind: crm.Upstream, Msg: "HubSpot has a problem at the moment."}
	for w.clock.Sub(op.Made.Time()) < 24*time.Hour {
		_, err := w.outbox.Flush(t.Context())
		require.NoError(t, err)
		at, ok, err := w.outbox.Next(t.Context())
		require.NoError(t, err)
		require.True(t, ok, "it waits, and is not parked: %s", w.op(op.ID).State)
		w.clock = at.Time().Add(time.Millisecond)
	}
	h.keyErr = nil
	found, err := w.hub.ReadByKey(t.Context(), crm.Companies, crm.KeyProperty, []string{string(op.Record)}, []string{"name"})
	require.NoError(t, err)
	rec := found[string(op.Record)]
	w.colleague(crm.Record{Type: crm.Companies, RemoteID: rec.ID}, map[string]string{"name": "A colleague's name"})
	w.flush()
	require.Equal(t, "A colleague's name", w.there(crm.Companies, rec.ID, "name")["name"])
}

func TestRefusedCreate_CanBeCorrectedAlsoWhenEditedWhileSending(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	h := w.with(&hooked{}, w.store, &yes)
	op := w.create(crm.Contacts, crm.Values{"email": "not an address", "firstname": "A"})
	h.onUpsert = func() { w.edit(w.record(crm.Contacts, op.Record), crm.Values{"lastname": "B"}) }
	w.flush()
	require.Equal(t, crm.Parked, w.op(op.ID).State)
	w.edit(w.record(crm.Contacts, op.Record), crm.Values{"email": "fine@address.example"})
	_ = w.store.Retry(t.Context(), op.ID, crm.At(w.clock))
	w.flush()
	require.Equal(t, 1, w.count(crm.Contacts, "email", "fine@address.example"))
}

func TestDiscardJustBeforeSending_TheOthersGoOut(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	page, err := w.store.List(t.Context(), crm.ListQuery{Type: crm.Contacts, Limit: 2})
	require.NoError(t, err)
	a := w.edit(page.Records[0], crm.Values{"jobtitle": "X"})
	w.edit(page.Records[1], crm.Values{"jobtitle": "Y"})
	w.with(&hooked{}, &brokenQueue{Store: w.store, onBegin: func() {
		require.NoError(t, w.store.Discard(t.Context(), a.ID, crm.At(w.clock)))
	}}, &yes)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.NotEqual(t, "X", w.there(crm.Contacts, page.Records[0].RemoteID, "jobtitle")["jobtitle"])
	require.Equal(t, "Y", w.there(crm.Contacts, page.Records[1].RemoteID, "jobtitle")["jobtitle"])
}

func TestEditWhileSending_AlsoWhenNothingHadToBeWritten(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "email")
	w.edit(r, crm.Values{"firstname": "Same"})
	w.colleague(r, map[string]string{"firstname": "Same"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() { w.edit(r, crm.Values{"lastname": "Second"}) }
	w.flush()
	require.Equal(t, "Second", w.there(crm.Contacts, r.RemoteID, "lastname")["lastname"])
}

func TestUndoWhileSending_IsRefusedAndPossibleLater(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	r := w.first(crm.Contacts, "lastname")
	was := r.View()["lastname"]
	w.edit(r, crm.Values{"firstname": "Kept"})
	second := w.edit(r, crm.Values{"lastname": "Undone"})
	h := w.with(&hooked{}, w.store, &yes)
	h.onRead = func() {
		_, err := w.store.Undo(t.Context(), second.Group, crm.At(w.clock))
		require.Equal(t, crm.Conflict, crm.KindOf(err))
	}
	w.flush()
	_, err := w.store.Undo(t.Context(), second.Group, crm.At(w.clock))
	require.NoError(t, err)
	w.flush()
	there := w.there(crm.Contacts, r.RemoteID, "firstname", "lastname")
	require.Equal(t, was, there["lastname"])
	require.Equal(t, "Kept", there["firstname"])
}

func TestStoppedBeforeSending_IsNotALostAnswer(t *testing.T) {
	w := newWorld(t, sandbox.Options{RefuseUniqueProperties: true})
	no := false
	w.outbox = outbox.New(outbox.Options{
		Queue: w.store, Remote: canceling{w.hub}, Clock: func() time.Time { return w.clock },
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return no, nil },
	})
	op := w.create(crm.Companies, crm.Values{"name": "Never sent Ltd"})
	_, err := w.outbox.Flush(t.Context())
	require.Equal(t, crm.Canceled, crm.KindOf(err))
	w.with(&hooked{}, w.store, &no)
	w.flush()
	require.Equal(t, crm.Acked, w.op(op.ID).State, w.op(op.ID).Reason)
}

type canceling struct{ *hubspot.Client }

func (canceling) Create(context.Context, crm.ObjectType, []crm.Write) ([]crm.Written, error) {
	return nil, &crm.Error{Kind: crm.Canceled, Op: "create", Msg: "Stopped. Nothing was lost."}
}

// A colleague merges two records that edits of one field wait for. The later
// edit never replaces what the first one wrote, nor passes it while the rep is
// asked about it.
func TestMergedTogether_TheLaterEditSeesTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		survivor int
		first    crm.OpState
		holds    string
	}{
		"the first survives":  {0, crm.Acked, "First"},
		"the second survives": {1, crm.InDispute, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Options{})
			rs := w.some(crm.Deals, 2)
			first := w.edit(rs[0], crm.Values{"dealname": "First"})
			second := w.edit(rs[1], crm.Values{"dealname": "Second"})
			id, err := w.portal.Merge("deals", string(rs[c.survivor].RemoteID), string(rs[1-c.survivor].RemoteID))
			require.NoError(t, err)
			was := w.there(crm.Deals, crm.RemoteID(id), "dealname")["dealname"]
			w.flush()
			require.Equal(t, c.first, w.op(first.ID).State)
			require.False(t, w.op(second.ID).State.Done(), "nobody has seen what it would replace")
			require.Equal(t, cmp.Or(c.holds, was), w.there(crm.Deals, crm.RemoteID(id), "dealname")["dealname"])
		})
	}
}

package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

func newContact(values ...string) crm.Op {
	o := crm.Op{Kind: crm.OpCreate, Type: crm.Contacts}
	for i := 0; i+1 < len(values); i += 2 {
		o.Fields = append(o.Fields, crm.Field{Name: values[i], Value: values[i+1]})
	}
	return o
}

func associate(from, to crm.LocalID) crm.Op {
	return crm.Op{Kind: crm.OpAssociate, Record: from, ToRecord: to}
}

func detach(from, to crm.LocalID) crm.Op {
	return crm.Op{Kind: crm.OpDetach, Record: from, ToRecord: to}
}

func mustRecord(t *testing.T, s *store.Store, typ crm.ObjectType, id crm.LocalID) crm.Record {
	t.Helper()
	r, err := s.Record(t.Context(), typ, string(id))
	require.NoError(t, err)
	return r
}

func check(t *testing.T, s *store.Store) {
	t.Helper()
	require.NoError(t, s.Check(t.Context()))
}

func TestEnqueue_BasesAreWhatTheRepSaw(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "lastname", "Berg", "city", "Oslo"))[0]
	ops, err := s.Enqueue(t.Context(), []crm.Op{edit(r, "firstname", "Anne", "lastname", "Dahl", "city", "Oslo")},
		map[crm.LocalID]crm.Values{r.ID: {"firstname": "Old"}})
	require.NoError(t, err)
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Old", Value: "Anne"}, {Name: "lastname", Base: "Berg", Value: "Dahl"}}, ops[0].Fields)
	require.NotEmpty(t, ops[0].ID)
	require.NotEmpty(t, ops[0].Group)
	require.NotZero(t, ops[0].Seq)

	same := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	require.Empty(t, same.State)
	require.Len(t, unfinished(t, s), 1)
	check(t, s)
}

func TestEnqueue_FoldsIntoWhatWaitsAndKeepsTheOldestBase(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "lastname", "Berg"))[0]
	a := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	b := enqueue(t, s, edit(r, "firstname", "Ann", "lastname", "Dahl"))[0]
	require.Equal(t, a.ID, b.ID)
	require.NotEqual(t, a.Group, b.Group, "the handle of this act")
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Anna", Value: "Ann"}, {Name: "lastname", Base: "Berg", Value: "Dahl"}}, unfinished(t, s)[0].Fields)
	of, err := s.OpsOf(t.Context(), b.Group)
	require.NoError(t, err)
	require.Len(t, of, 1)

	c := enqueue(t, s, edit(r, "firstname", "Anna", "lastname", "Berg"))[0]
	require.Equal(t, crm.Discarded, c.State)
	require.Empty(t, unfinished(t, s))
	require.Equal(t, crm.BadgeNone, get(t, s, r).Badge)

	u, err := s.Undo(t.Context(), c.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Queued: 1}, u)
	require.Equal(t, "Ann", get(t, s, r).View()["firstname"])
	check(t, s)
}

func TestEnqueue_NeverFoldsIntoWhatHubSpotMayHave(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	a := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	begin(t, s, a)
	b := enqueue(t, s, edit(r, "firstname", "Ann"))[0]
	require.NotEqual(t, a.ID, b.ID)
	require.Equal(t, "Anne", b.Fields[0].Base)
	settle(t, s, crm.Outcome{Op: a.ID, State: crm.Ambiguous, NextAt: 7})
	settle(t, s, crm.Outcome{Op: a.ID, State: crm.Parked, Unsure: true, Reason: "It cannot be told."})
	begun, err := s.Begin(t.Context(), []crm.Op{a}, 1)
	require.NoError(t, err)
	require.Empty(t, begun, "parked operations are not sent")
	read := b
	read.Fields = []crm.Field{{Name: "firstname", Base: "Anne", Value: "Annette"}}
	begun, err = s.Begin(t.Context(), []crm.Op{read}, 1)
	require.NoError(t, err)
	require.Empty(t, begun, "what has changed since it was read is not sent")
	require.NoError(t, s.Discard(t.Context(), b.ID, 9))
	c := enqueue(t, s, edit(r, "lastname", "Dahl"))[0]
	require.NotEqual(t, a.ID, c.ID, "HubSpot may have the parked one")
	check(t, s)
}

func TestCreate_IsOneRecordFromHereToThere(t *testing.T) {
	s := fresh(t)
	company := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	create := newContact("firstname", "Anna", "lastname", "")
	create.Record = crm.NewLocalID()
	ops := enqueue(t, s, create, associate(create.Record, company.ID))
	require.Equal(t, ops[0].Group, ops[1].Group)
	r := mustRecord(t, s, crm.Contacts, create.Record)
	require.Equal(t, crm.Values{"firstname": "Anna"}, r.Overlay)
	require.Empty(t, r.RemoteID)
	require.NotZero(t, r.Created)
	require.Zero(t, r.Modified)
	require.Equal(t, []string{"Anna"}, titles(list(t, s, crm.ListQuery{Type: crm.Contacts})))
	links, known, err := s.Links(t.Context(), crm.Companies, company.ID, map[crm.ObjectType][]string{crm.Contacts: {"firstname"}})
	require.NoError(t, err)
	require.False(t, known[crm.Contacts])
	require.Equal(t, crm.BadgeSaved, links[0].Pending)
	require.Equal(t, crm.Values{"firstname": "Anna"}, links[0].Values)
	top, err := s.PrimaryCompanies(t.Context(), crm.Contacts, []crm.LocalID{r.ID})
	require.NoError(t, err)
	require.Equal(t, "Acme", top[r.ID].Title)

	begin(t, s, ops[0])
	// The pull is faster than the answer.
	pulled := pull(t, s, contact(9, 2000, "firstname", "Anna", "email", "a@b.example"))[0]
	enqueue(t, s, edit(pulled, "city", "Oslo"))
	answer := contact(9, 2000, "firstname", "Anna")
	ids := settle(t, s, crm.Outcome{Op: ops[0].ID, State: crm.Acked, At: 2000, Remote: &answer})
	require.Contains(t, ids, r.ID)
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	r = mustRecord(t, s, crm.Contacts, r.ID)
	require.Equal(t, crm.RemoteID("9"), r.RemoteID)
	require.Equal(t, crm.Values{"firstname": "Anna", "email": "a@b.example"}, r.Base)
	require.Equal(t, crm.Values{"city": "Oslo"}, r.Overlay, "the edit of the other row came along")
	require.Equal(t, r.ID, mustRecord(t, s, crm.Contacts, pulled.ID).ID)

	left := unfinished(t, s)
	require.Equal(t, []crm.RemoteID{"9", "9"}, []crm.RemoteID{left[0].RemoteID, left[1].RemoteID})
	require.Equal(t, crm.RemoteID("7"), left[0].ToRemote)
	begin(t, s, left[0])
	settle(t, s, crm.Outcome{Op: left[0].ID, State: crm.Acked, At: 2100})
	require.Equal(t, []string{"Anna 280 "}, linkNames(t, s, company))
	require.Equal(t, []string{"Acme 279 "}, linkNames(t, s, r))
	check(t, s)
}

func TestCreate_TwiceOrEmptyIsRefusedOrKept(t *testing.T) {
	s := fresh(t)
	a := newContact("firstname", "Anna")
	a.Record = crm.NewLocalID()
	enqueue(t, s, a)
	_, err := s.Enqueue(t.Context(), []crm.Op{a}, nil)
	require.Equal(t, crm.Conflict, crm.KindOf(err))
	_, err = s.Enqueue(t.Context(), []crm.Op{{Kind: crm.OpUpdate, Record: "nobody"}}, nil)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	_, err = s.Enqueue(t.Context(), []crm.Op{newContact("firstname", "Bo"), {Kind: "explode", Record: a.Record}}, nil)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Len(t, unfinished(t, s), 1, "an act is all or nothing")
}

func TestArchive_OfAnUnsentRecordCancelsBothOut(t *testing.T) {
	s := fresh(t)
	company := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	op := newContact("firstname", "Anna")
	op.Record = crm.NewLocalID()
	made := enqueue(t, s, op, associate(op.Record, company.ID))
	archive := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: op.Record})[0]
	require.Equal(t, crm.Discarded, archive.State)
	require.Empty(t, unfinished(t, s))
	require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.Empty(t, linkNames(t, s, company))
	check(t, s)

	u, err := s.Undo(t.Context(), archive.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Taken: 1}, u)
	require.Equal(t, []string{"Anna"}, titles(list(t, s, crm.ListQuery{Type: crm.Contacts})))
	left := unfinished(t, s)
	require.Len(t, left, 2)
	require.Equal(t, made[0].ID, left[0].ID)
	check(t, s)

	_, err = s.Undo(t.Context(), made[0].Group, 9)
	require.NoError(t, err)
	_, err = s.Record(t.Context(), crm.Contacts, string(op.Record))
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	require.Empty(t, unfinished(t, s))
	check(t, s)
}

func TestArchive_WaitsAndIsUndoneOrDone(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	op := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: r.ID, NextAt: 30_000})[0]
	require.Equal(t, crm.Millis(30_000), unfinished(t, s)[0].NextAt)
	require.True(t, get(t, s, r).Archived)
	_, err := s.Enqueue(t.Context(), []crm.Op{edit(r, "firstname", "Anne")}, nil)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	_, err = s.Undo(t.Context(), op.Group, 9)
	require.NoError(t, err)
	require.False(t, get(t, s, r).Archived)
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna"}).Total)

	op = enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: r.ID})[0]
	begin(t, s, op)
	_, err = s.Undo(t.Context(), op.Group, 9)
	require.Equal(t, crm.Conflict, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "being sent")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 10})
	_, err = s.Undo(t.Context(), op.Group, 11)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	check(t, s)
}

func TestAssociate_OppositesCancelOutAndUndo(t *testing.T) {
	s := fresh(t)
	anna := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	acme := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	require.Empty(t, enqueue(t, s, detach(anna.ID, acme.ID))[0].State, "there is nothing to part")
	a := enqueue(t, s, associate(anna.ID, acme.ID))[0]
	require.Empty(t, enqueue(t, s, associate(acme.ID, anna.ID))[0].State, "it waits already")
	d := enqueue(t, s, detach(acme.ID, anna.ID))[0]
	require.Equal(t, crm.Discarded, d.State)
	require.Empty(t, unfinished(t, s))
	require.Empty(t, linkNames(t, s, anna))
	_, err := s.Undo(t.Context(), d.Group, 9)
	require.NoError(t, err)
	require.Equal(t, a.ID, unfinished(t, s)[0].ID)

	begin(t, s, a)
	settle(t, s, crm.Outcome{Op: a.ID, State: crm.Acked, At: 10})
	require.Empty(t, enqueue(t, s, associate(anna.ID, acme.ID))[0].State)
	d = enqueue(t, s, detach(anna.ID, acme.ID))[0]
	require.Equal(t, []string{"Acme 279  removed"}, linkNames(t, s, anna))
	require.Equal(t, []string{"Anna 280  removed"}, linkNames(t, s, acme))
	top, err := s.PrimaryCompanies(t.Context(), crm.Contacts, []crm.LocalID{anna.ID})
	require.NoError(t, err)
	require.Empty(t, top)
	begin(t, s, d)
	settle(t, s, crm.Outcome{Op: d.ID, State: crm.Acked, At: 20})
	require.Empty(t, linkNames(t, s, anna))

	u, err := s.Undo(t.Context(), d.Group, 30)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Queued: 1}, u)
	require.Equal(t, crm.OpAssociate, unfinished(t, s)[0].Kind)
	check(t, s)
}

func TestSettle_PartOfAnUpdate(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	op := enqueue(t, s, edit(r, "firstname", "Anne", "city", "Bergen"))[0]
	begin(t, s, op)
	theirs := contact(1, 2000, "firstname", "Anne", "city", "Hamar")
	dispute := crm.Dispute{Field: "city", Base: "Oslo", Mine: "Bergen", Theirs: "Hamar"}
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.InDispute, At: 2000, Remote: &theirs, Settled: []string{"firstname"}, Disputes: []crm.Dispute{dispute}})
	got := unfinished(t, s)[0]
	require.Equal(t, []crm.Field{{Name: "city", Base: "Oslo", Value: "Bergen"}}, got.Fields)
	require.Equal(t, []crm.Dispute{dispute}, got.Disputes)
	rec := get(t, s, r)
	require.Equal(t, crm.BadgeConflict, rec.Badge)
	require.Equal(t, "Hamar", rec.Base["city"])
	require.Equal(t, "Bergen", rec.View()["city"])
	waiting, conflicts, parked, err := s.Badges(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 0}, []int{waiting, conflicts, parked})
	check(t, s)

	require.Equal(t, crm.Invalid, crm.KindOf(s.Resolve(t.Context(), op.ID, nil, 5)))
	require.NoError(t, s.Resolve(t.Context(), op.ID, map[string]string{"city": "mine"}, 5))
	got = unfinished(t, s)[0]
	require.Equal(t, crm.Queued, got.State)
	require.Equal(t, []crm.Field{{Name: "city", Base: "Hamar", Value: "Bergen"}}, got.Fields)
	require.Empty(t, got.Disputes)
	require.Equal(t, crm.Invalid, crm.KindOf(s.Resolve(t.Context(), op.ID, map[string]string{"city": "mine"}, 5)))

	begin(t, s, got)
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.InDispute, Disputes: []crm.Dispute{dispute}})
	require.NoError(t, s.Resolve(t.Context(), op.ID, map[string]string{"city": "theirs"}, 6))
	require.Empty(t, unfinished(t, s))
	require.Equal(t, "Hamar", get(t, s, r).View()["city"])
	o, err := s.Op(t.Context(), op.ID)
	require.NoError(t, err)
	require.Equal(t, crm.Acked, o.State)
	require.Len(t, o.Fields, 2, "the receipt shows what was settled and what was not")
	check(t, s)

	_, err = s.Undo(t.Context(), op.Group, 7)
	require.NoError(t, err)
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Anne", Value: "Anna"}}, unfinished(t, s)[0].Fields, "HubSpot's own value is left alone")
	check(t, s)
}

func TestSettle_AnAnswerOlderThanTheBaseIsNotBelieved(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "city", "Oslo"))[0]
	op := enqueue(t, s, edit(r, "city", "Bergen"))[0]
	begin(t, s, op)
	pull(t, s, contact(1, 3000, "city", "Hamar")) // somebody was faster
	answer := contact(1, 2000, "city", "Bergen")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 3001, Remote: &answer})
	require.Equal(t, "Hamar", get(t, s, r).View()["city"])
	require.Empty(t, settle(t, s, crm.Outcome{Op: op.ID, State: crm.Parked}), "a second outcome is too late")
}

func TestSettle_FollowsMergedAndGone(t *testing.T) {
	s := fresh(t)
	rs := pull(t, s, contact(1, 1000, "firstname", "Anna"), contact(2, 2000, "firstname", "Anna", "city", "Oslo"))
	acme := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	link(t, s, crm.Contacts, "1", crm.Companies, crm.Link{ToID: "7", TypeID: 279})
	op := enqueue(t, s, edit(rs[0], "firstname", "Anne"))[0]
	begin(t, s, op)
	now := contact(2, 3000, "firstname", "Anne")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 3000, Remote: &now})
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	got := get(t, s, rs[0])
	require.Equal(t, crm.RemoteID("2"), got.RemoteID)
	require.Equal(t, crm.Values{"firstname": "Anne", "city": "Oslo"}, got.Base)
	require.Equal(t, got.ID, get(t, s, rs[1]).ID)
	require.Equal(t, []string{"Anne 280 "}, linkNames(t, s, acme))

	op = enqueue(t, s, edit(got, "firstname", "Ann"))[0]
	begin(t, s, op)
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Parked, Gone: true, Reason: "It was deleted in HubSpot."})
	require.Equal(t, crm.BadgeGone, get(t, s, got).Badge)
	require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.NoError(t, s.Discard(t.Context(), op.ID, 9))
	require.Equal(t, crm.BadgeNone, get(t, s, got).Badge)
	check(t, s)
}

func TestRetryAndDiscard_KnowWhatMayBeAtHubSpot(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	op := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	begin(t, s, op)
	for _, err := range []error{s.Discard(t.Context(), op.ID, 1), s.Retry(t.Context(), op.ID, 1)} {
		require.Equal(t, crm.Conflict, crm.KindOf(err))
	}
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.RetryWait, NextAt: 99, Attempts: 3, Reason: "HubSpot is busy."})
	require.NoError(t, s.Retry(t.Context(), op.ID, 7))
	got := unfinished(t, s)[0]
	require.Equal(t, crm.Queued, got.State)
	require.Equal(t, crm.Millis(7), got.NextAt)
	require.Zero(t, got.Attempts)
	begin(t, s, op)
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.RetryWait, NextAt: 99})
	require.NoError(t, s.Discard(t.Context(), op.ID, 8))
	require.Equal(t, "Anna", get(t, s, r).View()["firstname"])
	require.Equal(t, crm.Invalid, crm.KindOf(s.Retry(t.Context(), op.ID, 9)))
	require.Equal(t, crm.Invalid, crm.KindOf(s.Discard(t.Context(), op.ID, 9)))
	require.Equal(t, crm.NotFound, crm.KindOf(s.Retry(t.Context(), "nothing", 9)))
	check(t, s)
}

func TestDiscard_OfACreateTakesWhatNeedsIt(t *testing.T) {
	s := fresh(t)
	acme := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	op := newContact("firstname", "Anna")
	op.Record = crm.NewLocalID()
	ops := enqueue(t, s, op, associate(acme.ID, op.Record))
	begin(t, s, ops[0])
	settle(t, s, crm.Outcome{Op: ops[0].ID, State: crm.Parked, Existing: "33", Reason: "There is one already."})
	require.Equal(t, crm.RemoteID("33"), unfinished(t, s)[0].Existing)
	require.Equal(t, crm.BadgeNeedsYou, mustRecord(t, s, crm.Contacts, op.Record).Badge)
	require.Equal(t, crm.BadgeSaved, get(t, s, acme).Badge)
	require.NoError(t, s.Discard(t.Context(), ops[0].ID, 9))
	require.Empty(t, unfinished(t, s))
	require.Equal(t, crm.BadgeNone, get(t, s, acme).Badge)
	_, err := s.Record(t.Context(), crm.Contacts, string(op.Record))
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	receipts, err := s.Receipts(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, receipts, 1)
	check(t, s)
}

// A create whose answer was lost has been found by a pull, and waits to be told
// so: a field that is cleared meanwhile stays cleared.
func TestEdit_ClearsAFieldOfACreateThatAPullHasFound(t *testing.T) {
	s := fresh(t)
	op := enqueue(t, s, newContact("firstname", "Anna", "jobtitle", "x"))[0]
	begin(t, s, op)
	r := pull(t, s, contact(7, 9000, "firstname", "Anna", "jobtitle", "x", crm.KeyProperty, string(op.Record)))[0]
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.RetryWait, NextAt: 5})
	require.Equal(t, op.Record, r.ID)
	enqueue(t, s, edit(get(t, s, r), "jobtitle", ""))
	require.Empty(t, get(t, s, r).View()["jobtitle"])
	require.Len(t, unfinished(t, s), 2)
	check(t, s)
}

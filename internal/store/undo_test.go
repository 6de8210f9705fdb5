package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestUndo_TakesBackOneActOfSeveral(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	a := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	b := enqueue(t, s, edit(r, "city", "Bergen", "firstname", "Ann"))[0]
	u, err := s.Undo(t.Context(), b.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Taken: 1}, u)
	require.Equal(t, crm.Values{"firstname": "Anne"}, get(t, s, r).Overlay, "the first act is still there")
	_, err = s.Undo(t.Context(), a.Group, 9)
	require.NoError(t, err)
	require.Empty(t, get(t, s, r).Overlay)
	require.Empty(t, unfinished(t, s))
	_, err = s.Undo(t.Context(), "nothing", 9)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	check(t, s)
}

func TestUndo_LeavesALaterActAlone(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	a := enqueue(t, s, edit(r, "firstname", "Anne", "city", "Bergen"))[0]
	enqueue(t, s, edit(r, "firstname", "Ann"))
	_, err := s.Undo(t.Context(), a.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Values{"firstname": "Ann"}, get(t, s, r).Overlay)
}

func TestUndo_OfWhatHubSpotHasIsAGuardedEdit(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	op := enqueue(t, s, edit(r, "firstname", "Anne", "city", "Bergen"))[0]
	begin(t, s, op)
	answer := contact(1, 2000, "firstname", "Anne", "city", "Bergen")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 2000, Remote: &answer})
	pull(t, s, contact(1, 3000, "firstname", "Annika", "city", "Bergen"))

	u, err := s.Undo(t.Context(), op.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Queued: 1}, u)
	got := unfinished(t, s)[0]
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Anne", Value: "Anna"}, {Name: "city", Base: "Bergen", Value: "Oslo"}}, got.Fields,
		"based on what was sent: the colleague's Annika becomes a conflict")
	require.NotEqual(t, op.Group, got.Group)
	_, err = s.Undo(t.Context(), got.Group, 10)
	require.NoError(t, err)
	require.Empty(t, unfinished(t, s))
	check(t, s)
}

func TestUndo_OfAPartlySettledUpdate(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	op := enqueue(t, s, edit(r, "firstname", "Anne", "city", "Bergen"))[0]
	begin(t, s, op)
	now := contact(1, 2000, "firstname", "Anne", "city", "Hamar")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.InDispute, Remote: &now, Settled: []string{"firstname"}, Disputes: []crm.Dispute{{Field: "city", Theirs: "Hamar"}}})
	u, err := s.Undo(t.Context(), op.ID, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Undone{Taken: 1, Queued: 1}, u)
	got := unfinished(t, s)
	require.Len(t, got, 1)
	require.Equal(t, []crm.Field{{Name: "firstname", Base: "Anne", Value: "Anna"}}, got[0].Fields)
	require.Equal(t, "Hamar", get(t, s, r).View()["city"])
	check(t, s)
}

func TestUndo_OfAnEditOfAnUnsentCreate(t *testing.T) {
	s := fresh(t)
	made := enqueue(t, s, newContact("firstname", "Anna", "city", "Oslo"))[0]
	r := mustRecord(t, s, crm.Contacts, made.Record)
	b := enqueue(t, s, edit(r, "city", "", "phone", "1", "firstname", "Anne"))[0]
	require.Equal(t, made.ID, b.ID)
	_, err := s.Undo(t.Context(), b.Group, 9)
	require.NoError(t, err)
	require.Equal(t, crm.Values{"firstname": "Anna", "city": "Oslo"}, mustRecord(t, s, crm.Contacts, made.Record).View())
	check(t, s)
}

func TestUndo_OfACreateThatIsThereIsRefusedWhole(t *testing.T) {
	s := fresh(t)
	acme := pull(t, s, crm.RemoteRecord{Type: crm.Companies, ID: "7", Values: crm.Values{"name": "Acme"}, Modified: 1})[0]
	op := newContact("firstname", "Anna")
	op.Record = crm.NewLocalID()
	ops := enqueue(t, s, op, associate(op.Record, acme.ID))
	begin(t, s, ops[0])
	answer := contact(9, 2000)
	settle(t, s, crm.Outcome{Op: ops[0].ID, State: crm.Acked, At: 2000, Remote: &answer})
	_, err := s.Undo(t.Context(), ops[0].Group, 9)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Len(t, unfinished(t, s), 1, "the association still waits")
}

func TestAdoptExisting_MakesTheCreateAnEdit(t *testing.T) {
	for _, pulled := range []bool{true, false} {
		s := fresh(t)
		op := enqueue(t, s, newContact("email", "a@b.example", "firstname", "Anna", "city", "Oslo"))[0]
		has := contact(33, 1000, "email", "a@b.example", "firstname", "A.", "phone", "1")
		if pulled {
			pull(t, s, has)
		}
		require.Equal(t, crm.Invalid, crm.KindOf(s.AdoptExisting(t.Context(), op.ID, has, 5)))
		begin(t, s, op)
		settle(t, s, crm.Outcome{Op: op.ID, State: crm.Parked, Existing: "33"})
		require.NoError(t, s.AdoptExisting(t.Context(), op.ID, has, 5))
		got := unfinished(t, s)[0]
		require.Equal(t, crm.OpUpdate, got.Kind)
		require.Equal(t, crm.RemoteID("33"), got.RemoteID)
		require.Empty(t, got.Existing)
		require.Equal(t, []crm.Field{{Name: "firstname", Base: "A.", Value: "Anna"}, {Name: "city", Value: "Oslo"}}, got.Fields)
		r := mustRecord(t, s, crm.Contacts, op.Record)
		require.Equal(t, "1", r.View()["phone"])
		require.Equal(t, "Anna", r.View()["firstname"])
		require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
		u, err := s.Undo(t.Context(), op.Group, 6)
		require.NoError(t, err)
		require.Equal(t, crm.Undone{Taken: 1}, u)
		require.Equal(t, "A.", mustRecord(t, s, crm.Contacts, op.Record).View()["firstname"])
		check(t, s)
	}
}

// An edit that was taken back by hand can be undone as long as its record is
// here; afterwards the answer says so.
func TestUndo_EditOfARecordThatIsGone(t *testing.T) {
	s := fresh(t)
	made := enqueue(t, s, newContact("lastname", "b"))
	begin(t, s, made[0])
	settle(t, s, crm.Outcome{Op: made[0].ID, State: crm.RetryWait, NextAt: 5})
	r := mustRecord(t, s, crm.Contacts, made[0].Record)
	there := enqueue(t, s, edit(r, "email", "c"))
	enqueue(t, s, edit(mustRecord(t, s, crm.Contacts, r.ID), "email", ""))
	require.NoError(t, s.Discard(t.Context(), made[0].ID, 1))
	_, err := s.Undo(t.Context(), there[0].Group, 1)
	require.Equal(t, crm.NotFound, crm.KindOf(err), "%v", err)
	check(t, s)
}

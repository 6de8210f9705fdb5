package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

func note(on crm.Op, text string) crm.Op {
	return crm.Op{Kind: crm.OpCreate, Type: crm.Notes, To: crm.Contacts, ToRecord: on.Record, Fields: []crm.Field{
		{Name: crm.TimestampProperty, Value: "2026-11-26T09:00:00.001Z"}, {Name: "hs_note_body", Value: text},
	}}
}

func timeline(t *testing.T, s *store.Store, id crm.LocalID) []string {
	t.Helper()
	rs, err := s.Timeline(t.Context(), crm.Contacts, id, 10)
	require.NoError(t, err)
	var out []string
	for _, r := range rs {
		out = append(out, r.View()["hs_note_body"])
	}
	return out
}

// A note goes where its record goes: with one that was archived before it was
// sent, and back with it; away with one that is discarded.
func TestTimeline_FollowsARecordThatWasNeverSent(t *testing.T) {
	s := fresh(t)
	contact := enqueue(t, s, newContact("email", "a@b.example"))[0]
	enqueue(t, s, note(contact, "first"), note(contact, "second"))
	require.ElementsMatch(t, []string{"first", "second"}, timeline(t, s, contact.Record))
	check(t, s)

	archive := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: contact.Record})[0]
	require.Empty(t, unfinished(t, s))
	check(t, s)
	_, err := s.Undo(t.Context(), archive.Group, 1)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"first", "second"}, timeline(t, s, contact.Record))
	require.Len(t, unfinished(t, s), 3)
	check(t, s)

	require.NoError(t, s.Discard(t.Context(), contact.ID, 1))
	require.Empty(t, unfinished(t, s))
	n, err := s.Count(t.Context(), crm.Notes)
	require.NoError(t, err)
	require.Zero(t, n)
	check(t, s)
}

// Undoing a note takes the note alone; once it is in HubSpot that is told.
func TestTimeline_UndoOfANote(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "email", "a@b.example"))[0]
	on := crm.Op{Record: r.ID}
	first := enqueue(t, s, note(on, "first"))[0]
	second := enqueue(t, s, note(on, "second"))[0]
	_, err := s.Undo(t.Context(), first.Group, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"second"}, timeline(t, s, r.ID))
	begin(t, s, second)
	settle(t, s, crm.Outcome{Op: second.ID, State: crm.Acked, Remote: &crm.RemoteRecord{Type: crm.Notes, ID: "77", Modified: 5}})
	require.Equal(t, []string{"second"}, timeline(t, s, r.ID), "it is an association now")
	_, err = s.Undo(t.Context(), second.Group, 1)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	check(t, s)

	archive := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: second.Record})[0]
	require.Empty(t, timeline(t, s, r.ID))
	_, err = s.Undo(t.Context(), archive.Group, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"second"}, timeline(t, s, r.ID))
	check(t, s)
}

// What became of two contacts in HubSpot does not lose what was logged on one.
func TestTimeline_FollowsAMerge(t *testing.T) {
	s := fresh(t)
	rs := pull(t, s, contact(1, 1000, "firstname", "Anna"), contact(2, 1000, "firstname", "Ana"))
	enqueue(t, s, note(crm.Op{Record: rs[1].ID}, "waits"))
	apply(t, s, contacts(contact(3, 6000, "firstname", "Anna", "hs_merged_object_ids", "1;2")))
	ops := unfinished(t, s)
	require.Len(t, ops, 1)
	require.Equal(t, crm.RemoteID("3"), ops[0].ToRemote)
	require.Equal(t, []string{"waits"}, timeline(t, s, rs[0].ID))
	check(t, s)
}

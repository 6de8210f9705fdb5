package store_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

func apply(t *testing.T, s *store.Store, p crm.Pulled) crm.Applied {
	t.Helper()
	a, err := s.Apply(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.Check(t.Context()))
	return a
}

func contacts(rs ...crm.RemoteRecord) crm.Pulled { return crm.Pulled{Type: crm.Contacts, Records: rs} }

func TestApply_EqualRowsChangeNothing(t *testing.T) {
	s := fresh(t)
	row := contact(1, 2000, "firstname", "Anna <&> \u2028 \"é\"", "lastmodifieddate", "2024-01-01T00:00:00Z")
	a := apply(t, s, contacts(row))
	require.Equal(t, 1, a.Added)
	require.Len(t, a.Changed, 1)
	require.Zero(t, apply(t, s, contacts(row, row)))

	touched := contact(1, 3000, "firstname", "Anna <&> \u2028 \"é\"", "lastmodifieddate", "2024-02-01T00:00:00Z")
	require.Empty(t, apply(t, s, contacts(touched)).Changed, "a mass touch is no news")
	r, err := s.Record(t.Context(), crm.Contacts, "1")
	require.NoError(t, err)
	require.Equal(t, crm.Millis(3000), r.Modified)
	require.Equal(t, "2024-02-01T00:00:00Z", r.Base["lastmodifieddate"])
}

func TestApply_OlderRowsAreIgnoredWithTheirLinks(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 3000, "firstname", "New"))[0]
	pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))
	p := contacts(contact(1, 2000, "firstname", "Old"))
	p.LinksOf, p.LinksTo = []crm.RemoteID{"1"}, crm.Companies
	p.Links = []crm.Link{{From: crm.Contacts, FromID: "1", To: crm.Companies, ToID: "7", TypeID: 279}}
	require.Empty(t, apply(t, s, p).Changed)
	require.Equal(t, "New", get(t, s, r).Base["firstname"])
	links, known, err := s.Links(t.Context(), crm.Contacts, r.ID, nil)
	require.NoError(t, err)
	require.Empty(t, links)
	require.False(t, known[crm.Companies])
}

func TestApply_AskedAndUnansweredPropertiesAreUnset(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo", "phone", "1"))[0]
	p := contacts(contact(1, 2000, "firstname", "Anne", "phone", ""))
	p.Props = []string{"firstname", "phone"}
	apply(t, s, p)
	require.Equal(t, crm.Values{"firstname": "Anne", "city": "Oslo"}, get(t, s, r).Base)
	p = contacts(contact(1, 2000, "firstname", "Anne"))
	p.Props = []string{"city", "firstname"}
	apply(t, s, p)
	require.Equal(t, crm.Values{"firstname": "Anne"}, get(t, s, r).Base)
}

func TestApply_NeverTouchesTheOverlay(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "lastname", "Berg"))[0]
	enqueue(t, s, edit(r, "firstname", "Mine"))
	a := apply(t, s, contacts(contact(1, 2000, "firstname", "Theirs", "lastname", "Bergman")))
	require.Equal(t, []crm.LocalID{r.ID}, a.Changed)
	got := get(t, s, r)
	require.Equal(t, "Theirs", got.Base["firstname"])
	require.Equal(t, "Mine", got.View()["firstname"])
	require.Equal(t, "Bergman", got.View()["lastname"])
	require.Empty(t, apply(t, s, contacts(contact(1, 3000, "firstname", "Again", "lastname", "Bergman"))).Changed, "hidden by the edit")
}

func TestApply_AKeyOfOursIsOurRecord(t *testing.T) {
	s := fresh(t)
	op := enqueue(t, s, crm.Op{Kind: crm.OpCreate, Type: crm.Contacts, Fields: []crm.Field{{Name: "firstname", Value: "Anna"}}})[0]
	begin(t, s, op)
	apply(t, s, contacts(contact(9, 2000, "firstname", "Anna", "email", "a@b.example", crm.KeyProperty, string(op.Record))))
	r, err := s.Record(t.Context(), crm.Contacts, "9")
	require.NoError(t, err)
	require.Equal(t, op.Record, r.ID)
	require.Equal(t, "a@b.example", r.View()["email"])
	require.Equal(t, crm.RemoteID("9"), unfinished(t, s)[0].RemoteID)

	answer := contact(9, 2000, "firstname", "Anna")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 2000, Remote: &answer})
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.NoError(t, s.Check(t.Context()))
}

func TestApply_ARowThatCameBeforeItsKeyIsMerged(t *testing.T) {
	s := fresh(t)
	op := enqueue(t, s, crm.Op{Kind: crm.OpCreate, Type: crm.Contacts, Fields: []crm.Field{{Name: "firstname", Value: "Anna"}}})[0]
	begin(t, s, op)
	pulled := pull(t, s, contact(9, 2000, "firstname", "Anna"))[0]
	apply(t, s, contacts(contact(9, 2000, "firstname", "Anna", crm.KeyProperty, string(op.Record))))
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.Equal(t, op.Record, get(t, s, pulled).ID, "the old id still leads there")
}

func TestApply_ArchivedLeavesAndComesBack(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	require.Len(t, apply(t, s, crm.Pulled{Type: crm.Contacts, Gone: []crm.RemoteID{"1", "404"}}).Changed, 1)
	require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna"}).Total)
	require.True(t, get(t, s, r).Archived)
	require.Equal(t, crm.BadgeNone, get(t, s, r).Badge)

	require.Len(t, apply(t, s, contacts(contact(1, 1000, "firstname", "Anna"))).Changed, 1)
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna"}).Total)

	gone := contact(1, 1000, "firstname", "Anna")
	gone.Archived = true
	enqueue(t, s, edit(r, "firstname", "Edited"))
	apply(t, s, contacts(gone))
	require.Equal(t, crm.BadgeGone, get(t, s, r).Badge, "an edit waits on it")
	never := contact(2, 1000)
	never.Archived = true
	require.Zero(t, apply(t, s, contacts(never)))
}

func TestGoneIDs_AreThoseThatArePulledAsArchived(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000), contact(22, 1000), contact(3, 1000))
	enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: r[2].ID}) // it waits: HubSpot has the record
	apply(t, s, crm.Pulled{Type: crm.Contacts, Gone: []crm.RemoteID{"22", "99"}})
	got, err := s.GoneIDs(t.Context(), crm.Contacts, []crm.RemoteID{"1", "22", "3", "99"})
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"22"}, got)
	got, err = s.GoneIDs(t.Context(), crm.Companies, []crm.RemoteID{"22"})
	require.NoError(t, err)
	require.Empty(t, got, "of another type")
	got, err = s.GoneIDs(t.Context(), crm.Contacts, []crm.RemoteID{"1"})
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestApply_OurOwnArchiveIsNotUndoneByALaggingIndex(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration // the row comes so long after our archive
		stamp time.Duration // and was changed so long after it
		back  bool
	}{
		"as it was":                           {after: time.Second, stamp: -time.Hour},
		"edited just before, by a fast clock": {after: 30 * time.Second, stamp: 5 * time.Second},
		"edited just before, seen late":       {after: 2 * time.Minute, stamp: -time.Second},
		"touched since":                       {after: 2 * time.Minute, stamp: time.Second, back: true},
		"restored without a touch":            {after: 6 * time.Minute, stamp: -time.Hour, back: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			synctest.Test(t, func(t *testing.T) {
				s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
				require.NoError(t, err)
				r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
				op := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: r.ID})[0]
				require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
				begin(t, s, op)
				settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked})
				at := time.Now()
				time.Sleep(c.after)
				apply(t, s, contacts(contact(1, crm.At(at.Add(c.stamp)), "firstname", "Anna")))
				require.NotEqual(t, c.back, get(t, s, r).Archived)
				require.NoError(t, s.Close())
			})
		})
	}
}

// The computer's clock was set forward by two hours while the archive was on its
// way: it happened just now all the same.
func TestApply_OurOwnArchiveIsNotUndoneByAClockThatWasBehind(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	op := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Record: r.ID})[0]
	begin(t, s, op)
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: op.Made - 2*60*60*1000})
	require.Empty(t, apply(t, s, contacts(contact(1, 1000, "firstname", "Anna"))).Changed)
	require.True(t, get(t, s, r).Archived)
}

func TestApply_MergedRecordsBecomeOne(t *testing.T) {
	s := fresh(t)
	rs := pull(t, s, contact(1, 1000, "firstname", "Anna"), contact(2, 5000, "firstname", "Ana"))
	pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))
	link(t, s, crm.Contacts, "1", crm.Companies, crm.Link{ToID: "7", TypeID: 279})
	op := enqueue(t, s, edit(rs[0], "lastname", "Berg"))[0]
	apply(t, s, contacts(contact(3, 6000, "firstname", "Anna", "hs_merged_object_ids", "1;2")))
	require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	got := get(t, s, rs[0])
	require.Equal(t, crm.RemoteID("3"), got.RemoteID)
	require.Equal(t, rs[0].ID, got.ID)
	require.Equal(t, rs[0].ID, get(t, s, rs[1]).ID, "both ids lead to the one record")
	require.Equal(t, "Berg", got.View()["lastname"])
	ops := unfinished(t, s)
	require.Equal(t, op.ID, ops[0].ID)
	require.Equal(t, crm.RemoteID("3"), ops[0].RemoteID)
	links, _, err := s.Links(t.Context(), crm.Contacts, got.ID, nil)
	require.NoError(t, err)
	require.Len(t, links, 1)
	_, err = s.Record(t.Context(), crm.Contacts, "1")
	require.Equal(t, crm.NotFound, crm.KindOf(err))
}

func TestApply_CursorsMoveWithTheirRows(t *testing.T) {
	s := fresh(t)
	p := contacts(contact(1, 1000))
	p.Cursors = []crm.Cursor{{Name: "backfill:a", Value: "1"}, {Name: "backfill:b", Value: "2"}, {Name: "delta", Value: "3"}}
	apply(t, s, p)
	apply(t, s, crm.Pulled{Cursors: []crm.Cursor{{Name: "delta", Value: "4"}}, Drop: []string{"backfill:a"}})
	cs, err := s.Cursors(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []crm.Cursor{{Name: "backfill:b", Value: "2"}, {Name: "delta", Value: "4"}}, cs)
	_, err = s.Apply(t.Context(), crm.Pulled{Type: "widgets", Records: []crm.RemoteRecord{{ID: "1"}}, Cursors: []crm.Cursor{{Name: "delta", Value: "5"}}})
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	c, ok, err := s.Cursor(t.Context(), "delta")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "4", c.Value)
	require.NoError(t, s.SetCursor(t.Context(), crm.Cursor{Name: "backfill:c"}))
	require.NoError(t, s.DropCursors(t.Context(), "backfill:"))
	cs, err = s.Cursors(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, cs, 1)
	_, ok, err = s.Cursor(t.Context(), "backfill:c")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestRemoteIDs_AreInNumericOrder(t *testing.T) {
	s := fresh(t)
	var rs []crm.RemoteRecord
	for _, id := range []int{100, 9, 10, 1, 99, 1000} {
		rs = append(rs, contact(id, 1000))
	}
	pull(t, s, rs...)
	apply(t, s, crm.Pulled{Type: crm.Contacts, Gone: []crm.RemoteID{"10"}})
	ids, err := s.RemoteIDs(t.Context(), crm.Contacts, "", 3)
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"1", "9", "99"}, ids)
	ids, err = s.RemoteIDs(t.Context(), crm.Contacts, "99", 3)
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"100", "1000"}, ids)
	n, err := s.Count(t.Context(), crm.Contacts)
	require.NoError(t, err)
	require.Equal(t, 5, n)
}

// link pulls one contact's or company's associations to a type.
func link(t *testing.T, s *store.Store, from crm.ObjectType, id crm.RemoteID, to crm.ObjectType, links ...crm.Link) crm.Applied {
	t.Helper()
	for i := range links {
		links[i].From, links[i].FromID, links[i].To = from, id, to
	}
	return apply(t, s, crm.Pulled{Type: from, LinksOf: []crm.RemoteID{id}, LinksTo: to, Links: links})
}

func linkNames(t *testing.T, s *store.Store, r crm.Record) []string {
	t.Helper()
	links, _, err := s.Links(t.Context(), r.Type, r.ID, nil)
	require.NoError(t, err)
	out := []string{}
	for _, l := range links {
		name := l.Title
		if name == "" {
			name = "#" + string(l.RemoteID)
		}
		out = append(out, fmt.Sprintf("%s %d %s%s", name, l.TypeID, l.Label, map[bool]string{true: " removed"}[l.Removed]))
	}
	return out
}

func TestLinks_BothDirectionsAgree(t *testing.T) {
	s := fresh(t)
	anna := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	cs := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"), remote(crm.Companies, 8, 1000, "name", "Globex"))
	a := link(t, s, crm.Contacts, "1", crm.Companies, crm.Link{ToID: "7", TypeID: 279}, crm.Link{ToID: "8", TypeID: 279},
		crm.Link{ToID: "8", TypeID: 1, Label: "Primary"}, crm.Link{ToID: "7", TypeID: 36, Label: "Board"}, crm.Link{ToID: "404", TypeID: 279})
	require.ElementsMatch(t, []crm.LocalID{anna.ID, cs[0].ID, cs[1].ID}, a.Changed)
	require.Equal(t, []string{"Globex 1 Primary", "#404 279 ", "Acme 36 Board"}, linkNames(t, s, anna))
	require.Equal(t, []string{"Anna 280 "}, linkNames(t, s, cs[0]))
	require.Equal(t, []string{"Anna 2 Primary"}, linkNames(t, s, cs[1]))

	require.Zero(t, link(t, s, crm.Companies, "8", crm.Contacts, crm.Link{ToID: "1", TypeID: 280}, crm.Link{ToID: "1", TypeID: 2, Label: "Primary"}), "the same from the other end")
	link(t, s, crm.Companies, "7", crm.Contacts)
	require.Equal(t, []string{"Globex 1 Primary", "#404 279 "}, linkNames(t, s, anna))

	_, known, err := s.Links(t.Context(), crm.Contacts, anna.ID, nil)
	require.NoError(t, err)
	require.Equal(t, map[crm.ObjectType]bool{crm.Companies: true, crm.Deals: false, crm.Tickets: false}, known)

	top, err := s.PrimaryCompanies(t.Context(), crm.Contacts, []crm.LocalID{anna.ID, "nobody"})
	require.NoError(t, err)
	require.Len(t, top, 1)
	require.Equal(t, "Globex", top[anna.ID].Title)
}

func TestDefinitions_SayWhetherTheyChanged(t *testing.T) {
	s := fresh(t)
	props := []crm.Property{{Name: "b", Type: crm.TypeNumber, Options: []crm.Option{{Value: "x"}}}, {Name: "a"}}
	for _, want := range []bool{true, false} {
		changed, err := s.SaveProperties(t.Context(), crm.Deals, props)
		require.NoError(t, err)
		require.Equal(t, want, changed)
		changed, err = s.SavePipelines(t.Context(), crm.Deals, []crm.Pipeline{{ID: "p", Stages: []crm.Stage{{ID: "s", Probability: 0.5}}}})
		require.NoError(t, err)
		require.Equal(t, want, changed)
		changed, err = s.SaveOwners(t.Context(), []crm.Owner{{ID: "1", Email: "a@b.example"}})
		require.NoError(t, err)
		require.Equal(t, want, changed)
	}
	got, err := s.Properties(t.Context(), crm.Deals)
	require.NoError(t, err)
	require.Equal(t, props, got)
	got, err = s.Properties(t.Context(), crm.Contacts)
	require.NoError(t, err)
	require.Empty(t, got)
	ps, err := s.Pipelines(t.Context(), crm.Deals)
	require.NoError(t, err)
	require.InDelta(t, 0.5, ps[0].Stages[0].Probability, 0)
	os, err := s.Owners(t.Context())
	require.NoError(t, err)
	require.Equal(t, crm.OwnerID("1"), os[0].ID)
}

// A company's associations name a deal that was merged before its record came: they
// are of the deal that took its place, and nothing leads to the old id.
func TestApply_AMergedIDThatWasNeverHereLeavesNoAssociation(t *testing.T) {
	s := fresh(t)
	deal := func(id crm.RemoteID, merged string) crm.Pulled {
		return crm.Pulled{Type: crm.Deals, Records: []crm.RemoteRecord{{
			Type: crm.Deals, ID: id, Modified: 2000, Values: crm.Values{"dealname": "Deal", "hs_merged_object_ids": merged},
		}}, Props: []string{"dealname", "hs_merged_object_ids"}}
	}
	apply(t, s, crm.Pulled{Type: crm.Companies, Records: []crm.RemoteRecord{{Type: crm.Companies, ID: "1", Modified: 1000, Values: crm.Values{"name": "Acme"}}}, Props: []string{"name"}})
	apply(t, s, crm.Pulled{Type: crm.Companies, LinksOf: []crm.RemoteID{"1"}, LinksTo: crm.Deals, Links: []crm.Link{
		{From: crm.Companies, FromID: "1", To: crm.Deals, ToID: "7", TypeID: 342},
	}})
	apply(t, s, deal("9", "7;8"))
	links, _, err := s.HeldLinks(t.Context(), crm.Companies, crm.Deals, []crm.RemoteID{"1"})
	require.NoError(t, err)
	require.Len(t, links, 1)
	require.Equal(t, crm.RemoteID("9"), links[0].ToID)
}

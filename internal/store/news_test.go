package store_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

const rep, colleague = "502", "503"

// inUse gives a store that was fresh at a time, with definitions: Secret is
// hidden, Score is HubSpot's own.
func inUse(t *testing.T, s *store.Store, at crm.Millis) *store.Store {
	t.Helper()
	props := []crm.Property{
		{Name: "dealname", Type: crm.TypeString},
		{Name: "firstname", Type: crm.TypeString},
		{Name: "lastname", Type: crm.TypeString},
		{Name: "email", Type: crm.TypeString},
		{Name: "amount", Type: crm.TypeNumber},
		{Name: "dealstage", Type: crm.TypeEnumeration},
		{Name: "description", Type: crm.TypeString, Field: "textarea"},
		{Name: "closedate", Type: crm.TypeDateTime},
		{Name: "score", Type: crm.TypeNumber, ReadOnly: true},
		{Name: "secret", Hidden: true},
		{Name: "hubspot_owner_id", Type: crm.TypeEnumeration, Refers: "OWNER"},
		{Name: "hs_lastmodifieddate", Type: crm.TypeDateTime},
	}
	for _, typ := range []crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals} {
		_, err := s.SaveProperties(t.Context(), typ, props)
		require.NoError(t, err)
	}
	require.Empty(t, come(t, s)) // says who the rep is
	_, _, err := s.Online(t.Context(), at, 15*time.Minute)
	require.NoError(t, err)
	return s
}

// come applies records of the same type for the rep, and returns them.
func come(t *testing.T, s *store.Store, rs ...crm.RemoteRecord) []crm.Record {
	t.Helper()
	p := crm.Pulled{Owner: rep, Records: rs}
	if len(rs) > 0 {
		p.Type = rs[0].Type
	}
	apply(t, s, p)
	out := make([]crm.Record, len(rs))
	for i, r := range rs {
		var err error
		out[i], err = s.Record(t.Context(), r.Type, string(r.ID))
		require.NoError(t, err)
	}
	return out
}

func deal(id int, at crm.Millis, owner string, values ...string) crm.RemoteRecord {
	return remote(crm.Deals, id, at, append([]string{"hubspot_owner_id", owner, "dealname", fmt.Sprint("Deal ", id)}, values...)...)
}

// newsOf is the news in words.
func newsOf(t *testing.T, s *store.Store) []string {
	t.Helper()
	page, err := s.News(t.Context(), 100)
	require.NoError(t, err)
	out := []string{}
	for _, n := range page.News {
		line := fmt.Sprintf("%s %s %q>%q", n.Kind, n.Name, n.Before, n.After)
		if n.Kind == crm.NewsActivity || n.Kind == crm.NewsLink {
			line = fmt.Sprintf("%s %s %q>%q", n.Kind, n.About.Title, n.Before, n.After)
		}
		out = append(out, line)
	}
	require.Len(t, out, page.Total)
	return out
}

func lately() crm.Millis { return crm.At(time.Now()) }

func TestNews_TellsWhatPeopleChangedOnMyRecords(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep, "amount", "10", "score", "1", "secret", "a"), deal(2, 1000, colleague, "amount", "10"), deal(3, 1000, colleague), deal(4, 1000, rep))
	require.Empty(t, newsOf(t, s), "what comes for the first time, made long ago, is no news")
	come(t, s, deal(1, 2000, rep, "amount", "10.0", "score", "2", "secret", "b", "hs_lastmodifieddate", "2026-01-01T00:00:00Z"))
	require.Empty(t, newsOf(t, s), "neither is another way to write it, nor what HubSpot sets itself")
	come(t, s,
		deal(1, 3000, rep, "amount", "20"),
		deal(2, 3000, colleague, "amount", "20"), // not mine
		deal(3, 4000, rep),                       // mine now
		deal(4, 5000, colleague),                 // taken from me
	)
	require.Equal(t, []string{`property hubspot_owner_id "502">"503"`, `property hubspot_owner_id "503">"502"`, `property amount "10.0">"20"`}, newsOf(t, s))
	page, err := s.News(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []int{3, 3, 1}, []int{page.Total, page.Records, len(page.News)})
	require.True(t, page.News[0].Taken)
	require.Equal(t, crm.Millis(5000), page.News[0].At)
}

// A value that comes because its property is asked for now is none; one that
// changes is.
func TestNews_WhatWasNotAskedForBeforeIsNone(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep, "amount", "10"))
	gained := func(at crm.Millis, values ...string) {
		apply(t, s, crm.Pulled{Type: crm.Deals, Owner: rep, Gained: []string{"description", "amount"}, Records: []crm.RemoteRecord{deal(1, at, rep, values...)}})
	}
	gained(1000, "amount", "10", "description", "as it has long been")
	require.Empty(t, newsOf(t, s))
	gained(2000, "amount", "20", "description", "as it has long been")
	require.Equal(t, []string{`property amount "10">"20"`}, newsOf(t, s))
}

// Several changes are one, and none when it is back where it was.
func TestNews_FoldsWhatGoesOnChanging(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep, "amount", "10"))
	come(t, s, deal(1, 2000, rep, "amount", "20"))
	page, err := s.News(t.Context(), 9)
	require.NoError(t, err)
	come(t, s, deal(1, 3000, rep, "amount", "30"))
	require.Equal(t, []string{`property amount "10">"30"`}, newsOf(t, s))
	_, n, err := s.SeenNews(t.Context(), page.Mark, "")
	require.NoError(t, err)
	require.Zero(t, n, "the rep has not seen the last change")
	come(t, s, deal(1, 4000, rep, "amount", "10.00"))
	require.Empty(t, newsOf(t, s))
	long := strings.Repeat("å", 4000)
	come(t, s, deal(1, 5000, rep, "amount", "10.00", "description", long+"a"))
	come(t, s, deal(1, 6000, rep, "amount", "10.00", "description", long+"b"))
	page, err = s.News(t.Context(), 9)
	require.NoError(t, err)
	require.Less(t, len(page.News[0].After), 520, "a long text is cut")
}

func TestNews_OwnWritesAreNone(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	r := come(t, s, deal(1, 1000, rep, "amount", "10", "dealstage", "a"))[0]
	op := enqueue(t, s, edit(r, "amount", "20"))[0]
	begin(t, s, op)
	come(t, s, deal(1, 2000, rep, "amount", "20", "dealstage", "b"))
	require.Equal(t, []string{`property dealstage "a">"b"`}, newsOf(t, s), "the echo came before the answer")
	answer := deal(1, 3000, rep, "amount", "20", "dealstage", "c")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 3000, Remote: &answer})
	require.Equal(t, []string{`property dealstage "a">"c"`}, newsOf(t, s), "what came with the answer is a colleague's")
	gone := enqueue(t, s, crm.Op{Kind: crm.OpArchive, Type: crm.Deals, Record: r.ID})[0]
	require.NotEmpty(t, gone.ID)
	apply(t, s, crm.Pulled{Type: crm.Deals, Gone: []crm.RemoteID{"1"}, Owner: rep})
	require.Len(t, newsOf(t, s), 1)
	made := enqueue(t, s, crm.Op{Kind: crm.OpCreate, Type: crm.Deals, Fields: []crm.Field{{Name: "dealname", Value: "Mine"}, {Name: "hubspot_owner_id", Value: rep}}})[0]
	begin(t, s, made)
	own := remote(crm.Deals, 9, lately(), "dealname", "Mine", "dealstage", "first", "hubspot_owner_id", rep)
	own.Created = lately()
	come(t, s, own)
	require.Len(t, newsOf(t, s), 2, "a record that nobody can tell from a colleague's")
	settle(t, s, crm.Outcome{Op: made.ID, State: crm.Acked, At: 3000, Remote: &own})
	require.Len(t, newsOf(t, s), 1, "until the answer says that it is ours")
}

func TestNews_ComingGoingAndMerging(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep), deal(2, 1000, rep))
	made := deal(5, lately(), rep, "amount", "1")
	made.Created = lately()
	come(t, s, made)
	made.Values, made.Modified = crm.Values{"hubspot_owner_id": rep, "dealname": "Deal 5", "amount": "2"}, lately()+1
	come(t, s, made)
	require.Equal(t, []string{`new  "">"yes"`}, newsOf(t, s), "a record that is news has no other")
	apply(t, s, crm.Pulled{Type: crm.Deals, Gone: []crm.RemoteID{"1"}, Owner: rep})
	require.Contains(t, newsOf(t, s), `archived  "">"yes"`)
	come(t, s, deal(1, 3000, rep))
	require.Len(t, newsOf(t, s), 1, "it came back")
	come(t, s, deal(1, 4000, rep, "hs_merged_object_ids", "2"))
	require.Contains(t, newsOf(t, s), `merged 2 "Deal 2">"yes"`)
}

func TestNews_Associations(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	d := come(t, s, deal(1, 1000, rep))[0]
	come(t, s, contact(7, 1000, "firstname", "Anna", "lastname", "Berg"), contact(8, 1000, "firstname", "Bo"))
	anna := crm.Link{From: crm.Deals, FromID: "1", To: crm.Contacts, ToID: "7", TypeID: 3}
	bo := crm.Link{From: crm.Deals, FromID: "1", To: crm.Contacts, ToID: "8", TypeID: 3}
	links := func(ls ...crm.Link) {
		apply(t, s, crm.Pulled{Type: crm.Deals, LinksOf: []crm.RemoteID{"1"}, LinksTo: crm.Contacts, Links: ls, Owner: rep})
	}
	links(anna)
	require.Empty(t, newsOf(t, s), "they are read for the first time")
	links(bo)
	require.ElementsMatch(t, []string{`link Bo "">"yes"`, `link Anna Berg "yes">""`}, newsOf(t, s))
	links(bo, anna)
	require.Equal(t, []string{`link Bo "">"yes"`}, newsOf(t, s))
	// Seen from the other end it is the same association.
	apply(t, s, crm.Pulled{Type: crm.Contacts, LinksOf: []crm.RemoteID{"8"}, LinksTo: crm.Deals, Owner: rep})
	require.Empty(t, newsOf(t, s))
	a, err := s.Record(t.Context(), crm.Contacts, "8")
	require.NoError(t, err)
	enqueue(t, s, crm.Op{Kind: crm.OpAssociate, Type: crm.Contacts, Record: a.ID, To: crm.Deals, ToRecord: d.ID})
	links(bo, anna)
	require.Empty(t, newsOf(t, s), "the rep's own, come back before its answer")
}

func TestNews_ActivitiesOnMyRecords(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	d := come(t, s, deal(1, 1000, rep), deal(2, 1000, colleague))[0]
	note := func(id int, created crm.Millis, body string) crm.RemoteRecord {
		n := remote(crm.Notes, id, created, "hs_note_body", body, "hubspot_owner_id", colleague)
		n.Created = created
		return n
	}
	on := func(id, to string) {
		apply(t, s, crm.Pulled{
			Type: crm.Notes, LinksOf: []crm.RemoteID{crm.RemoteID(id)}, LinksTo: crm.Deals, Owner: rep,
			Links: []crm.Link{{From: crm.Notes, FromID: crm.RemoteID(id), To: crm.Deals, ToID: crm.RemoteID(to), TypeID: 214}},
		})
	}
	come(t, s, note(11, lately(), "Called them"), note(12, lately(), "Not on mine"), note(13, 1000, "Old, pulled late"))
	on("11", "1")
	on("12", "2")
	on("13", "1")
	require.Equal(t, []string{`activity Called them "">"yes"`}, newsOf(t, s))
	qs, err := s.NewsQuestions(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, qs, 1)
	require.Equal(t, crm.NewsQuestion{ID: qs[0].ID, Type: crm.Notes, Record: "11", Prop: "hs_timestamp", First: true}, qs[0])
	// One of the rep's own, by an operation of ours.
	op := enqueue(t, s, crm.Op{Kind: crm.OpCreate, Type: crm.Notes, ToRecord: d.ID, To: crm.Deals, Fields: []crm.Field{{Name: "hs_note_body", Value: "Mine"}}})[0]
	begin(t, s, op)
	own := note(14, lately(), "Mine")
	come(t, s, own)
	on("14", "1")
	settle(t, s, crm.Outcome{Op: op.ID, State: crm.Acked, At: 3000, Remote: &own})
	on("14", "1")
	require.Equal(t, []string{`activity Called them "">"yes"`}, newsOf(t, s))
	require.NoError(t, s.Forget(t.Context(), crm.Notes, "11"))
	require.Empty(t, newsOf(t, s), "a forgotten note is told no more")
}

func TestNews_SeenAndTakenBack(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	rs := come(t, s, deal(1, 1000, rep, "amount", "1"), deal(2, 1000, rep, "amount", "1"))
	come(t, s, deal(1, 2000, rep, "amount", "2"), deal(2, 2000, rep, "amount", "2"))
	page, err := s.News(t.Context(), 9)
	require.NoError(t, err)
	_, n, err := s.SeenNews(t.Context(), page.Mark, rs[1].ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Len(t, newsOf(t, s), 1)
	act, n, err := s.SeenNews(t.Context(), page.Mark, "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	come(t, s, deal(1, 3000, rep, "amount", "3"))
	require.Equal(t, []string{`property amount "2">"3"`}, newsOf(t, s), "from what was seen")
	_, err = s.UnseenNews(t.Context(), act)
	require.NoError(t, err)
	require.Equal(t, []string{`property amount "1">"3"`}, newsOf(t, s))
	_, err = s.UnseenNews(t.Context(), act)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
}

func TestNews_SinceWhenTheRepWasAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		online := func() crm.Millis {
			back, _, err := s.Online(t.Context(), lately(), 15*time.Minute)
			require.NoError(t, err)
			return back
		}
		friday := lately()
		inUse(t, s, friday)
		come(t, s, deal(1, 1000, rep, "amount", "1"), deal(2, 1000, rep, "amount", "1"))
		time.Sleep(64 * time.Hour)
		monday := lately()
		come(t, s, deal(1, 2000, rep, "amount", "2"))
		require.Equal(t, monday, online())
		time.Sleep(90 * time.Second) // the second delta of the return
		come(t, s, deal(2, 2000, rep, "amount", "2"))
		online()
		page, err := s.News(t.Context(), 9)
		require.NoError(t, err)
		require.Equal(t, []crm.Millis{friday, monday}, []crm.Millis{page.Since, page.Back})
		require.Equal(t, 2, page.Away)
		for range 20 {
			time.Sleep(time.Minute)
			online()
		}
		come(t, s, deal(1, 3000, rep, "amount", "3"), deal(2, 3000, rep, "amount", "2", "dealstage", "won"))
		online()
		page, err = s.News(t.Context(), 9)
		require.NoError(t, err)
		require.Equal(t, 2, page.Away, "what came while the rep worked is unseen too, but nobody was away")
		require.Equal(t, 3, page.Total)
		_, _, err = s.SeenNews(t.Context(), page.Mark, "")
		require.NoError(t, err)
		time.Sleep(31 * 24 * time.Hour)
		online()
		come(t, s, deal(1, 4000, rep, "amount", "4"))
		time.Sleep(31 * 24 * time.Hour)
		online()
		require.Empty(t, newsOf(t, s), "after thirty days it is no news any more")
	})
}

func TestNews_IsBounded(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep, "amount", "1"))
	require.NoError(t, s.FloodNews(t.Context(), 10_050))
	come(t, s, deal(1, 2000, rep, "amount", "2"))
	n, err := s.CountNews(t.Context())
	require.NoError(t, err)
	require.Equal(t, 10_000, n)
	require.Equal(t, []string{`property amount "1">"2"`}, newsOf(t, s), "the oldest went")
}

func TestNews_AnswersSayWho(t *testing.T) {
	s := inUse(t, fresh(t), lately())
	come(t, s, deal(1, 1000, rep, "amount", "1", "dealstage", "a"))
	come(t, s, deal(1, 2000, rep, "amount", "2", "dealstage", "b"))
	qs, err := s.NewsQuestions(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, qs, 2)
	require.NoError(t, s.AnswerNews(t.Context(), []crm.NewsAnswer{
		{ID: qs[0].ID, Who: "userId:7", Source: "CRM_UI", At: 1500},
		{ID: qs[1].ID, Own: true},
	}))
	page, err := s.News(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, page.News, 1)
	n := page.News[0]
	require.Equal(t, []any{"userId:7", "CRM_UI", crm.Millis(1500), true}, []any{n.Who, n.Source, n.At, n.Asked})
	qs, err = s.NewsQuestions(t.Context(), 9)
	require.NoError(t, err)
	require.Empty(t, qs)
	come(t, s, deal(1, 3000, rep, "amount", "3", "dealstage", "c"))
	qs, err = s.NewsQuestions(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, qs, 2, "another change has another author")
}

// Nothing of what was erased stays in the news: of a person, of a property that
// is sensitive now, of a portal.
func TestR18_NewsLeavesNoTrace(t *testing.T) {
	begun := func(t *testing.T, dir string) *store.Store {
		t.Helper()
		s := inUse(t, open(t, dir), lately())
		person := func(at crm.Millis, first, last string) crm.RemoteRecord {
			return contact(51, at, "firstname", first, "lastname", last, "email", "a@b.example", "hubspot_owner_id", rep, "unknown", canary)
		}
		come(t, s, person(1000, "Anna", canary))
		come(t, s, person(2000, canary, "Berg"))
		come(t, s, person(3000, "Ann", "Berg"))
		come(t, s, contact(52, 1000, "lastname", canary+"-lost", "hubspot_owner_id", rep))
		merged := person(4000, "Ann", "Berg")
		merged.Values["hs_merged_object_ids"] = "52"
		come(t, s, merged)
		require.Equal(t, []string{`merged 52 "zanzibarina-lost">"yes"`, `property firstname "Anna">"Ann"`, `property lastname "zanzibarina">"Berg"`}, newsOf(t, s))
		return s
	}
	t.Run("of a person", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s := begun(t, dir)
		require.NoError(t, s.Forget(t.Context(), crm.Contacts, "51"))
		requireNoTrace(t, dir, canary)
		require.Empty(t, newsOf(t, s))
	})
	t.Run("of a property", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s := begun(t, dir)
		done, err := s.Erase(t.Context(), crm.Contacts, []string{"lastname"}, true)
		require.NoError(t, err)
		require.True(t, done)
		requireNoTrace(t, dir, canary)
		require.Equal(t, []string{`property firstname "Anna">"Ann"`}, newsOf(t, s))
	})
	t.Run("of a portal", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s := begun(t, dir)
		require.NoError(t, s.Reset(t.Context(), true))
		requireNoTrace(t, dir, canary)
		require.Empty(t, newsOf(t, s))
		come(t, s, deal(1, 1000, rep, "amount", "1"))
		come(t, s, deal(1, 2000, rep, "amount", "2"))
		require.Empty(t, newsOf(t, s), "nothing is news before the copy was fresh once")
	})
	t.Run("of another rep", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s := begun(t, dir)
		apply(t, s, crm.Pulled{Owner: colleague})
		require.Empty(t, newsOf(t, s))
	})
}

package store_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// Every window of a list that is long for its marks is the one of the sorted list,
// from either end and after a record has changed, also where many are equal.
func TestList_WindowsAreReadFromMarks(t *testing.T) {
	s := fresh(t)
	require.NoError(t, saveTypes(t, s))
	s.LookLess(3, 2, 0, 0, 1, 7)
	var rs []crm.RemoteRecord
	for i := range 60 {
		stage := []string{"", "a", "B", "b", "b", "b"}[i*7%6]
		rs = append(rs, remote(crm.Deals, i+1, crm.Millis(1+i%4), "dealname", strconv.Itoa(i*13%60), "dealstage", stage, "hubspot_owner_id", strconv.Itoa(i%3), "amount", strconv.Itoa(i%5)))
	}
	first := pull(t, s, rs...)[0]
	for _, changed := range []bool{false, true} {
		if changed {
			rs[0].Values["dealstage"], rs[0].Values["amount"] = "aa", "9"
			enqueue(t, s, edit(first, "dealstage", "aa", "amount", "9"))
		}
		for _, owner := range []crm.OwnerID{"", "1"} {
			for _, prop := range []string{"title", "dealstage", "amount"} {
				for _, desc := range []bool{false, true} {
					q := crm.ListQuery{Type: crm.Deals, Owner: owner, Sort: crm.Sort{Prop: prop, Desc: desc}, Limit: 4}
					want := naive(rs, q)
					for q.Offset = range want {
						p, err := s.List(t.Context(), q)
						require.NoError(t, err)
						var got []crm.RemoteID
						for _, r := range p.Records {
							got = append(got, r.RemoteID)
						}
						require.Equal(t, want[q.Offset:min(q.Offset+4, len(want))], got, "%+v", q)
						require.Equal(t, len(want), p.Total)
					}
				}
			}
		}
	}
}

// A filter that no index helps with looks at every record: it says how far it is,
// ends with its context, and is not asked twice for the same answer.
func TestList_AScanTellsHowFarItIsAndEnds(t *testing.T) {
	s := fresh(t)
	require.NoError(t, saveTypes(t, s))
	s.LookLess(1000, 1000, 0, 0, 1000, 10)
	var rs []crm.RemoteRecord
	for i := range 45 {
		rs = append(rs, remote(crm.Deals, i+1, 5, "dealname", strconv.Itoa(i), "color", []string{"red", "blue"}[i%2]))
	}
	pull(t, s, rs...)
	q := crm.ListQuery{Type: crm.Deals, Filters: []crm.Filter{{Prop: "color", Op: crm.Equal, Value: "red"}}, Limit: 5}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said [][2]int
	_, err := s.List(crm.WithProgress(ctx, func(done, of int) {
		if said = append(said, [2]int{done, of}); done == 20 {
			cancel()
		}
	}), q)
	require.Equal(t, crm.Canceled, crm.KindOf(err), "%v", err)
	require.Equal(t, [][2]int{{10, 46}, {20, 46}}, said)

	said = nil
	ctx = crm.WithProgress(t.Context(), func(done, of int) { said = append(said, [2]int{done, of}) })
	for range 2 {
		page, err := s.List(ctx, q)
		require.NoError(t, err)
		require.Len(t, page.Records, 5)
		require.Equal(t, 23, page.Total)
		require.False(t, page.Capped)
	}
	require.Equal(t, [][2]int{{10, 46}, {20, 46}, {30, 46}, {40, 46}, {46, 46}}, said)
}

// So does one of which an index knows the first condition, when that leaves many.
func TestList_AScanOfWhatAnIndexFindsTellsHowFarItIs(t *testing.T) {
	s := fresh(t)
	require.NoError(t, saveTypes(t, s))
	s.LookLess(1000, 1000, 1000, 0, 1, 10)
	var rs []crm.RemoteRecord
	for i := range 60 {
		rs = append(rs, remote(crm.Deals, i+1, 5, "dealname", strconv.Itoa(100+i), "color", []string{"red", "blue"}[i%2], "dealstage", []string{"won", "lost", "won"}[i%3]))
	}
	pull(t, s, rs...)
	q := crm.ListQuery{
		Type: crm.Deals, Sort: crm.Sort{Prop: crm.SortTitle, Desc: true}, Limit: 3,
		Filters: []crm.Filter{{Prop: "dealstage", Op: crm.Equal, Value: "won"}, {Prop: "color", Op: crm.Equal, Value: "red"}},
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said [][2]int
	_, err := s.List(crm.WithProgress(ctx, func(done, of int) {
		said = append(said, [2]int{done, of})
		cancel()
	}), q)
	require.Equal(t, crm.Canceled, crm.KindOf(err), "%v", err)
	require.Equal(t, [][2]int{{10, 40}}, said)

	said = nil
	page, err := s.List(crm.WithProgress(t.Context(), func(done, of int) { said = append(said, [2]int{done, of}) }), q)
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"57", "55", "51"}, remoteIDs(page.Records))
	require.Equal(t, 20, page.Total)
	require.False(t, page.Capped)
	require.Equal(t, [][2]int{{10, 40}, {20, 40}, {30, 40}, {40, 40}}, said)
}

// Where the first rows of a list hold enough that match, a window is filled from
// them: its total is a floor, and the end of the list has the true one.
func TestList_AWindowIsFilledWithoutTheResult(t *testing.T) {
	s := fresh(t)
	require.NoError(t, saveTypes(t, s))
	s.LookLess(1000, 1000, 0, 20, 1, 10)
	var rs []crm.RemoteRecord
	for i := range 100 {
		rs = append(rs, remote(crm.Deals, i+1, crm.Millis(i+1), "dealname", strconv.Itoa(i), "color", []string{"red", "blue"}[i%2]))
	}
	pull(t, s, rs...)
	q := crm.ListQuery{Type: crm.Deals, Filters: []crm.Filter{{Prop: "color", Op: crm.Equal, Value: "red"}}, Limit: 4}
	page, err := s.List(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"99", "97", "95", "93"}, remoteIDs(page.Records))
	require.True(t, page.Capped)
	require.Less(t, page.Total, 50)
	q.Offset = 48
	page, err = s.List(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []crm.RemoteID{"3", "1"}, remoteIDs(page.Records))
	require.Equal(t, 50, page.Total)
	require.False(t, page.Capped)
}

func remoteIDs(records []crm.Record) []crm.RemoteID {
	out := make([]crm.RemoteID, len(records))
	for i, r := range records {
		out[i] = r.RemoteID
	}
	return out
}

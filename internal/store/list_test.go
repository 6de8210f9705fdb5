package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// Windows of a list, laid end to end, are the list: every live record once, in
// the order that was asked for, those without a value last, whatever the
// direction, the owner, the filter and the size of the windows.
func TestList_WindowsAreTheSortedList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := fresh(t)
		defer func() { require.NoError(rt, s.Close()) }()
		require.NoError(rt, saveTypes(t, s))
		if rapid.Bool().Draw(rt, "large") {
			small := rapid.IntRange(0, 12)
			s.LookLess(1+small.Draw(rt, "step"), small.Draw(rt, "own"), small.Draw(rt, "led"), small.Draw(rt, "skim"), rapid.SampledFrom([]int{1, 3, 1000}).Draw(rt, "share"), 1+small.Draw(rt, "slice"))
		}
		n := rapid.IntRange(0, 40).Draw(rt, "records")
		value := rapid.SampledFrom([]string{"", "a", "B", "b", "ä", "Z", "10", "9"})
		amount := rapid.SampledFrom([]string{"", "1", "2.5", "-3", "10"})
		stamp := rapid.SampledFrom([]string{"", "2024-01-01", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59.5Z"})
		var rs []crm.RemoteRecord
		for i := range n {
			rs = append(rs, remote(crm.Deals, i+1, crm.Millis(rapid.IntRange(1, 5).Draw(rt, "modified")),
				"dealname", value.Draw(rt, "name"), "dealstage", value.Draw(rt, "stage"), "hubspot_owner_id", rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, "owner"),
				"amount", amount.Draw(rt, "amount"), "closedate", stamp.Draw(rt, "closes"), "score", amount.Draw(rt, "score"), "due", stamp.Draw(rt, "due"), "color", value.Draw(rt, "color")))
		}
		if n > 0 {
			_, err := s.Apply(t.Context(), crm.Pulled{Type: crm.Deals, Records: rs})
			require.NoError(rt, err)
		}
		q := crm.ListQuery{
			Type: crm.Deals, Limit: rapid.IntRange(1, 15).Draw(rt, "limit"), Owner: rapid.SampledFrom([]crm.OwnerID{"", "1"}).Draw(rt, "of"),
			Sort: crm.Sort{
				Prop: rapid.SampledFrom([]string{"", "title", "dealstage", "amount", "closedate", "score", "due", "color"}).Draw(rt, "sort"),
				Desc: rapid.Bool().Draw(rt, "desc"),
			},
		}
		if rapid.Bool().Draw(rt, "filtered") {
			q.Filters = []crm.Filter{{
				Prop:  rapid.SampledFrom([]string{"dealstage", "color", "dealname"}).Draw(rt, "filter"),
				Op:    rapid.SampledFrom([]crm.FilterOp{crm.Equal, crm.NotEqual, crm.IsSet, crm.IsEmpty, crm.Contains, crm.More, crm.LessEq}).Draw(rt, "op"),
				Value: value.Draw(rt, "value"),
			}}
		}
		var got []crm.RemoteID
		for {
			q.Offset = len(got)
			p, err := s.List(t.Context(), q)
			require.NoError(rt, err)
			for _, r := range p.Records {
				got = append(got, r.RemoteID)
			}
			if len(p.Records) == 0 {
				require.Equal(rt, len(got), p.Total)
				break
			}
			require.LessOrEqual(rt, len(p.Records), q.Limit)
		}
		require.Equal(rt, naive(rs, q), got)
	})
}

func saveTypes(t *testing.T, s *store.Store) error {
	t.Helper()
	_, err := s.SaveProperties(t.Context(), crm.Deals, []crm.Property{{Name: "score", Type: crm.TypeNumber}, {Name: "due", Type: crm.TypeDateTime}, {Name: "color", Type: crm.TypeString}})
	return err
}

func naive(rs []crm.RemoteRecord, q crm.ListQuery) []crm.RemoteID {
	type item struct {
		i     int
		r     crm.RemoteRecord
		key   string
		num   float64
		empty bool
	}
	var items []item
	for i, r := range rs {
		if q.Owner != "" && r.Values["hubspot_owner_id"] != string(q.Owner) || !passes(r, q.Filters) {
			continue
		}
		it := item{i: i, r: r}
		switch prop := q.Sort.Prop; prop {
		case "":
			it.num = float64(r.Modified)
		case "title", "dealstage", "color":
			v := r.Values[prop]
			if prop == "title" {
				v = store.Fold(r.Values["dealname"])
			}
			it.key, it.empty = strings.ToLower(v), v == ""
			if prop != "title" { // SQLite's NOCASE knows ASCII only
				it.key = strings.Map(func(r rune) rune {
					if r >= 'A' && r <= 'Z' {
						return r + 32
					}
					return r
				}, v)
			}
		case "closedate", "due":
			f, ok := crm.Number(crm.TypeDateTime, r.Values[prop])
			it.num, it.empty = f, !ok
		default:
			f, ok := crm.Number(crm.TypeNumber, r.Values[prop])
			it.num, it.empty = f, !ok
		}
		items = append(items, it)
	}
	desc := q.Sort.Desc || q.Sort.Prop == ""
	slices.SortFunc(items, func(a, b item) int {
		if a.empty != b.empty {
			return map[bool]int{true: 1, false: -1}[a.empty]
		}
		c := cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.num, b.num), cmp.Compare(a.i, b.i))
		if desc {
			return -c
		}
		return c
	})
	var out []crm.RemoteID
	for _, it := range items {
		out = append(out, it.r.ID)
	}
	return out
}

func passes(r crm.RemoteRecord, filters []crm.Filter) bool {
	lower := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' {
				return r + 32
			}
			return r
		}, s)
	}
	for _, f := range filters {
		v, op := r.Values[f.Prop], f.Op
		ok := true
		if f.Value == "" {
			op = map[crm.FilterOp]crm.FilterOp{crm.Equal: crm.IsEmpty, crm.NotEqual: crm.IsSet, crm.Contains: "all"}[op]
			if op == "" {
				op = f.Op
			}
		}
		switch op {
		case crm.Equal:
			ok = v == f.Value
		case crm.NotEqual:
			ok = v != f.Value
		case crm.IsSet:
			ok = v != ""
		case crm.IsEmpty:
			ok = v == ""
		case crm.Contains:
			ok = v != "" && strings.Contains(store.Fold(v), store.Fold(f.Value))
		case crm.More:
			ok = v != "" && lower(v) > lower(f.Value)
		case crm.MoreEq, crm.Less:
			panic("not drawn")
		case crm.LessEq:
			ok = v != "" && lower(v) <= lower(f.Value)
		}
		if !ok {
			return false
		}
	}
	return true
}

func TestList_FiltersByType(t *testing.T) {
	s := fresh(t)
	require.NoError(t, saveTypes(t, s))
	pull(t, s,
		remote(crm.Deals, 1, 1000, "dealname", "one", "amount", "900", "score", "10", "closedate", "2024-03-01", "due", "2024-03-01T10:00:00Z"),
		remote(crm.Deals, 2, 1000, "dealname", "two", "amount", "1000.50", "score", "9", "closedate", "2024-04-01", "due", "2024-03-01T10:00:00.000Z"),
		remote(crm.Deals, 3, 1000, "dealname", "three"))
	for _, tc := range []struct {
		prop  string
		op    crm.FilterOp
		value string
		want  []string
	}{
		{"amount", crm.More, "1000", []string{"two"}},
		{"amount", crm.NotEqual, "900", []string{"three", "two"}},
		{"score", crm.MoreEq, "10", []string{"one"}},
		{"score", crm.Less, "1e1", []string{"two"}},
		{"closedate", crm.MoreEq, "2024-03-15", []string{"two"}},
		{"due", crm.Equal, "2024-03-01T11:00:00+01:00", []string{"one", "two"}},
		{"score", crm.IsEmpty, "", []string{"three"}},
		{"amount", crm.IsSet, "", []string{"one", "two"}},
		{"title", crm.Contains, "T", []string{"three", "two"}},
		{"nothing", crm.IsEmpty, "", []string{"one", "three", "two"}},
	} {
		p := list(t, s, crm.ListQuery{Type: crm.Deals, Filters: []crm.Filter{{Prop: tc.prop, Op: tc.op, Value: tc.value}}, Sort: crm.Sort{Prop: "title"}})
		require.Equal(t, tc.want, titles(p), "%v", tc)
	}
	for _, f := range []crm.Filter{{Prop: "amount", Op: crm.More, Value: "much"}, {Prop: "score", Op: crm.Less, Value: "2024-01-01"}, {Prop: "a", Op: "like", Value: "x"}, {Prop: `a"`, Op: crm.Equal, Value: "x"}} {
		_, err := s.List(t.Context(), crm.ListQuery{Type: crm.Deals, Filters: []crm.Filter{f}, Limit: 1})
		require.Equal(t, crm.Invalid, crm.KindOf(err), "%v: %v", f, err)
		require.NotContains(t, crm.Message(err), "went wrong")
	}
}

func TestList_FilterSeesEditsAndTheirTakingBack(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna", "city", "Oslo"))[0]
	in := func(city string) int {
		return list(t, s, crm.ListQuery{Type: crm.Contacts, Filters: []crm.Filter{{Prop: "city", Op: crm.Equal, Value: city}}}).Total
	}
	require.Equal(t, 1, in("Oslo"))
	op := enqueue(t, s, edit(r, "city", ""))[0]
	require.Equal(t, []int{0, 1}, []int{in("Oslo"), in("")})
	_, err := s.Undo(t.Context(), op.Group, 9)
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, []int{in("Oslo"), in("")})
}

func TestSearch_FindsWordsAsPeopleTypeThem(t *testing.T) {
	s := fresh(t)
	pull(t, s,
		contact(1, 1, "firstname", "José", "lastname", "Nuñez", "email", "jose.n@acme-corp.example", "phone", "+49 (30) 123-4567"),
		contact(2, 1, "firstname", "张伟明", "company", "東京エレクトロン株式会社"),
		contact(3, 1, "firstname", "مُحَمَّد", "lastname", "الأحمد"),
		contact(4, 1, "firstname", "Łukasz", "lastname", "Straße", "company", `AND OR "NOT" (NEAR) text:* ^`),
		contact(5, 1, "firstname", "김철수", "lastname", "O'Brien", "company", "ﬀ Ｆｕｌｌ"),
		contact(6, 1, "firstname", "สมชาย"), contact(7, 1, "firstname", "Ирина", "lastname", "Йодко"))
	for text, want := range map[string][]int{
		"jose": {1}, "JOSÉ nu": {1}, "nunez": {1}, "acme": {1}, "jose.n@ac": {1}, "corp": {1}, "4567": {1}, "+49 30": {1}, "49301234": {1}, "ose": {},
		"张": {2}, "伟明": {2}, "明伟": {}, "エレクト": {2}, "東京 株式": {2},
		"محمد": {3}, "مُحَمَّد": {3}, "الاحمد": {3}, "أحمد": {},
		"lukasz": {4}, "strasse": {4}, `"not"`: {4}, "AND": {4}, "near": {4}, "text:*": {4}, "not (": {4}, "or and": {4},
		"철수": {5}, "김": {5}, "o'br": {5}, "brien": {5}, "full": {5}, "ff": {5},
		"ชาย": {6}, "ирин": {7}, "иодк": {7},
		`"`: {}, "*": {}, "'; DROP TABLE record": {}, "a\x00b": {}, "jose zzz": {}, `\`: {}, "{text} : x": {}, "-jose": {1},
	} {
		found, err := s.Search(t.Context(), text, []crm.ObjectType{crm.Contacts}, "", 10, map[crm.ObjectType][]string{crm.Contacts: {"email"}})
		require.NoError(t, err, "%q", text)
		got := []int{}
		for _, b := range found {
			var id int
			_, _ = fmt.Sscan(string(b.RemoteID), &id)
			got = append(got, id)
		}
		require.Equal(t, want, got, "%q (%s)", text, store.Match(text))
		if store.Match(text) != "" {
			require.Equal(t, len(want), list(t, s, crm.ListQuery{Type: crm.Contacts, Text: text}).Total, "%q", text)
		}
	}
}

func TestSearch_NothingTypedIsSyntax(t *testing.T) {
	s := fresh(t)
	pull(t, s, contact(1, 1, "firstname", "Anna"))
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		_, err := s.Search(t.Context(), text, []crm.ObjectType{crm.Contacts}, "1", 10, nil)
		require.NoError(rt, err)
		_, err = s.List(t.Context(), crm.ListQuery{Type: crm.Contacts, Text: text, Limit: 10})
		require.NoError(rt, err)
	})
}

func TestSearch_MineThenTheLatest(t *testing.T) {
	s := fresh(t)
	for i := range 6 {
		pull(t, s, contact(i+1, 1, "firstname", "Anna", "lastname", strconv.Itoa(i+1), "hubspot_owner_id", strconv.Itoa(i%2)))
	}
	pull(t, s, remote(crm.Companies, 1, 1, "name", "Anna Ltd", "hubspot_owner_id", "0"))
	found, err := s.Search(t.Context(), "anna", []crm.ObjectType{crm.Contacts, crm.Companies}, "0", 6, nil)
	require.NoError(t, err)
	var got []string
	for _, b := range found {
		got = append(got, b.Title)
	}
	require.Equal(t, []string{"Anna 5", "Anna Ltd", "Anna 3", "Anna 1", "Anna 6", "Anna 4"}, got)
}

func TestList_TextIsCapped(t *testing.T) {
	s := fresh(t)
	var rs []crm.RemoteRecord
	for i := range 1100 {
		rs = append(rs, contact(i+1, 1, "firstname", "Anna", "lastname", fmt.Sprintf("%04d", i)))
	}
	pull(t, s, rs...)
	p := list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna", Sort: crm.Sort{Prop: "title"}, Limit: 2})
	require.True(t, p.Capped)
	require.Equal(t, 1000, p.Total)
	require.Equal(t, []string{"Anna 0100", "Anna 0101"}, titles(p), "of the latest thousand")
	p = list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna 00", Sort: crm.Sort{Prop: "title", Desc: true}, Offset: 98, Limit: 5})
	require.False(t, p.Capped)
	require.Equal(t, 100, p.Total)
	require.Equal(t, []string{"Anna 0001", "Anna 0000"}, titles(p))
	p = list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna", Filters: []crm.Filter{{Prop: "lastname", Op: crm.Less, Value: "0003"}}})
	require.Equal(t, 3, p.Total)
}

func TestBoard_SumsAndCards(t *testing.T) {
	s := fresh(t)
	deal := func(id int, stage, amount, currency, closes, owner string) crm.RemoteRecord {
		return remote(crm.Deals, id, 1, "dealname", fmt.Sprint("Deal ", id), "pipeline", "default", "dealstage", stage, "amount", amount,
			"deal_currency_code", currency, "closedate", closes, "hubspot_owner_id", owner)
	}
	pull(t, s, deal(1, "Won", "10.5", "EUR", "2024-01-02T00:00:00Z", "1"), deal(2, "Won", "1", "EUR", "", "2"), deal(3, "Won", "5", "", "2024-01-01", "1"),
		deal(4, "won", "", "EUR", "", "1"), remote(crm.Deals, 5, 1, "dealname", "Other", "pipeline", "x", "dealstage", "Won", "amount", "9"))
	sums, err := s.StageSums(t.Context(), "default", "", "")
	require.NoError(t, err)
	require.Equal(t, []crm.StageSum{{Stage: "Won", Count: 1, Amount: 5}, {Stage: "Won", Currency: "EUR", Count: 2, Amount: 11.5}, {Stage: "won", Currency: "EUR", Count: 1}}, sums)
	sums, err = s.StageSums(t.Context(), "default", "1", "deal")
	require.NoError(t, err)
	require.Len(t, sums, 3)
	require.InDelta(t, 10.5, sums[1].Amount, 0)

	cards := func(owner crm.OwnerID, text string, offset, limit int) []string {
		rs, err := s.StageCards(t.Context(), "default", "Won", owner, text, offset, limit)
		require.NoError(t, err)
		return titles(crm.ListPage{Records: rs})
	}
	require.Equal(t, []string{"Deal 3", "Deal 1", "Deal 2"}, cards("", "", 0, 10))
	require.Equal(t, []string{"Deal 1", "Deal 2"}, cards("", "", 1, 2))
	require.Equal(t, []string{"Deal 2"}, cards("", "", 2, 2))
	require.Empty(t, cards("", "", 3, 2))
	require.Equal(t, []string{"Deal 3", "Deal 1"}, cards("1", "deal", 0, 10))
	require.Equal(t, []string{"Deal 2"}, cards("", "2", 0, 10))
}

package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func (a *api) search(code int, typ, body string) *reply {
	a.t.Helper()
	return a.do(code, "POST", v+typ+"/search", body)
}

// Fact sheet 3.4: groups, filters, sorts and paging have limits.
func TestSearch_Limits(t *testing.T) {
	a := open(t)
	filter := `{"propertyName":"city","operator":"HAS_PROPERTY"}`
	group := func(n int) string { return `{"filters":[` + strings.Repeat(filter+",", n-1) + filter + `]}` }
	groups := func(n, each int) string {
		return `{"filterGroups":[` + strings.Repeat(group(each)+",", n-1) + group(each) + `]}`
	}
	a.search(200, "contacts", groups(5, 3))
	a.search(400, "contacts", groups(6, 1))
	a.search(400, "contacts", groups(1, 7))
	a.search(400, "contacts", groups(4, 5))
	a.search(200, "contacts", `{"limit":200,"after":"9800"}`)
	a.search(400, "contacts", `{"limit":200,"after":"9801"}`)
	a.search(400, "contacts", `{"limit":201}`)
	a.search(400, "contacts", `{"sorts":["city","zip"]}`)
	a.search(400, "contacts", `{"query":"`+strings.Repeat("x", 3001)+`"}`)
	r := a.search(400, "contacts", `{"after":"abc"}`)
	require.Contains(t, r.str("message"), "Cannot deserialize value of type")
	a.search(400, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"nope","operator":"EQ","value":"1"}]}]}`)
	a.search(400, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"city","operator":"LIKE","value":"1"}]}]}`)
	a.search(400, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"city","operator":"EQ"}]}]}`)
	a.search(400, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"createdate","operator":"GT","value":"soon"}]}]}`)
	a.search(400, "butterflies", `{}`)
}

// Fact sheet 3.4: offset paging, total, default properties, no associations.
func TestSection3_4_Pages(t *testing.T) {
	a := open(t)
	r := a.search(200, "contacts", `{"limit":15}`)
	require.EqualValues(t, 40, r.at("total"))
	require.Equal(t, "15", r.str("paging", "next", "after"))
	require.Equal(t, []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}, keys(r.at("results", 0, "properties")))
	require.NotContains(t, r.raw, "associations")
	r = a.search(200, "contacts", `{"limit":15,"after":30}`)
	require.Len(t, r.list("results"), 10)
	require.NotContains(t, r.body, "paging")
	require.Empty(t, r.header.Get("X-HubSpot-RateLimit-Max"))
}

// Fact sheet 3.4: operators, case rules, query fields, associations.
func TestSection3_4_Operators(t *testing.T) {
	a := open(t)
	company := a.do(201, "POST", v+"companies", `{"properties":{"name":"Zebra & Söhne"}}`).str("id")
	x := a.contact(`{"email":"xq@zz.example","firstname":"Xanthippe","city":"New York","hs_lead_status":"NEW","hs_birthday":"1990-05-06"}`)
	y := a.contact(`{"email":"yq@zz.example","firstname":"xanthippe","city":"York","hs_lead_status":"OPEN"}`)
	a.do(200, "PUT", v+"contacts/"+x+"/associations/default/companies/"+company, "")
	for filter, want := range map[string][]string{
		`{"propertyName":"firstname","operator":"EQ","value":"XANTHIPPE"}`:                                     {x, y},
		`{"propertyName":"firstname","operator":"IN","values":["xanthippe"]}`:                                  {x, y},
		`{"propertyName":"firstname","operator":"IN","values":["Xanthippe"]}`:                                  {},
		`{"propertyName":"hs_lead_status","operator":"EQ","value":"new"},` + in(x, y):                          {},
		`{"propertyName":"hs_lead_status","operator":"IN","values":["NEW","OPEN"]},` + in(x, y):                {x, y},
		`{"propertyName":"hs_lead_status","operator":"NEQ","value":"NEW"},` + in(x, y):                         {y},
		`{"propertyName":"city","operator":"CONTAINS_TOKEN","value":"york"},` + in(x, y):                       {x, y},
		`{"propertyName":"city","operator":"NOT_CONTAINS_TOKEN","value":"new"},` + in(x, y):                    {y},
		`{"propertyName":"email","operator":"CONTAINS_TOKEN","value":"*@zz.example"}`:                          {x, y},
		`{"propertyName":"email","operator":"CONTAINS_TOKEN","value":"xq*"}`:                                   {x},
		`{"propertyName":"hs_birthday","operator":"BETWEEN","value":"1990-05-06","highValue":"642124800000"}`:  {x},
		`{"propertyName":"hs_birthday","operator":"NOT_HAS_PROPERTY"},` + in(x, y):                             {y},
		`{"propertyName":"associations.company","operator":"EQ","value":"` + company + `"}`:                    {x},
		`{"propertyName":"associations.companies","operator":"NOT_IN","values":[` + company + `]},` + in(x, y): {y},
		`{"propertyName":"hs_object_id","operator":"EQ","value":` + x + `}`:                                    {x},
		`{"propertyName":"hs_lastmodifieddate","operator":"GTE","value":"0"}`:                                  {},
	} {
		r := a.search(200, "contacts", `{"filterGroups":[{"filters":[`+filter+`]}],"sorts":["hs_object_id"]}`)
		require.Equal(t, want, r.ids(), filter)
		require.EqualValues(t, len(want), r.at("total"), filter)
	}
	require.Equal(t, []string{x, y}, a.search(200, "contacts", `{"query":"xanthippe zz.ex"}`).ids())
	require.Empty(t, a.search(200, "contacts", `{"query":"New York"}`).ids(), "city is not a query field")
	require.Equal(t, []string{company}, a.search(200, "companies", `{"query":"zebra"}`).ids())
	a.do(204, "DELETE", v+"contacts/"+x, "")
	require.Equal(t, []string{y}, a.search(200, "contacts", `{"query":"xanthippe"}`).ids(), "never archived")
}

func in(ids ...string) string {
	return `{"propertyName":"hs_object_id","operator":"IN","values":["` + strings.Join(ids, `","`) + `"]}`
}

// Fact sheet 3.4: the index lags behind; stale values still match.
func TestSection3_4_IndexLag(t *testing.T) {
	a := open(t, func(o *Options) { o.IndexLag = 30 * time.Second })
	body := func(name string) string {
		return `{"filterGroups":[{"filters":[{"propertyName":"firstname","operator":"EQ","value":"` + name + `"}]}]}`
	}
	id := a.contact(`{"firstname":"Zorro"}`)
	require.Empty(t, a.search(200, "contacts", body("zorro")).ids())
	a.clock.Add(20 * time.Second)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":"Tonto"}}`)
	a.clock.Add(10 * time.Second)
	r := a.search(200, "contacts", body("zorro"))
	require.Equal(t, []string{id}, r.ids())
	require.Equal(t, "Zorro", r.str("results", 0, "properties", "firstname"), "the first version is in the index now")
	a.clock.Add(20 * time.Second)
	require.Empty(t, a.search(200, "contacts", body("zorro")).ids())
	require.Equal(t, []string{id}, a.search(200, "contacts", body("tonto")).ids())
	a.do(204, "DELETE", v+"contacts/"+id, "")
	require.Equal(t, []string{id}, a.search(200, "contacts", body("tonto")).ids())
	a.clock.Add(30 * time.Second)
	require.Empty(t, a.search(200, "contacts", body("tonto")).ids())
}

// The invariant: whatever index range a search is answered from, it finds what
// looking at every record would find, in the same order, with the same total,
// also after records were changed, archived and restored.
func TestSearch_AgainstReference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		clk := newClock()
		p, err := Open(Options{Contacts: 60, Limits: "off", Now: clk.Now, Seed: int64(rapid.IntRange(0, 3).Draw(rt, "seed"))})
		require.NoError(rt, err)
		tab := p.tables[0]
		w := writer{src: p.source(source{Type: "CRM_UI"})}
		var all []*record
		for r := range tab.live.ascend(0, tab.live.len()) {
			all = append(all, r)
		}
		for range rapid.IntRange(0, 30).Draw(rt, "changes") {
			clk.Add(time.Duration(rapid.IntRange(0, 2).Draw(rt, "wait")) * time.Millisecond)
			r := rapid.SampledFrom(all).Draw(rt, "record")
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				p.rearchive(tab, r, 0, nil)
			case 1:
				p.archive(tab, r, nil)
			default:
				p.apply(tab, r, edit{props: []cell{{tab.byName["city"], rapid.SampledFrom([]string{"A", "b", ""}).Draw(rt, "city")}}}, w)
			}
		}
		q := drawQuery(rt, p, tab, all)
		got, total := tab.search(q)
		want := naive(tab, q)
		require.Equal(rt, len(want), total)
		from := min(q.after, len(want))
		want = want[from:min(from+q.limit, len(want))]
		require.Equal(rt, idsOf(want), idsOf(got))
	})
}

func drawQuery(rt *rapid.T, p *Portal, tab *table, all []*record) *query {
	in := searchBody{After: text(strconv.Itoa(rapid.IntRange(0, 20).Draw(rt, "after")))}
	limit := text(strconv.Itoa(rapid.IntRange(0, 30).Draw(rt, "limit")))
	in.Limit = &limit
	if rapid.Bool().Draw(rt, "sorted") {
		in.Sorts = []sortSpec{{
			rapid.SampledFrom([]string{"hs_object_id", "lastmodifieddate", "createdate", "city", "hs_lead_status"}).Draw(rt, "sort"),
			rapid.SampledFrom([]string{"ASCENDING", "DESCENDING"}).Draw(rt, "direction"),
		}}
	}
	for range rapid.IntRange(0, 2).Draw(rt, "groups") {
		var g filterGroup
		for range rapid.IntRange(0, 3).Draw(rt, "filters") {
			g.Filters = append(g.Filters, drawFilter(rt, all))
		}
		in.Groups = append(in.Groups, g)
	}
	if rapid.IntRange(0, 4).Draw(rt, "query") == 0 {
		in.Query = rapid.SampledFrom([]string{"an", "example", "o e"}).Draw(rt, "words")
	}
	q, err := p.compile(tab, in)
	require.NoError(rt, err)
	return q
}

func drawFilter(rt *rapid.T, all []*record) filter {
	d := rapid.SampledFrom(all).Draw(rt, "pivot").cur
	other := rapid.SampledFrom(all).Draw(rt, "other").cur
	name := rapid.SampledFrom([]string{"hs_object_id", "lastmodifieddate", "createdate", "city"}).Draw(rt, "name")
	value := map[string]func(*doc) string{
		"hs_object_id":     func(d *doc) string { return strconv.FormatInt(d.id, 10) },
		"lastmodifieddate": func(d *doc) string { return strconv.FormatInt(d.modified, 10) },
		"createdate":       func(d *doc) string { return stamp(d.created) },
		"city":             func(*doc) string { return "a" },
	}[name]
	low, high := text(value(d)), text(value(other))
	return filter{
		Name: name, Value: &low, High: &high, Values: []text{low, high},
		Operator: rapid.SampledFrom([]string{"LT", "LTE", "GT", "GTE", "EQ", "NEQ", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY"}).Draw(rt, "operator"),
	}
}

// naive answers a query by looking at every record.
func naive(tab *table, q *query) []*doc {
	var out []*doc
	for r := range tab.live.ascend(0, tab.live.len()) {
		d := r.cur
		fits := len(q.groups) == 0
		for _, g := range q.groups {
			all := true
			for _, c := range g {
				all = all && c.match(d)
			}
			fits = fits || all
		}
		for _, word := range q.words {
			found := false
			for _, f := range q.fields {
				val, _ := tab.value(d, f)
				found = found || strings.Contains(strings.ToLower(val), word)
			}
			fits = fits && found
		}
		if fits {
			out = append(out, d)
		}
	}
	key := func(d *doc) string {
		if tab.kind.system(q.sort) {
			return fmt.Sprintf("%020d", tab.axis(q.sort)(d))
		}
		return strings.ToLower(tab.named(d, q.sort))
	}
	slices.SortFunc(out, func(a, b *doc) int {
		x, y := key(a), key(b)
		if (x == "") != (y == "") {
			return cmp.Compare(y, x) // without a value: last
		}
		c := cmp.Or(strings.Compare(x, y), cmp.Compare(a.id, b.id))
		if q.desc {
			return -c
		}
		return c
	})
	return out
}

func idsOf(docs []*doc) []int64 {
	out := []int64{}
	for _, d := range docs {
		out = append(out, d.id)
	}
	return out
}

// The sorted list behind the indexes against a plain slice.
func TestBlocks_AgainstSlice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBlocks(cmp.Compare[int])
		b.size = rapid.SampledFrom([]int{2, 3, 7, 512}).Draw(rt, "size")
		plain := []int{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(-400, 400), 0, 1500).Draw(rt, "numbers") {
			if n < 0 {
				i, found := slices.BinarySearch(plain, -n)
				require.Equal(rt, found, b.remove(-n))
				if found {
					plain = slices.Delete(plain, i, i+1)
				}
				continue
			}
			if i, found := slices.BinarySearch(plain, n); !found {
				plain = slices.Insert(plain, i, n)
			}
			b.insert(n)
		}
		require.Equal(rt, len(plain), b.len())
		from := rapid.IntRange(0, len(plain)).Draw(rt, "from")
		to := rapid.IntRange(from, len(plain)).Draw(rt, "to")
		require.Equal(rt, plain[from:to], append([]int{}, slices.Collect(b.ascend(from, to))...))
		down := slices.Collect(b.descend(from, to))
		slices.Reverse(down)
		require.Equal(rt, plain[from:to], append([]int{}, down...))
		pivot := rapid.IntRange(-5, 405).Draw(rt, "pivot")
		want, _ := slices.BinarySearch(plain, pivot)
		require.Equal(rt, want, b.rank(func(n int) bool { return n < pivot }))
	})
}

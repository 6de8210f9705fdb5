package sandbox

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// fuzzed opens a small portal for many inputs; every input gets its own api, for
// its own t.
func fuzzed(f *testing.F) func(t *testing.T) *api {
	f.Helper()
	clk := newClock()
	p, err := Open(Options{Contacts: 12, Limits: "off", Now: clk.Now})
	require.NoError(f, err)
	transport := p.RoundTripper()
	return func(t *testing.T) *api {
		t.Helper()
		a := &api{t: t, p: p, base: "http://localhost", token: p.Credentials().Token, clock: clk}
		a.client = newClient(transport)
		return a
	}
}

// A search answers a page of records or says what is wrong with it; a page has
// no id twice and no more than the total.
func FuzzSearchBody(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"limit":0,"after":"3"}`, `{"filterGroups":[{"filters":[{"propertyName":"city","operator":"IN","values":["a",1,true,null]}]}],"sorts":["-city"]}`,
		`{"filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"BETWEEN","value":"0","highValue":9e18}]},{"filters":[]}],"query":"e x"}`,
		`{"filterGroups":[{"filters":[{"propertyName":"associations.company","operator":"EQ","value":1}]}],"sorts":[{"propertyName":"createdate","direction":"DESCENDING"}]}`,
		`{"filterGroups":[{"filters":[{"propertyName":"email","operator":"CONTAINS_TOKEN","value":"*@*.example"}]}],"properties":["email","nope"]}`,
		`{"after":"9223372036854775807","limit":200}`, `{"sorts":[{}]}`, `{"query":"\u0000İ"}`,
	} {
		f.Add(body)
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		a := open(t)
		r := a.wild("POST", v+"contacts/search", body, "application/json")
		r.wellFormed()
		if r.code != 200 || body == "" {
			return
		}
		ids := r.ids()
		total, _ := r.at("total").(float64)
		require.LessOrEqual(t, len(ids), int(total))
		slices.Sort(ids)
		require.Len(t, slices.Compact(ids), len(r.list("results")))
	})
}

// A filter that is accepted finds what looking at every record finds.
func FuzzFilterValue(f *testing.F) {
	names := []string{"city", "email", "hs_object_id", "createdate", "lastmodifieddate", "hs_birthday", "lifecyclestage", "hs_buying_role", "num_associated_deals", "hs_is_contact"}
	operators := []string{"LT", "LTE", "GT", "GTE", "EQ", "NEQ", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"}
	for i, val := range []string{"a", "*@*", "NaN", "Infinity", "-0", "1e400", "0x1p-2", "2026-10-05", "1791192600250", "171591000300.5", "ſ*", "**", "", "true", "LEAD", ";"} {
		for op := range operators {
			f.Add(uint8(i), uint8(op), val, "9")
		}
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, name, op uint8, val, high string) {
		a := open(t)
		tab, low, top := a.p.tables[0], text(val), text(high)
		fl := filter{Name: names[int(name)%len(names)], Operator: operators[int(op)%len(operators)], Value: &low, High: &top, Values: []text{low, top}}
		q, err := a.p.compile(tab, searchBody{Groups: []filterGroup{{[]filter{fl}}}})
		if err != nil {
			require.True(t, isAPIError(err, 400), "%v", err)
			return
		}
		q.limit = 100
		got, total := tab.search(q)
		want := naive(tab, q)
		require.Equal(t, idsOf(want), idsOf(got), "%+v", fl)
		require.Equal(t, len(want), total)
	})
}

// CONTAINS_TOKEN's * stands for any text, also for none; everything else for
// itself.
func FuzzWildcard(f *testing.F) {
	f.Add("*a*", "bab")
	f.Add("a*a", "a")
	f.Add("**", "")
	f.Add("a*bc*c", "abcc")
	f.Add("*\xff", "\xff")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !strings.Contains(pattern, "*") {
			pattern += "*" // without one it is compared word by word
		}
		require.Equal(t, starMatch(pattern, s), wildcard(pattern, s))
	})
}

// starMatch matches a pattern of * and bytes in the plainest way: the set of
// positions that a prefix of the pattern can reach.
func starMatch(pattern, s string) bool {
	at := map[int]bool{0: true}
	for i := range len(pattern) {
		next := map[int]bool{}
		for pos := range at {
			if pattern[i] != '*' {
				if pos < len(s) && s[pos] == pattern[i] {
					next[pos+1] = true
				}
				continue
			}
			for end := pos; end <= len(s); end++ {
				next[end] = true
			}
		}
		at = next
	}
	return at[len(s)]
}

// Every batch answers in a known shape: each input has a result or an error, or
// the whole batch is refused.
func FuzzBatchBody(f *testing.F) {
	for op := range uint8(10) {
		for _, body := range []string{
			`{"inputs":[{"id":"171591000300","idProperty":"email","properties":{"email":"a@b.example","city":null},"objectWriteTraceId":"1"}]}`,
			`{"inputs":[{"id":1},{"id":"1"},{"id":""}],"properties":["city"],"propertiesWithHistory":["city"],"idProperty":"email"}`,
			`{"inputs":[{"from":{"id":"1"},"to":{"id":2},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}`,
			`{"inputs":[{"from":{"id":"1"},"to":[{"id":2}]}]}`, `{"inputs":[]}`, `{"inputs":[null]}`, `{"inputs":[{"id":"1","after":"x"}]}`,
			`{"inputs":[{"associations":[{"to":{"id":5},"types":[{"associationTypeId":1}]}]}]}`, `{"inputs":null}`,
		} {
			f.Add(op, body)
		}
	}
	open := fuzzed(f)
	paths := []string{
		v + "contacts/batch/create", v + "contacts/batch/update", v + "contacts/batch/upsert", v + "contacts/batch/read", v + "contacts/batch/archive",
		"/crm/associations/2026-09/contacts/companies/batch/create", "/crm/associations/2026-09/contacts/companies/batch/read", "/crm/associations/2026-09/deals/companies/batch/associate/default",
		"/crm/v4/associations/contacts/deals/batch/archive", "/crm/associations/2026-09/contacts/contacts/batch/labels/archive",
	}
	f.Fuzz(func(t *testing.T, op uint8, body string) {
		path := paths[int(op)%len(paths)]
		r := open(t).wild("POST", path, body, "application/json")
		r.wellFormed()
		if r.code != 204 && r.code < 300 {
			require.Equal(t, "COMPLETE", r.str("status"))
			partial := r.code == 207 || strings.HasSuffix(path, "/default") // which has one status; fact sheet 5.3
			require.True(t, partial || r.body["errors"] == nil, r.raw)
			require.True(t, r.code != 207 || r.body["errors"] != nil, r.raw)
		}
	})
}

// What is accepted as a date, a time, a number or an address is stored in one
// form, and that form is accepted and stays.
func FuzzValues(f *testing.F) {
	names := []string{"hs_birthday", "closedate", "email", "hs_buying_role", "lifecyclestage", "hubspot_owner_id"}
	for i, val := range []string{
		"1990-05-06", "631152000000", "1990-01-01T00:00:00Z", "1635535865", "-62135596800000", "253402300799999", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-01:00",
		"2026-10-05T12:30+02:00", "2026-10-05T12:30:00,5Z", "İ@x.example", " A@B.example ", "CHAMPION;;OTHER", ";OTHER", "lead", "+5", "9223372036854775807",
	} {
		f.Add(uint8(i), val, i%2 == 0)
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, name uint8, raw string, dated bool) {
		p := open(t).p
		tab := p.tables[0]
		which := names[int(name)%len(names)]
		if name >= 128 {
			tab, which = p.tables[2], "amount"
		}
		got, wrong := p.check(tab, tab.byName[which], raw, "", dated)
		if wrong != nil {
			require.NotEmpty(t, wrong.Code)
			return
		}
		again, wrong := p.check(tab, tab.byName[which], got.val, "", dated)
		require.Nil(t, wrong, "%s %q was stored as %q", which, raw, got.val)
		require.Equal(t, got.val, again.val)
		require.Nil(t, again.warn)
		switch {
		case got.val == "":
		case which == "hs_birthday":
			require.Regexp(t, `^\d{4}-\d\d-\d\d$`, got.val)
		case which == "closedate":
			_, err := time.Parse(time.RFC3339, got.val)
			require.NoError(t, err)
			require.True(t, strings.HasSuffix(got.val, "Z"), got.val)
		case which == "amount":
			_, err := strconv.ParseFloat(got.val, 64)
			require.NoError(t, err)
		case which == "email":
			require.Equal(t, 1, strings.Count(got.val, "@"))
			require.Equal(t, refMail(got.val), got.val)
		}
	})
}

// Query parameters of reads: a page or what is wrong; a page keeps the limit.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		"limit=3&after=171591000300&properties=city,email&associations=companies", "limit=0", "limit=%00", "after=-1", "after=9223372036854775807&archived=true", "properties=,&propertiesWithHistory=city",
		"associations=butterflies", "idProperty=email", "limit=1&limit=2", "%zz", "a;b", "limit=+1", "archived=TRUE", "email=x&limit=500",
	} {
		for i := range uint8(5) {
			f.Add(i, q)
		}
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, which uint8, q string) {
		a := open(t)
		id := strconv.FormatInt(firstID(a.p), 10)
		paths := []string{v + "contacts", v + "contacts/" + id, v + "contacts/" + id + "/associations/deals", "/crm/owners/2026-09", "/crm/properties/2026-09/contacts"}
		r := a.wild("GET", paths[int(which)%len(paths)]+"?"+q, "", "")
		r.wellFormed()
		require.Contains(t, []int{200, 400, 404, 414}, r.code)
		if list, is := r.body["results"].([]any); is && which%5 < 1 {
			require.LessOrEqual(t, len(list), 100)
		}
	})
}

// Only the token itself lets anybody in.
func FuzzAuthorization(f *testing.F) {
	for _, h := range []string{"", "Bearer", "Bearer ", "bearer x", "Basic eDp5", "Bearer pat-na1-x", "Bearer  x", "Bearer \x00", "Bearer CJSP5qf1KhICAQEYs"} {
		f.Add(h)
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, header string) {
		a := open(t)
		r := a.authorized(header, "GET", v+"contacts?limit=1", "")
		r.wellFormed()
		want := 401
		if header == "Bearer "+a.token {
			want = 200
		}
		require.Equal(t, want, r.code)
	})
}

// OAuth forms, with and without the right client: tokens come for a known grant
// only.
func FuzzOAuthForm(f *testing.F) {
	for _, form := range []string{
		"grant_type=refresh_token&refresh_token=na1-x", "grant_type=authorization_code&code=x&redirect_uri=y&code_verifier=z", "grant_type=client_credentials&scope=oauth",
		"token=x&token_type_hint=access_token", "%zz", "a;b", "&&&==", "client_id=1&client_id=2", "grant_type=%00", "refresh_token[]=1",
	} {
		for i := range uint8(4) {
			f.Add(i, form, true)
			f.Add(i, form, false)
		}
	}
	open := fuzzed(f)
	f.Fuzz(func(t *testing.T, which uint8, form string, known bool) {
		a := open(t)
		if known {
			form = a.secrets().Encode() + "&" + form
		}
		paths := []string{"/oauth/2026-09/token", "/oauth/v1/token", "/oauth/2026-09/token/introspect", "/oauth/2026-09/token/revoke"}
		r := a.wild("POST", paths[int(which)%len(paths)], form, "application/x-www-form-urlencoded")
		r.wellFormed()
		require.NotContains(t, r.body, "access_token")
		require.NotEqual(t, true, r.body["active"])
		a.wild("POST", "/oauth/authorize", form, "application/x-www-form-urlencoded")
	})
}

// Whatever stands in a seed folder, the portal opens with records that its own
// rules allow, or names the file.
func FuzzSeedFiles(f *testing.F) {
	f.Add("email,firstname,hs_birthday,owner_email,company_name\na@b.example,A,1990-01-02,o@b.example,C\n", "name,domain\nC,c.example\n", "email,team\no@b.example,T\n")
	f.Add("\ufeffemail\n\"a\"\"@b.example\"\n", "name\n\n", "email\n")
	f.Add("email,createdate,hs_lead_status,my_own\nx@y.example,2020-01-02T03:04:05Z,ODD,\"1\n2\"\n", "", "")
	f.Add("lastmodifieddate\n1\n", "name,createdate\nx,99999999999999999\n", "email\na@b.example\na@b.example\n")
	f.Add(",\n,\n", "name,name\n", "firstname\nx\n")
	f.Fuzz(func(t *testing.T, contacts, companies, owners string) {
		dir := t.TempDir()
		for name, content := range map[string]string{"contacts.csv": contacts, "companies.csv": companies, "owners.csv": owners} {
			if content != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
			}
		}
		clk := newClock()
		p, err := Open(Options{SeedDir: dir, Limits: "off", Now: clk.Now})
		if err != nil {
			require.Contains(t, err.Error(), ".csv")
			return
		}
		a := &api{t: t, p: p, client: newClient(p.RoundTripper()), base: "http://localhost", token: p.Credentials().Token, clock: clk}
		seen := map[string]bool{}
		for _, item := range a.do(200, "GET", v+"contacts?limit=100&properties=email&associations=companies", "").list("results") {
			if mail := text1(item, "properties", "email"); mail != "" {
				require.False(t, seen[mail], "two contacts with one address")
				seen[mail] = true
			}
		}
		everything(a)
	})
}

// A state file loads or is damaged; what loaded can be read, written to and
// saved.
func FuzzStateFile(f *testing.F) {
	good := func(change func(*state)) []byte {
		p, err := Open(Options{Contacts: 4, Limits: "off"})
		require.NoError(f, err)
		s := p.snapshot()
		change(s)
		var buf bytes.Buffer
		require.NoError(f, gob.NewEncoder(&buf).Encode(s))
		return buf.Bytes()
	}
	f.Add([]byte{})
	f.Add(good(func(*state) {}))
	f.Add(good(func(s *state) { s.LinkTypes = s.LinkTypes[:3] }))
	f.Add(good(func(s *state) { s.LinkTypes[0].Inverse = 9_000 }))
	f.Add(good(func(s *state) { s.Tables[0].Props = s.Tables[0].Props[:1] }))
	f.Add(good(func(s *state) { s.Tables[0].Records[0].Links = []linkState{{Table: 250, Kind: 60_000, To: 1}} }))
	f.Add(good(func(s *state) { s.Tables[1].Records[0].Origin = -1 }))
	f.Add(good(func(s *state) { s.Pipelines, s.Owners = nil, nil }))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(t.TempDir(), "portal.state")
		require.NoError(t, os.WriteFile(file, raw, 0o600))
		clk := newClock()
		p, err := Open(Options{StateFile: file, Limits: "off", Now: clk.Now})
		if err != nil {
			require.Contains(t, err.Error(), "load portal from")
			return
		}
		a := &api{t: t, p: p, client: newClient(p.RoundTripper()), base: "http://localhost", token: p.Credentials().Token, clock: clk}
		for _, typ := range refTypes() {
			for _, archived := range []string{"false", "true"} {
				r := a.wild("GET", v+typ+"?limit=100&associations=contacts,companies,deals&propertiesWithHistory=city,amount&archived="+archived, "", "")
				require.Less(t, r.code, 500)
			}
			a.wild("POST", v+typ+"/search", `{}`, "application/json")
			a.wild("GET", "/crm/associations/2026-09/"+typ+"/companies/labels", "", "")
			a.wild("GET", "/crm/pipelines/2026-09/"+typ, "", "")
		}
		a.wild("POST", v+"contacts", `{"properties":{"firstname":"x"}}`, "application/json")
		require.NoError(t, p.Close())
	})
}

// A fault's path: * is within a segment, ** across them, the rest stands for
// itself.
func FuzzFaultPath(f *testing.F) {
	f.Add("/crm/**/contacts", "/crm/contacts")
	f.Add("/crm/*/x", "/crm/a/b/x")
	f.Add("**", "/a\nb")
	f.Add("/a.c", "/abc")
	f.Add("/(?i)x[", "/x")
	f.Add("***", "/")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if strings.Contains(pattern, "**/**") || !utf8.ValidString(path) {
			t.Skip("two ** in a row, and paths that are no text, have no one meaning to hold the pattern to")
		}
		re, err := regexp.Compile(glob(pattern))
		if !utf8.ValidString(pattern) {
			return // refused as a fault, or never matched
		}
		require.NoError(t, err)
		require.Equal(t, globMatch([]rune(pattern), []rune(path)), re.MatchString(path), "%q", glob(pattern))
	})
}

// globMatch is the definition of a fault's path, letter by letter.
func globMatch(pattern, path []rune) bool {
	seen := map[[2]int]bool{}
	var from func(i, j int) bool
	from = func(i, j int) bool {
		key := [2]int{i, j}
		if seen[key] {
			return false // tried in vain
		}
		seen[key] = true
		rest := string(pattern[i:])
		switch {
		case rest == "":
			return j == len(path)
		case strings.HasPrefix(rest, "/**/"):
			if j >= len(path) || path[j] != '/' {
				return false
			}
			if from(i+4, j+1) {
				return true
			}
			for k := j + 1; k < len(path); k++ {
				if path[k] == '/' && from(i+4, k+1) {
					return true
				}
			}
			return false
		case strings.HasPrefix(rest, "**"):
			for k := j; k <= len(path); k++ {
				if from(i+2, k) {
					return true
				}
			}
			return false
		case pattern[i] == '*':
			for k := j; k <= len(path); k++ {
				if from(i+1, k) {
					return true
				}
				if k < len(path) && path[k] == '/' {
					return false
				}
			}
			return false
		default:
			return j < len(path) && path[j] == pattern[i] && from(i+1, j+1)
		}
	}
	return from(0, 0)
}

package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// sharedData finds the data sets beside the checkout.
func sharedData(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("SATCHEL_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	dir := filepath.Join(shared, "data", "crm-sales-opportunities", "portal")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared data is not here: %v (set SATCHEL_SHARED)", err)
	}
	return dir
}

// The totals that the data set's README names.
func requireRecords(t *testing.T, a *api, want map[string]int64) {
	t.Helper()
	got := a.p.Stats().Records
	maps.DeleteFunc(got, func(_ string, n int64) bool { return n == 0 })
	require.Equal(t, want, got)
}

func TestSeed_Totals(t *testing.T) {
	a := open(t, func(o *Options) { o.SeedDir = sharedData(t) })
	require.Len(t, a.p.owners, 35)
	requireRecords(t, a, map[string]int64{"companies": 85, "deals": 8800})
	for stage, want := range map[string]int{"appointmentscheduled": 500, "qualifiedtobuy": 1589, "closedwon": 4238, "closedlost": 2473} {
		r := a.search(200, "deals", `{"limit":1,"filterGroups":[{"filters":[{"propertyName":"dealstage","operator":"EQ","value":"`+stage+`"}]}]}`)
		require.EqualValues(t, want, r.at("total"), stage)
	}
	r := a.search(200, "deals", `{"filterGroups":[{"filters":[{"propertyName":"closedate","operator":"NOT_HAS_PROPERTY"}]}]}`)
	require.EqualValues(t, 2089, r.at("total"))

	won, alone, seen := 0, 0, 0
	path := v + "deals?limit=100&properties=amount,dealstage,external_id,product&associations=companies"
	for after := ""; ; {
		r := a.do(200, "GET", path+after, "")
		for i, row := range r.list("results") {
			seen++
			if row.(map[string]any)["associations"] == nil {
				alone++
			}
			if r.str("results", i, "properties", "dealstage") == "closedwon" {
				n, err := strconv.Atoi(r.str("results", i, "properties", "amount"))
				require.NoError(t, err)
				won += n
			}
			require.NotEmpty(t, r.str("results", i, "properties", "external_id"))
		}
		if r.body["paging"] == nil {
			break
		}
		after = "&after=" + r.str("paging", "next", "after")
	}
	require.Equal(t, 8800, seen)
	require.Equal(t, 10_005_534, won)
	require.Equal(t, 1425, alone)
	r = a.do(200, "GET", "/crm/properties/2026-09/deals/external_id", "")
	require.NotContains(t, r.body, "hubspotDefined")
	require.Equal(t, "2017-03-01T00:00:00Z", a.do(200, "GET", v+"deals?limit=1", "").str("results", 0, "properties", "closedate"))
}

// --shift-dates: the newest close date is today.
func TestSeed_ShiftDates(t *testing.T) {
	a := open(t, func(o *Options) { o.SeedDir, o.ShiftDates = sharedData(t), true })
	r := a.search(200, "deals", `{"limit":1,"sorts":["-closedate"],"properties":["closedate","createdate"]}`)
	require.Equal(t, "2026-10-05T00:00:00Z", r.str("results", 0, "properties", "closedate"))
}

// Contacts, and what a missing file means.
func TestSeed_Contacts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	write("companies.csv", "\ufeffname,domain\nÄrger & Söhne,aerger.example\n")
	write("contacts.csv", "email,firstname,company_name,favourite colour\nA@b.example,Ann,ärger & söhne,blue\n")
	_, err := Open(Options{SeedDir: dir})
	require.ErrorContains(t, err, `contacts.csv: line 1: column "favourite colour" cannot be a property name`)
	write("contacts.csv", "email,firstname,company_name,favourite\nA@b.example,Ann,ärger & söhne,\"a, \"\"b\"\"\"\n")
	a := open(t, func(o *Options) { o.SeedDir = dir })
	r := a.do(200, "GET", v+"contacts/a@b.example?idProperty=email&properties=favourite&associations=companies", "")
	require.Equal(t, `a, "b"`, r.str("properties", "favourite"))
	require.Len(t, r.list("associations", "companies", "results"), 2)
	require.Len(t, a.p.owners, 1)
}

// A bad file is named with its line.
func TestSeed_BadFiles(t *testing.T) {
	for content, want := range map[string]string{
		"email\nnot-an-address\n":                                  "contacts.csv: line 2: column email: Email address not-an-address is invalid",
		"email,firstname\na@b.example,A\nA@B.example,B\n":          `contacts.csv: line 3: column email: "A@B.example" is there twice`,
		"email,company_name\na@b.example,Nowhere\n":                `contacts.csv: line 2: column company_name: no company "Nowhere" in companies.csv`,
		"email,owner_email\na@b.example,x@y.example\n":             "contacts.csv: line 2: column owner_email: no owner x@y.example",
		"email,firstname\na@b.example\n":                           "contacts.csv: record on line 2: wrong number of fields",
		"email,email\na@b.example,b@b.example\n":                   `contacts.csv: line 1: column "email" is there twice`,
		"email,closedate\na@b.example,soon\n":                      `contacts.csv: line 2: column closedate: "soon" is not a date`,
		"email,hs_object_id\na@b.example,5\n":                      "contacts.csv: line 2: column hs_object_id: this property is computed",
		"email,firstname\n\"a\nb@c.example\",x\nd@e.example,\"y\n": "contacts.csv: ",
		"": "contacts.csv: line 1: no column names",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(content), 0o600))
		_, err := Open(Options{SeedDir: dir})
		require.ErrorContains(t, err, want)
	}
	_, err := Open(Options{SeedDir: filepath.Join(t.TempDir(), "none")})
	require.ErrorContains(t, err, "seed: ")
}

// everything lists a portal's records as the API shows them.
func everything(a *api) string {
	var out strings.Builder
	for _, typ := range []string{"contacts", "companies", "deals"} {
		var names []string
		for _, def := range a.do(200, "GET", "/crm/properties/2026-09/"+typ, "").list("results") {
			names = append(names, def.(map[string]any)["name"].(string))
		}
		after := ""
		for {
			q := v + typ + "?limit=50&associations=contacts,companies,deals&properties=" + strings.Join(names, ",") + "&propertiesWithHistory=" + names[0] + after
			r := a.do(200, "GET", q, "")
			out.WriteString(asJSON(a.t, r.at("results")))
			if r.body["paging"] == nil {
				break
			}
			after = "&after=" + r.str("paging", "next", "after")
		}
		out.WriteString(asJSON(a.t, a.do(200, "GET", v+typ+"?archived=true", "").at("results")))
	}
	return out.String()
}

// Equal options and clocks give equal portals, another seed another one.
func TestOpen_IsDeterministic(t *testing.T) {
	start := func(seed int64) *api {
		return open(t, func(o *Options) { o.Contacts, o.Seed = 150, seed })
	}
	a, b, c := start(1), start(1), start(2)
	require.Equal(t, everything(a), everything(b))
	require.NotEqual(t, everything(a), everything(c))
	require.Equal(t, a.p.Credentials(), b.p.Credentials())
	require.NotEqual(t, a.p.Credentials().Token, c.p.Credentials().Token)
	x, err := a.p.GrantFor("")
	require.NoError(t, err)
	y, err := b.p.GrantFor("")
	require.NoError(t, err)
	require.Equal(t, x, y)
	require.Equal(t, a.access(x), b.access(y))
	require.Equal(t, a.contact(`{}`), b.contact(`{}`))
}

// A made-up portal is believable: sizes, empty and long values, scripts.
func TestMade_IsBelievable(t *testing.T) {
	a := open(t, func(o *Options) { o.Contacts = 2000 })
	requireRecords(t, a, map[string]int64{
		"contacts": 2000, "companies": 250, "deals": 500, "users": 12, "products": 10, "line_items": 328, "tickets": 100,
		"notes": 250, "tasks": 250, "calls": 250, "emails": 250, "meetings": 250,
	})
	all := everything(a)
	for _, part := range []string{"Müller", "Łukasz", "佐藤", "محمد", "Шевченко", "Nguyễn", "민준", "כהן", "𠮷田", "मुंबई", "JPY"} {
		require.Contains(t, all, part)
	}
	long := 0
	tab := a.p.tables[0]
	for r := range tab.live.ascend(0, tab.live.len()) {
		if len(tab.named(r.cur, "message")) > 2000 {
			long++
		}
		require.LessOrEqual(t, r.cur.modified, a.p.nowMS())
		for _, c := range r.cur.cells {
			def := tab.props[c.prop]
			if !def.writable() {
				continue
			}
			got, wrong := a.p.check(tab, c.prop, c.val, "", false)
			require.Nil(t, wrong, "%s: %q", def.Name, c.val)
			require.Equal(t, c.val, got.val, def.Name)
		}
	}
	require.Positive(t, long)
	open := a.search(200, "deals", `{"limit":1,"filterGroups":[{"filters":[{"propertyName":"hs_is_closed","operator":"EQ","value":"false"}]}]}`)
	require.Greater(t, open.at("total"), 300.0)
}

// The state file keeps everything: values, history, links, tokens, definitions.
func TestState_SurvivesRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "portal.state")
	with := func(o *Options) { o.StateFile = file }
	a := open(t, with)
	id := a.contact(`{"email":"keep@b.example","firstname":"K"}`)
	a.clock.Add(time.Minute)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":"Kept"}}`)
	a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"my_key":"1"}}`)
	gone := a.contact(`{}`)
	a.do(204, "DELETE", v+"contacts/"+gone, "")
	x, y := a.contact(`{"firstname":"X"}`), a.contact(`{}`)
	merged, err := a.p.Merge("contacts", x, y)
	require.NoError(t, err)
	a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/labels", `{"label":"Champion","name":"champion"}`)
	refresh, err := a.p.GrantFor("")
	require.NoError(t, err)
	require.NoError(t, a.p.Close())
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	b := open(t, with, func(o *Options) { o.Contacts, o.Now = 7, a.clock.Now })
	require.Equal(t, everything(a), everything(b))
	require.Equal(t, a.p.Credentials(), b.p.Credentials())
	b.access(refresh)
	r := b.do(200, "GET", v+"contacts/1?idProperty=my_key&propertiesWithHistory=firstname", "")
	require.Len(t, r.list("propertiesWithHistory", "firstname"), 2)
	require.Equal(t, "Kept", r.str("properties", "firstname"))
	b.do(409, "POST", v+"contacts", `{"properties":{"email":"keep@b.example"}}`)
	require.Equal(t, merged, b.do(200, "GET", v+"contacts/"+y, "").str("id"))
	require.Equal(t, a.contact(`{}`), b.contact(`{}`), "ids go on where they were")
	b.do(200, "GET", v+"contacts/"+gone+"?archived=true", "")
	require.Len(t, b.do(200, "GET", "/crm/associations/2026-09/contacts/deals/labels", "").list("results"), 2)

	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, damage := range [][]byte{raw[:len(raw)/2], []byte("nonsense"), bytes.Repeat([]byte{0xff}, 100)} {
		require.NoError(t, os.WriteFile(file, damage, 0o600))
		_, err = Open(Options{StateFile: file})
		require.ErrorContains(t, err, "load portal from")
	}
	left, err := filepath.Glob(file + ".*")
	require.NoError(t, err)
	require.Empty(t, left)
}

// Options must make sense.
func TestOpen_BadOptions(t *testing.T) {
	for _, o := range []Options{{Contacts: -1}, {Latency: -1}, {IndexLag: -1}} {
		_, err := Open(o)
		require.Error(t, err)
	}
	require.True(t, json.Valid(encodeJSON(Stats{})))
}

// Changes are saved a little later by themselves, so that a kill loses little.
func TestState_SavedInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "portal.state")
		p, err := Open(Options{Contacts: 3, StateFile: file})
		require.NoError(t, err)
		refresh, err := p.GrantFor("")
		require.NoError(t, err)
		require.NoFileExists(t, file)
		time.Sleep(saveDelay + time.Millisecond)
		synctest.Wait()
		killed, err := Open(Options{StateFile: file})
		require.NoError(t, err)
		require.Contains(t, killed.auth.Refresh, refresh)
		require.NoError(t, p.Close())
	})
}

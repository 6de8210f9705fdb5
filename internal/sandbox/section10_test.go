package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSection10_01_Paths(t *testing.T) {
	a := open(t)
	for _, typ := range [][]string{{"contacts", "contact", "0-1"}, {"companies", "company", "0-2"}, {"deals", "deal", "0-3"}} {
		want := a.do(200, "GET", v+typ[0]+"?limit=5", "").ids()
		require.NotEmpty(t, want)
		for _, root := range []string{"/crm/v3/objects/", "/crm/objects/2026-03/", "/crm/objects/2026-09/"} {
			for _, name := range typ {
				require.Equal(t, want, a.do(200, "GET", root+name+"?limit=5", "").ids(), root+name)
			}
		}
		for _, path := range []string{"/crm/v3/properties/", "/crm/properties/2026-03/", "/crm/properties/2026-09/"} {
			require.NotEmpty(t, a.do(200, "GET", path+typ[2], "").list("results"))
		}
		for _, path := range []string{"/crm/v4/objects/%s/%s/associations/0-2", "/crm/objects/2026-03/%s/%s/associations/company", "/crm/objects/2026-09/%s/%s/associations/companies"} {
			a.do(200, "GET", fmt.Sprintf(path, typ[1], want[0]), "")
		}
	}
	for _, path := range []string{"/crm/v3/owners", "/crm/owners/2026-03", "/crm/v3/pipelines/deals", "/crm/pipelines/2026-09/0-3", "/account-info/v3/details", "/account-info/2026-09/details"} {
		a.do(200, "GET", path, "")
	}
	a.do(400, "GET", "/crm/v3/objects/x", "").whole(`{"status":"error","message":"Unable to infer object type from: x","correlationId":"…"}`)
}

func TestSection10_02_Shapes(t *testing.T) {
	a := open(t)
	a.clock.Add(-250 * time.Millisecond)
	for typ, c := range map[string]struct {
		body     string
		defaults []string
	}{
		"contacts":  {`{"firstname":"F","annualrevenue":7}`, []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}},
		"companies": {`{"name":"N"}`, []string{"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"}},
		"deals":     {`{"dealname":"D","dealstage":"closedwon","pipeline":"default"}`, []string{"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"}},
	} {
		r := a.do(201, "POST", v+typ, `{"properties":`+c.body+`}`)
		require.Equal(t, "http://localhost"+v+typ+"/"+r.str("id"), r.header.Get("Location"))
		r = a.do(200, "GET", v+typ+"/"+r.str("id"), "")
		require.Equal(t, c.defaults, keys(r.at("properties")))
		last := -1
		for _, name := range c.defaults {
			at := strings.Index(r.raw, `"`+name+`":`)
			require.Greater(t, at, last, "sorted keys: %s", r.raw)
			last = at
		}
		require.Equal(t, "2026-10-05T09:30:00Z", r.str("createdAt"), "milliseconds trimmed when zero")
		r = a.do(200, "GET", v+typ+"/"+r.str("id")+"?properties=annualrevenue,city,description", "")
		for name, val := range r.at("properties").(map[string]any) {
			_, text := val.(string)
			require.True(t, text || val == nil, "%s is %v", name, val)
		}
	}
	r := a.do(400, "POST", v+"contacts", `{"properties":{"nope":1}}`)
	require.Equal(t, r.header.Get("X-HubSpot-Correlation-Id"), r.str("correlationId"))
}

// The limits are in limitmodel_test.go; this is that both kinds of callers, and
// the three buckets, do not take from one another, and that search has no rate
// headers.
func TestSection10_04_BucketsAreApart(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "free" })
	refresh, err := a.p.GrantFor("")
	require.NoError(t, err)
	app := a.as(a.access(refresh))
	for range 100 {
		a.do(200, "GET", v+"contacts?limit=1", "")
	}
	a.do(429, "GET", v+"contacts?limit=1", "")
	require.Equal(t, "109", app.do(200, "GET", v+"contacts?limit=1", "").header.Get("X-HubSpot-RateLimit-Remaining"))
	for name := range a.search(200, "contacts", `{}`).header {
		require.NotContains(t, strings.ToLower(name), "ratelimit")
	}
	a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/batch/read", `{"inputs":[]}`)
}

func TestSection10_05_Conflict_ExistingID(t *testing.T) {
	a := open(t)
	x, y := a.contact(`{"email":"x@b.example"}`), a.contact(`{"email":"y@b.example"}`)
	merged := a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, x, y)).str("id")
	for _, mail := range []string{"x@b.example", "X@B.EXAMPLE", "y@b.example", "Y@b.Example"} {
		a.do(409, "POST", v+"contacts", `{"properties":{"email":"`+mail+`"}}`).whole(`{"status":"error","message":"Contact already exists. Existing ID: %s","correlationId":"…","category":"CONFLICT"}`, merged)
	}
	a.do(204, "DELETE", v+"contacts/"+merged, "")
	a.do(201, "POST", v+"contacts", `{"properties":{"email":"y@b.example"}}`)
}

func TestSection10_05_Values(t *testing.T) {
	a := open(t)
	r := a.do(400, "POST", v+"contacts", `{"properties":{"zzz":"1","email":"no","hs_is_contact":"x","hs_persona":"nobody","firstname":"fine"}}`)
	codes := map[any]any{}
	for i := range r.list("errors") {
		codes[r.str("errors", i, "context", "propertyName", 0)] = r.str("errors", i, "code")
	}
	require.Equal(t, map[any]any{"zzz": "PROPERTY_DOESNT_EXIST", "email": "INVALID_EMAIL", "hs_is_contact": "READ_ONLY_VALUE", "hs_persona": "INVALID_OPTION"}, codes)
	require.Equal(t, 4, strings.Count(r.str("message"), `"isValid":false`), "the same list in the message")
	id := a.contact(`{"lifecyclestage":"customer","hs_buying_role":"CHAMPION"}`)
	set := func(name, val string) string {
		t.Helper()
		a.do(200, "PATCH", v+"contacts/"+id, fmt.Sprintf(`{"properties":{%q:%q}}`, name, val))
		val, _ = a.do(200, "GET", v+"contacts/"+id+"?properties="+name, "").at("properties", name).(string)
		return val
	}
	require.Equal(t, "customer", set("lifecyclestage", "lead"), "forward only")
	require.Equal(t, "evangelist", set("lifecyclestage", "evangelist"))
	require.Empty(t, set("lifecyclestage", ""))
	require.Equal(t, "lead", set("lifecyclestage", "lead"), "unless cleared first")
	require.Equal(t, "CHAMPION;OTHER", set("hs_buying_role", ";OTHER"))
	require.Equal(t, "CHAMPION;OTHER", set("hs_buying_role", ";CHAMPION"))
}

func TestSection10_06_Batches(t *testing.T) {
	a := open(t)
	item := func(i int) string { return fmt.Sprintf(`{"properties":{"email":"m%d@b.example"}}`, i) }
	a.do(400, "POST", v+"contacts/batch/create", batchOf(101, item))
	require.EqualValues(t, 40, a.p.Stats().Records["contacts"])
	made := a.do(201, "POST", v+"contacts/batch/create", batchOf(100, item)).ids()
	require.Len(t, made, 100)
	require.False(t, slices.IsSortedFunc(made, byNumber), "not in the order of the inputs")
	a.do(409, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"new@b.example"}},{"properties":{"email":"M5@b.example"}}]}`)
	a.do(404, "GET", v+"contacts/new@b.example?idProperty=email", "")

	x, y := made[0], made[1]
	a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, x, y))
	for _, op := range []string{"read", "update"} {
		r := a.do(207, "POST", v+"contacts/batch/"+op, fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{"city":"Bern"}},{"id":%q,"properties":{"city":"Bern"}},{"id":"998","properties":{}},{"id":"999","properties":{}}]}`, x, made[2]))
		require.Equal(t, []string{made[2]}, r.ids(), "merged-away ids are left out without a word")
		require.EqualValues(t, 1, r.at("numErrors"))
		require.Equal(t, []any{"998", "999"}, r.at("errors", 0, "context", "ids"))
	}
	for _, op := range []string{"update", "upsert"} {
		a.do(400, "POST", v+"contacts/batch/"+op, `{"inputs":[{"id":"m7@b.example","idProperty":"email","properties":{"city":"Rom"}},{"id":"M7@b.example","idProperty":"email","properties":{"city":"Rom"}}]}`)
		require.Nil(t, a.do(200, "GET", v+"contacts/m7@b.example?idProperty=email&properties=city", "").at("properties", "city"))
	}
	a.do(204, "POST", v+"contacts/batch/archive", fmt.Sprintf(`{"inputs":[{"id":%q},{"id":"999"}]}`, made[3]))
	a.do(404, "GET", v+"contacts/"+made[3], "")
}

func TestSection10_07_Search(t *testing.T) {
	a := open(t, func(o *Options) { o.IndexLag = 10 * time.Second })
	id := a.contact(`{"city":"Zürich","hs_lead_status":"OPEN"}`)
	find := func(filter string) []string {
		t.Helper()
		return a.search(200, "contacts", `{"filterGroups":[{"filters":[`+filter+`,{"propertyName":"hs_object_id","operator":"EQ","value":"`+id+`"}]}]}`).ids()
	}
	const city = `{"propertyName":"city","operator":"EQ","value":"ZÜRICH"}`
	require.Empty(t, find(city), "the index lags")
	a.clock.Add(10 * time.Second)
	require.Equal(t, []string{id}, find(city), "text in any case")
	require.Empty(t, find(`{"propertyName":"hs_lead_status","operator":"EQ","value":"open"}`), "options as they are")
	require.Empty(t, find(`{"propertyName":"city","operator":"IN","values":["Zürich"]}`), "IN wants lower case")
	require.Equal(t, []string{id}, find(`{"propertyName":"city","operator":"IN","values":["zürich"]}`))
	a.do(204, "DELETE", v+"contacts/"+id, "")
	a.clock.Add(10 * time.Second)
	require.Empty(t, find(city), "never archived")
	r := a.search(200, "contacts", `{"limit":7}`)
	require.Equal(t, "7", r.str("paging", "next", "after"), "an offset")
	a.search(400, "contacts", `{"limit":1,"after":"10000"}`)
	a.search(400, "contacts", `{"filterGroups":[{},{},{},{},{},{}]}`)
	require.Equal(t, 5, strings.Count(a.search(200, "contacts", `{"limit":5}`).raw, `"createdAt"`))
}

func TestSection10_08_MergeArchiveRestore(t *testing.T) {
	a := open(t)
	x, y := a.contact(`{"firstname":"X"}`), a.contact(`{"lastname":"Y"}`)
	id := a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, x, y)).str("id")
	require.NotContains(t, []string{x, y}, id, "a new id")
	for _, old := range []string{x, y} {
		require.Equal(t, id, a.do(200, "GET", v+"contacts/"+old, "").str("id"))
	}
	require.NotContains(t, a.do(200, "GET", v+"contacts?archived=true", "").ids(), x, "merged is not archived")
	a.clock.Add(time.Minute)
	a.do(204, "DELETE", v+"contacts/"+id, "")
	r := a.do(200, "GET", v+"contacts?archived=true", "")
	require.Equal(t, []string{id}, r.ids())
	require.Equal(t, "2026-10-05T09:31:00.250Z", r.str("results", 0, "archivedAt"))
	require.Equal(t, "2026-10-05T09:30:00.250Z", r.str("results", 0, "updatedAt"), "an archive moves no stamp")
	require.NotContains(t, a.do(200, "GET", v+"contacts?limit=100", "").ids(), id)
	for _, path := range []string{"/restore", "/" + id + "/restore"} { // no such path in the API
		got := a.wild("POST", v+"contacts"+path, "", "")
		require.Equal(t, 404, got.code)
	}
	a.as("").do(200, "POST", "/_sandbox/restore", fmt.Sprintf(`{"type":"contacts","id":%q}`, id))
	require.Equal(t, "2026-10-05T09:30:00.250Z", a.do(200, "GET", v+"contacts/"+x, "").str("updatedAt"))
}

func TestSection10_09_Associations(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	a.clock.Add(time.Hour)
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/companies/"+company, "").whole(`{"status":"COMPLETE","results":[`+
		`{"from":{"id":%[1]q},"to":{"id":%[2]q},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}},`+
		`{"from":{"id":%[2]q},"to":{"id":%[1]q},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":280}}],`+
		`"startedAt":"2026-10-05T10:30:00.250Z","completedAt":"2026-10-05T10:30:00.250Z"}`, contact, company)
	a.do(200, "GET", v+"companies/"+company+"/associations/contacts", "").whole(`{"results":[{"toObjectId":%q,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":280,"label":null},{"category":"HUBSPOT_DEFINED","typeId":2,"label":"Primary"}]}]}`, contact)
	a.do(200, "GET", "/crm/v4/objects/contacts/"+contact+"/associations/companies", "").whole(`{"results":[{"toObjectId":%s,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":279,"label":null},{"category":"HUBSPOT_DEFINED","typeId":1,"label":"Primary"}]}]}`, company)
	label := a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/labels", `{"label":"Point of contact","name":"poc"}`).at("results", 0, "typeId")
	a.do(201, "PUT", "/crm/v4/objects/contacts/"+contact+"/associations/deals/"+deal, fmt.Sprintf(`[{"associationCategory":"USER_DEFINED","associationTypeId":%v}]`, label)).
		whole(`{"fromObjectTypeId":"0-1","fromObjectId":%s,"toObjectTypeId":"0-3","toObjectId":%s,"labels":["Point of contact"]}`, contact, deal)
	a.do(207, "POST", "/crm/associations/2026-09/deals/companies/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, deal))
	for typ, id := range map[string]string{"contacts": contact, "companies": company, "deals": deal} {
		require.Equal(t, "2026-10-05T09:30:00.250Z", a.do(200, "GET", v+typ+"/"+id, "").str("updatedAt"), "associations move no stamp")
	}
	pair := fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":[{"id":%q}]}]}`, contact, deal)
	a.do(200, "POST", "/crm/associations/2026-03/contacts/deals/batch/archive", pair).whole(`{"status":"COMPLETE","results":[],"startedAt":"2026-10-05T10:30:00.250Z","completedAt":"2026-10-05T10:30:00.250Z"}`)
	a.do(204, "POST", "/crm/v4/associations/contacts/deals/batch/archive", pair)
	require.Empty(t, a.do(200, "GET", v+"deals/"+deal+"/associations/contacts", "").list("results"))
}

func TestSection10_10_History(t *testing.T) {
	a := open(t)
	id := a.contact(`{"city":"Rom"}`)
	a.clock.Add(time.Minute)
	a.as("").do(200, "POST", "/_sandbox/edit", fmt.Sprintf(`{"type":"contacts","id":%q,"properties":{"city":"Bern"}}`, id))
	user := a.p.owners[1].UserID
	require.JSONEq(t, fmt.Sprintf(`[{"value":"Bern","timestamp":"2026-10-05T09:31:00.250Z","sourceType":"CRM_UI","sourceId":"userId:%[1]d","updatedByUserId":%[1]d},`+
		`{"value":"Rom","timestamp":"2026-10-05T09:30:00.250Z","sourceType":"INTEGRATION","sourceId":"%[2]d","sourceLabel":"Satchel sandbox token"}]`, user, a.p.auth.StaticAppID),
		asJSON(t, a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=city", "").at("propertiesWithHistory", "city")))
	a.do(400, "GET", v+"contacts?propertiesWithHistory=city&limit=51", "")
	a.do(200, "GET", v+"contacts?propertiesWithHistory=city&limit=50", "")
	one := func(int) string { return `{"id":` + strconv.Quote(id) + `}` }
	with := func(n int) string {
		return strings.Replace(batchOf(n, one), "{", `{"propertiesWithHistory":["city"],`, 1)
	}
	a.do(400, "POST", v+"contacts/batch/read", with(51))
	require.Equal(t, "Bern", a.do(200, "POST", v+"contacts/batch/read", with(50)).str("results", 0, "propertiesWithHistory", "city", 0, "value"))
}

func TestSection10_11_Faults(t *testing.T) {
	a := open(t)
	plan := func(f Fault) {
		t.Helper()
		a.p.ClearFaults()
		_, err := a.p.Fault(f)
		require.NoError(t, err)
	}
	count := func() int64 { return a.p.Stats().Records["contacts"] }
	create := func() (*reply, error) { return a.try("POST", v+"contacts", `{"properties":{"firstname":"F"}}`) }
	for _, code := range []int{423, 429, 477, 500, 502, 503, 504, 524} {
		plan(Fault{Kind: "status", Status: code, Count: 1, RetryAfter: 3})
		before := count()
		r, err := create()
		require.NoError(t, err)
		require.Equal(t, code, r.code)
		require.Equal(t, "3", r.header.Get("Retry-After"))
		require.Equal(t, before, count(), "nothing was done")
		require.Equal(t, code > 500, strings.HasPrefix(r.raw, "<!DOCTYPE html>"), "an edge server answers with a page")
		if code <= 500 {
			require.Equal(t, "error", r.str("status"))
			require.Equal(t, r.header.Get("X-HubSpot-Correlation-Id"), r.str("correlationId"))
		}
		_, err = create()
		require.NoError(t, err)
		require.Equal(t, before+1, count(), "used up")
	}
	before := count()
	plan(Fault{Kind: "drop_after_apply", Count: 1})
	_, err := create()
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, before+1, count(), "done, and the connection dropped")
	plan(Fault{Kind: "status", Status: 524, Apply: true, Count: 1})
	r, err := create()
	require.NoError(t, err)
	require.Equal(t, 524, r.code)
	require.Equal(t, before+2, count(), "done, and a timeout answered")

	plan(Fault{Kind: "status", Status: 401, Match: Match{Path: "/crm/**/batch/*"}, Count: 1})
	r, err = a.try("POST", v+"contacts/batch/create", `{"inputs":[{"properties":{}}]}`)
	require.NoError(t, err)
	require.Equal(t, 401, r.code)
	require.Equal(t, "EXPIRED_AUTHENTICATION", r.str("category"))
	a.do(201, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{}}]}`)

	plan(Fault{Kind: "truncate", Count: 1})
	req, err := http.NewRequestWithContext(t.Context(), "GET", a.base+v+"contacts", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+a.token)
	res, err := a.client.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	half, err := io.ReadAll(res.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.EqualValues(t, res.ContentLength/2, len(half))

	plan(Fault{Kind: "latency", LatencyMS: 30, Count: 1})
	start := time.Now()
	a.do(200, "GET", v+"contacts?limit=1", "")
	require.GreaterOrEqual(t, time.Since(start), 30*time.Millisecond)
}

package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Fact sheet 0 and 10.1: every version and every name of a type is the same.
func TestPaths_VersionsAndTypeNames(t *testing.T) {
	a := open(t)
	want := a.do(200, "GET", v+"contacts?limit=2", "").ids()
	for _, path := range []string{
		"/crm/objects/2026-03/contacts", "/crm/v3/objects/contacts", v + "contact", v + "0-1", "/crm/v3/objects/0-1", v + "Contacts",
	} {
		require.Equal(t, want, a.do(200, "GET", path+"?limit=2", "").ids(), path)
	}
	r := a.do(400, "GET", v+"butterflies", "")
	require.Equal(t, "Unable to infer object type from: butterflies", r.str("message"))
	require.NotContains(t, r.body, "category")
	a.do(404, "GET", "/crm/objects/2024-01/contacts", "")
	require.Contains(t, a.do(404, "GET", "/crm/nothing", "").header.Get("Content-Type"), "text/html")
}

// Fact sheet 3.2: list pages in id order; after is the id the next page starts
// at, and any id will do.
func TestSection3_2_ListPagesInIDOrder(t *testing.T) {
	a := open(t)
	var all []string
	path := v + "contacts?limit=7"
	for {
		r := a.do(200, "GET", path, "")
		all = append(all, r.ids()...)
		if r.body["paging"] == nil {
			require.NotContains(t, r.raw, "paging")
			break
		}
		after := r.str("paging", "next", "after")
		require.Contains(t, r.str("paging", "next", "link"), "after="+after)
		path = v + "contacts?limit=7&after=" + after
	}
	require.Len(t, all, 40)
	require.True(t, slices.IsSortedFunc(all, byNumber))
	n, err := strconv.ParseInt(all[10], 10, 64)
	require.NoError(t, err)
	require.Equal(t, all[10], a.do(200, "GET", fmt.Sprintf("%scontacts?limit=1&after=%d", v, n), "").ids()[0])
	require.Equal(t, all[11], a.do(200, "GET", fmt.Sprintf("%scontacts?limit=1&after=%d", v, n+1), "").ids()[0], "an id between two records")
	a.do(400, "GET", v+"contacts?limit=101", "")
	a.do(400, "GET", v+"contacts?limit=0", "")
	a.do(400, "GET", v+"contacts?after=x", "")
}

func byNumber(a, b string) int {
	x, _ := strconv.ParseInt(a, 10, 64)
	y, _ := strconv.ParseInt(b, 10, 64)
	return int(x - y)
}

// Fact sheet 3.2: defaults, null for requested-unset, unknown names left out,
// sorted keys, compact JSON, strings only.
func TestGet_Shape(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"a@b.example","firstname":"<A> & \"B\"","annualrevenue":12.50}`)
	r := a.do(200, "GET", v+"contacts/"+id, "")
	require.Equal(t, []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}, keys(r.at("properties")))
	require.Nil(t, r.at("properties", "lastname"))
	require.Equal(t, `<A> & "B"`, r.str("properties", "firstname"))
	require.Equal(t, "2026-10-05T09:30:00.250Z", r.str("createdAt"))
	require.Equal(t, r.str("updatedAt"), r.str("properties", "lastmodifieddate"))
	require.Equal(t, false, r.at("archived"))
	require.Equal(t, fmt.Sprintf("https://app.hubspot.com/contacts/%d/record/0-1/%s", a.p.portalID, id), r.str("url"))
	require.NotContains(t, r.raw, ": ")
	require.Contains(t, r.raw, "<A> & ", "HTML is not escaped")

	r = a.do(200, "GET", v+"contacts/"+id+"?properties=zip,annualrevenue,nonsense", "")
	require.Equal(t, []string{"annualrevenue", "createdate", "hs_object_id", "lastmodifieddate", "zip"}, keys(r.at("properties")))
	require.Equal(t, "12.50", r.str("properties", "annualrevenue"), "numbers are taken and kept as text")
	require.Less(t, strings.Index(r.raw, `"annualrevenue"`), strings.Index(r.raw, `"zip"`))
	a.clock.Add(750 * time.Millisecond)
	r = a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"zip":"1"}}`)
	require.Equal(t, "2026-10-05T09:30:01Z", r.str("updatedAt"), "milliseconds are trimmed when zero")
}

func keys(m any) []string {
	var out []string
	for k := range m.(map[string]any) {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Fact sheet 3.2: a create answers 201 with Location and the computed values.
func TestCreate_Contact(t *testing.T) {
	a := open(t)
	r := a.do(201, "POST", v+"contacts", `{"properties":{"email":"New@Example.example","firstname":"N"}}`)
	require.True(t, strings.HasSuffix(r.header.Get("Location"), "/crm/objects/2026-09/contacts/"+r.str("id")))
	for name, want := range map[string]string{
		"email": "new@example.example", "hs_email_domain": "example.example", "lifecyclestage": "lead", "hs_is_contact": "true",
		"hs_object_source": "INTEGRATION", "hs_object_source_label": "INTEGRATION", "hs_pipeline": "contacts-lifecycle-pipeline",
		"hs_all_contact_vids": r.str("id"), "hs_lifecyclestage_lead_date": "2026-10-05T09:30:00.250Z",
	} {
		require.Equal(t, want, r.str("properties", name), name)
	}
	r = a.do(200, "GET", v+"contacts/NEW@example.EXAMPLE?idProperty=email", "")
	require.Equal(t, "new@example.example", r.str("properties", "email"))
	a.do(400, "GET", v+"contacts/N?idProperty=firstname", "")
}

// Fact sheet 3.2: what must be set on create.
func TestCreate_Required(t *testing.T) {
	a := open(t)
	a.do(201, "POST", v+"contacts", `{"properties":{}}`)
	r := a.do(400, "POST", v+"companies", `{"properties":{"city":"x"}}`)
	require.Equal(t, "MISSING_REQUIRED_PROPERTY", r.str("errors", 0, "code"))
	a.do(201, "POST", v+"companies", `{"properties":{"domain":"x.example"}}`)
	r = a.do(400, "POST", v+"deals", `{"properties":{"dealname":"x"}}`)
	require.Equal(t, "A value for dealstage must be provided", r.str("errors", 0, "message"))
	require.Equal(t, "dealstage", r.str("errors", 0, "context", "propertyName", 0))
	r = a.do(201, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"closedwon","amount":7}}`)
	require.Equal(t, "default", r.str("properties", "pipeline"))
	require.Equal(t, "true", r.str("properties", "hs_is_closed_won"))
}

// Fact sheet 3.2: only the sent properties change, "" clears.
func TestSection3_2_UpdateChangesOnlyWhatWasSent(t *testing.T) {
	a := open(t)
	id := a.contact(`{"firstname":"A","lastname":"B"}`)
	a.clock.Add(time.Second)
	r := a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":""}}`)
	require.Equal(t, []string{"createdate", "firstname", "hs_object_id", "lastmodifieddate"}, keys(r.at("properties")))
	r = a.do(200, "GET", v+"contacts/"+id, "")
	require.Nil(t, r.at("properties", "firstname"))
	require.Equal(t, "B", r.str("properties", "lastname"))
	require.Equal(t, "2026-10-05T09:30:01.250Z", r.str("updatedAt"))
	a.clock.Add(time.Second)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"lastname":"B"}}`)
	require.Equal(t, "2026-10-05T09:30:01.250Z", a.do(200, "GET", v+"contacts/"+id, "").str("updatedAt"), "the same value moves no stamp")
	a.do(404, "PATCH", v+"contacts/1", `{"properties":{"lastname":"B"}}`)
}

// Fact sheet 3.6: archive, the two 404s, archived lists, restore by a colleague.
func TestArchive(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"gone@b.example"}`)
	a.do(204, "DELETE", v+"contacts/"+id, "")
	a.do(204, "DELETE", v+"contacts/999", "")
	r := a.do(404, "GET", v+"contacts/"+id, "")
	require.Equal(t, "resource not found", r.str("message"))
	require.NotContains(t, r.body, "category")
	r = a.do(404, "GET", v+"contacts/abc", "")
	require.Equal(t, "Object not found.  objectId are usually numeric.", r.str("message"))
	require.Equal(t, "OBJECT_NOT_FOUND", r.str("category"))
	require.Equal(t, "abc", r.str("context", "id", 0))
	r = a.do(200, "GET", v+"contacts?archived=true", "")
	require.Equal(t, []string{id}, r.ids())
	require.Equal(t, true, r.at("results", 0, "archived"))
	require.Equal(t, "2026-10-05T09:30:00.250Z", r.str("results", 0, "archivedAt"))
	require.Equal(t, id, a.do(200, "GET", v+"contacts/"+id+"?archived=true", "").str("id"))
	a.do(404, "GET", v+"contacts/gone@b.example?idProperty=email", "")
	require.NoError(t, a.p.Restore("contacts", id))
	require.Equal(t, id, a.do(200, "GET", v+"contacts/gone@b.example?idProperty=email", "").str("id"))
	require.Error(t, a.p.Restore("contacts", id))
}

// Fact sheet 3.7: a merge makes a new id, both old ids lead to it.
func TestMerge(t *testing.T) {
	a := open(t)
	x := a.contact(`{"email":"x@b.example","firstname":"X"}`)
	y := a.contact(`{"email":"y@b.example","firstname":"Y","city":"Rome"}`)
	company := a.do(201, "POST", v+"companies", `{"properties":{"name":"C"}}`).str("id")
	a.do(200, "PUT", v+"contacts/"+y+"/associations/default/companies/"+company, "")
	a.clock.Add(time.Minute)
	r := a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%s}`, x, y))
	id := r.str("id")
	require.NotContains(t, []string{x, y}, id)
	for _, old := range []string{x, y, id} {
		r = a.do(200, "GET", v+"contacts/"+old+"?properties=firstname,city,hs_additional_emails,hs_merged_object_ids,hs_calculated_merged_vids&associations=companies", "")
		require.Equal(t, id, r.str("id"))
	}
	require.Equal(t, "X", r.str("properties", "firstname"))
	require.Equal(t, "Rome", r.str("properties", "city"))
	require.Equal(t, "y@b.example", r.str("properties", "hs_additional_emails"))
	require.Equal(t, x+";"+y, r.str("properties", "hs_merged_object_ids"))
	require.Contains(t, r.str("properties", "hs_calculated_merged_vids"), y+":")
	require.Equal(t, company, r.str("associations", "companies", "results", 0, "id"))
	require.Equal(t, id, a.do(200, "GET", v+"contacts/Y@b.example?idProperty=email", "").str("id"), "secondary addresses count")
	a.do(409, "POST", v+"contacts", `{"properties":{"email":"y@B.example"}}`)
	require.Equal(t, id, a.do(200, "PATCH", v+"contacts/"+x, `{"properties":{"city":"Pisa"}}`).str("id"), "a single patch by the old id works")
	r = a.do(200, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{"city":"Oslo"}}]}`, x))
	require.Empty(t, r.list("results"), "a batch leaves the old id out without a word")
	require.NotContains(t, r.body, "errors")
	require.Empty(t, a.do(200, "POST", v+"contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, y)).list("results"))
	require.NotContains(t, a.do(200, "GET", v+"contacts?limit=100", "").ids(), x)
	a.do(400, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, id, id))
}

// Fact sheet 4.7: history, newest first, with source and user.
func TestSection4_7_History(t *testing.T) {
	a := open(t)
	id := a.contact(`{"firstname":"A"}`)
	a.clock.Add(time.Minute)
	require.NoError(t, a.p.Edit(Change{Type: "contacts", ID: id, Properties: map[string]text{"firstname": "Ann"}}))
	user := a.p.owners[1].UserID
	r := a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=firstname", "")
	require.Len(t, r.list("propertiesWithHistory", "firstname"), 2)
	require.Equal(t, "Ann", r.str("propertiesWithHistory", "firstname", 0, "value"))
	require.Equal(t, "2026-10-05T09:31:00.250Z", r.str("propertiesWithHistory", "firstname", 0, "timestamp"))
	require.Equal(t, "CRM_UI", r.str("propertiesWithHistory", "firstname", 0, "sourceType"))
	require.Equal(t, fmt.Sprintf("userId:%d", user), r.str("propertiesWithHistory", "firstname", 0, "sourceId"))
	require.EqualValues(t, user, r.at("propertiesWithHistory", "firstname", 0, "updatedByUserId"))
	require.Equal(t, "INTEGRATION", r.str("propertiesWithHistory", "firstname", 1, "sourceType"))
	require.Equal(t, strconv.FormatInt(a.p.auth.StaticAppID, 10), r.str("propertiesWithHistory", "firstname", 1, "sourceId"))
	require.Equal(t, "Ann", r.str("properties", "firstname"))

	for i := range 60 {
		a.do(200, "PATCH", v+"contacts/"+id, fmt.Sprintf(`{"properties":{"firstname":"%d"}}`, i))
	}
	r = a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=firstname", "")
	require.Len(t, r.list("propertiesWithHistory", "firstname"), 45, "depth is bounded")

	a.do(400, "GET", v+"contacts?limit=51&propertiesWithHistory=firstname", "")
	a.do(200, "GET", v+"contacts?limit=50&propertiesWithHistory=firstname", "")
}

// Fact sheet 8 and 2.2: the envelope, and the correlation id in both places.
func TestErrors_Envelope(t *testing.T) {
	a := open(t)
	r := a.do(400, "POST", v+"contacts", `{"properties":{"testproperty":"1"}}`)
	require.Equal(t, r.header.Get("X-HubSpot-Correlation-Id"), r.str("correlationId"))
	require.Equal(t, byte('7'), r.str("correlationId")[14], "UUIDv7")
	order := []string{`"status":"error"`, `"message":`, `"correlationId":`, `"errors":`, `"category":`}
	for i := 1; i < len(order); i++ {
		require.Less(t, strings.Index(r.raw, order[i-1]), strings.LastIndex(r.raw, order[i]), "key order")
	}
	for _, body := range []string{`{`, `[1]`, `{"properties":[]}`, `{"properties":{"a":{}}}`, "\x00", `{"properties":{}} x`, ``} {
		r = a.do(400, "POST", v+"contacts", body)
		require.Contains(t, r.str("message"), "Invalid input JSON on line 1, column ", "%q", body)
	}
	r = a.do(413, "POST", v+"contacts", `{"properties":{"message":"`+strings.Repeat("x", maxBody)+`"}}`)
	require.Equal(t, "error", r.str("status"))
	a.do(414, "GET", v+"contacts?properties="+strings.Repeat("x", maxURL), "")
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.base+v+"contacts", strings.NewReader("a=b"))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+a.token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err = a.send(req)
	require.NoError(t, err)
	require.Equal(t, 415, r.code)
}

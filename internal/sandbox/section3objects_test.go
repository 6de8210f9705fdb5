package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// specimen is what a type needs of a new record, for the tests that go through
// all types with ids of the fact sheet.
type specimen struct {
	id, plural, body string
	created          string
	modified         string
	defaults         []string
	merges           bool
}

func specimens() []specimen {
	const at = `"hs_timestamp":"2026-10-05T09:00:00Z"`
	activity := func(id, plural, more string) specimen {
		return specimen{id, plural, `{` + at + more + `}`, "hs_createdate", "hs_lastmodifieddate", []string{"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}, false}
	}
	const modified = "hs_lastmodifieddate"
	return []specimen{
		{"0-1", "contacts", `{"firstname":"F"}`, "createdate", "lastmodifieddate", []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}, true},
		{"0-2", "companies", `{"name":"N"}`, "createdate", modified, []string{"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"}, true},
		{"0-3", "deals", `{"dealname":"D","dealstage":"closedwon","pipeline":"default"}`, "createdate", modified, []string{"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"}, true},
		{"0-5", "tickets", `{"subject":"S","hs_pipeline":"0","hs_pipeline_stage":"1"}`, "createdate", modified, []string{"content", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"}, true},
		activity("0-27", "tasks", ""), activity("0-46", "notes", ""), activity("0-47", "meetings", ""), activity("0-48", "calls", ""),
		activity("0-49", "emails", `,"hs_email_direction":"EMAIL"`),
	}
}

// Every operation of the table with its status, for all types, under the name
// and the id of the sheet.
func TestSection3_1_Operations(t *testing.T) {
	a := open(t)
	for _, s := range specimens() {
		at := v + s.plural
		another := func() string { return a.do(201, "POST", at, `{"properties":`+s.body+`}`).str("id") }
		id := another()
		require.Equal(t, id, a.do(200, "GET", v+s.id+"/"+id, "").str("id"), s.plural)
		a.do(200, "GET", at+"?limit=100", "")
		a.do(200, "PATCH", at+"/"+id, `{"properties":{}}`)
		one := fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{}}]}`, id)
		a.do(200, "POST", at+"/batch/read", one)
		a.do(207, "POST", at+"/batch/read", `{"inputs":[{"id":"999"}]}`)
		a.do(200, "POST", at+"/batch/update", one)
		a.do(207, "POST", at+"/batch/update", `{"inputs":[{"id":"999","properties":{}}]}`)
		a.do(201, "POST", at+"/batch/create", `{"inputs":[{"properties":`+s.body+`}]}`)
		a.do(207, "POST", at+"/batch/create", `{"inputs":[{"objectWriteTraceId":"a","properties":{"zzz":"1"}}]}`)
		a.do(204, "POST", at+"/batch/archive", one)
		a.search(200, s.plural, `{}`)
		a.do(204, "DELETE", at+"/"+another(), "")
		a.do(204, "DELETE", at+"/999", "")
		body := fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, another(), another())
		if s.merges {
			a.do(200, "POST", at+"/merge", body)
		} else {
			require.Contains(t, a.do(404, "POST", at+"/merge", body).header.Get("Content-Type"), "text/html", s.plural)
		}
		if s.plural != "contacts" {
			require.Contains(t, a.do(404, "POST", at+"/gdpr-delete", `{"objectId":"`+another()+`"}`).header.Get("Content-Type"), "text/html", s.plural)
		}
	}
	a.do(200, "POST", v+"contacts/batch/upsert", `{"inputs":[{"idProperty":"email","id":"u@b.example","properties":{}}]}`)
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"idProperty":"email","objectId":"u@b.example"}`)
}

func TestSection3_1_Limits(t *testing.T) {
	a := open(t)
	refuses := func(r *reply, message string) {
		t.Helper()
		r.whole(`{"status":"error","message":%q,"correlationId":"…","category":"VALIDATION_ERROR"}`, message)
	}
	require.Len(t, a.do(200, "GET", v+"contacts", "").ids(), 10, "the usual page")
	refuses(a.do(400, "GET", v+"contacts?limit=101", ""), "limit must be between 1 and 100, but was 101")
	refuses(a.do(400, "GET", v+"contacts?limit=0", ""), "limit must be between 1 and 100, but was 0")
	refuses(a.do(400, "GET", v+"contacts?limit=51&propertiesWithHistory=city", ""), "limit must be between 1 and 50, but was 51")
	refuses(a.do(400, "GET", v+"contacts?limit=x", ""), "Unable to parse value for query parameter: limit: x")
	for _, op := range []string{"read", "create", "update", "upsert", "archive"} {
		refuses(a.do(400, "POST", v+"contacts/batch/"+op, batchOf(101, func(int) string { return `{"id":"1"}` })), "The maximum number of inputs supported in a batch request is 100")
		refuses(a.do(400, "POST", v+"contacts/batch/"+op, `{}`), "Some required fields were not set: [inputs]")
	}
}

// A page to its last byte, archived ones, associations and history included.
func TestSection3_2_ListPage(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/companies/"+company, "")
	r := a.do(200, "GET", v+"contacts?limit=1&after="+contact+"&properties=firstname,nonsense&propertiesWithHistory=city,firstname&associations=companies,deals", "")
	require.Equal(t, fmt.Sprintf(`{"results":[{"id":"%[1]s","properties":{"city":null,"createdate":"2026-10-05T09:30:00.250Z","firstname":"A","hs_object_id":"%[1]s","lastmodifieddate":"2026-10-05T09:30:00.250Z"},`+
		`"propertiesWithHistory":{"city":[],"firstname":[{"value":"A","timestamp":"2026-10-05T09:30:00.250Z","sourceType":"INTEGRATION","sourceId":"%[4]d","sourceLabel":"Satchel sandbox token"}]},`+
		`"createdAt":"2026-10-05T09:30:00.250Z","updatedAt":"2026-10-05T09:30:00.250Z","archived":false,"url":"https://app.hubspot.com/contacts/%[3]d/record/0-1/%[1]s",`+
		`"associations":{"companies":{"results":[{"id":"%[2]s","type":"contact_to_company_unlabeled"},{"id":"%[2]s","type":"contact_to_company"}]}}}]}`,
		contact, company, a.p.portalID, a.p.auth.StaticAppID), r.raw, "the last page has no paging")

	next := a.contact(`{}`)
	r = a.do(200, "GET", "/crm/objects/2026-09/0-1?limit=1&after="+contact, "")
	require.Equal(t, []string{contact}, r.ids())
	require.JSONEq(t, `{"next":{"after":"`+next+`","link":"http://localhost/crm/objects/2026-09/0-1?after=`+next+`&limit=1"}}`, asJSON(t, r.at("paging")))
	a.clock.Add(time.Minute)
	a.do(204, "DELETE", v+"contacts/"+contact, "")
	r = a.do(200, "GET", v+"contacts?archived=true&properties=firstname&associations=companies", "")
	require.Equal(t, fmt.Sprintf(`{"results":[{"id":"%[1]s","properties":{"createdate":"2026-10-05T09:30:00.250Z","firstname":"A","hs_object_id":"%[1]s","lastmodifieddate":"2026-10-05T09:30:00.250Z"},`+
		`"createdAt":"2026-10-05T09:30:00.250Z","updatedAt":"2026-10-05T09:30:00.250Z","archived":true,"archivedAt":"2026-10-05T09:31:00.250Z","url":"https://app.hubspot.com/contacts/%[2]d/record/0-1/%[1]s",`+
		`"associations":{"companies":{"results":[{"id":"%[3]s","type":"contact_to_company_unlabeled"},{"id":"%[3]s","type":"contact_to_company"}]}}}]}`, contact, a.p.portalID, company), r.raw)
}

// What is shown when nothing is asked for, and the three that are always there.
func TestSection3_2_DefaultProperties(t *testing.T) {
	a := open(t)
	for _, s := range specimens() {
		id := a.do(201, "POST", v+s.plural, `{"properties":`+s.body+`}`).str("id")
		require.Equal(t, s.defaults, keys(a.do(200, "GET", v+s.plural+"/"+id, "").at("properties")), s.plural)
		r := a.do(200, "GET", v+s.plural+"/"+id+"?properties=hubspot_owner_id,nonsense", "")
		require.ElementsMatch(t, []string{s.created, "hs_object_id", s.modified, "hubspot_owner_id"}, keys(r.at("properties")))
		require.Nil(t, r.at("properties", "hubspot_owner_id"), "unset is null")
	}
}

// A create answers with the sent and the computed values of the capture, not
// with the whole record.
func TestSection3_2_CreateContact(t *testing.T) {
	a := open(t)
	_, company, _ := trio(a)
	for _, to := range []string{company, `"` + company + `"`} {
		r := a.do(201, "POST", v+"contacts", `{"properties":{"firstname":"N"},"associations":[{"to":{"id":`+to+`},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}`)
		require.Equal(t, company, a.do(200, "GET", v+"contacts/"+r.str("id")+"?associations=companies", "").str("associations", "companies", "results", 0, "id"))
		a.do(204, "DELETE", v+"contacts/"+r.str("id"), "")
	}
	r := a.do(201, "POST", v+"contacts", `{"properties":{"email":"New@B.example","firstname":"N"}}`)
	id := r.str("id")
	require.Equal(t, "http://localhost"+v+"contacts/"+id, r.header.Get("Location"))
	require.JSONEq(t, fmt.Sprintf(`{"createdate":"2026-10-05T09:30:00.250Z","email":"new@b.example","firstname":"N","hs_all_contact_vids":%[1]q,"hs_email_domain":"b.example","hs_is_contact":"true","hs_is_unworked":"true",
		"hs_lifecyclestage_lead_date":"2026-10-05T09:30:00.250Z","hs_marketable_status":"false","hs_marketable_until_renewal":"false","hs_object_id":%[1]q,"hs_object_source":"INTEGRATION","hs_object_source_id":"%[2]d",
		"hs_object_source_label":"INTEGRATION","hs_pipeline":"contacts-lifecycle-pipeline","lastmodifieddate":"2026-10-05T09:30:00.250Z","lifecyclestage":"lead"}`, id, a.p.auth.StaticAppID), asJSON(t, r.at("properties")))
}

func TestSection3_2_RequiredOnCreate(t *testing.T) {
	a := open(t)
	lacks := func(typ string, names ...string) {
		t.Helper()
		var list []string
		for _, name := range names {
			list = append(list, fmt.Sprintf(`{"message":"A value for %[1]s must be provided","code":"MISSING_REQUIRED_PROPERTY","context":{"propertyName":[%[1]q]}}`, name))
		}
		a.do(400, "POST", v+typ, `{"properties":{}}`).whole(`{"status":"error","message":"The property values provided are invalid","correlationId":"…","errors":[%s],"category":"VALIDATION_ERROR"}`, strings.Join(list, ","))
	}
	a.do(201, "POST", v+"contacts", `{"properties":{}}`)
	lacks("companies", "name", "domain")
	lacks("deals", "dealname", "dealstage")
	lacks("tickets", "subject", "hs_pipeline_stage")
	for _, typ := range []string{"notes", "tasks", "calls", "meetings"} {
		lacks(typ, "hs_timestamp")
	}
	lacks("emails", "hs_timestamp", "hs_email_direction")
	for _, body := range []string{`{"domain":"b.example"}`, `{"name":"B"}`} {
		a.do(201, "POST", v+"companies", `{"properties":`+body+`}`)
	}
}

// One wrong value refuses the whole update, and "" clears.
func TestSection3_2_Update(t *testing.T) {
	a := open(t)
	id := a.contact(`{"firstname":"A","lastname":"B"}`)
	for _, wrong := range []string{`"hs_is_unworked":"true"`, `"zzz":"1"`} {
		a.do(400, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":"X",`+wrong+`}}`)
	}
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"lastname":""}}`)
	r := a.do(200, "GET", v+"contacts/"+id, "")
	require.Equal(t, "A", r.str("properties", "firstname"))
	require.Nil(t, r.at("properties", "lastname"))
}

// A single record is found by its id or by a unique property, and by no other.
func TestSection3_1_IDProperty(t *testing.T) {
	a := open(t)
	a.do(201, "POST", propsAt+"contacts", uniqueDef("my_key"))
	id := a.contact(`{"email":"me@b.example","my_key":"K1"}`)
	for _, path := range []string{"ME@b.example?idProperty=email", "k1?idProperty=my_key", id + "?idProperty=hs_object_id", id} {
		require.Equal(t, id, a.do(200, "GET", v+"contacts/"+path, "").str("id"), path)
		require.Equal(t, id, a.do(200, "PATCH", v+"contacts/"+path, `{"properties":{"city":"Rom"}}`).str("id"), path)
	}
	for _, name := range []string{"city", "nonsense"} {
		want := fmt.Sprintf("Unable to perform update/upsert by non-unique 0-1 property %s in portal ID %d", name, a.p.portalID)
		a.do(400, "GET", v+"contacts/Rom?idProperty="+name, "").invalidBody(want)
		a.do(400, "PATCH", v+"contacts/Rom?idProperty="+name, `{"properties":{}}`).invalidBody(want)
	}
}

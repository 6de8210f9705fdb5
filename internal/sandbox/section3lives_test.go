package sandbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Both 404s, for every call that names a record.
func TestSection3_6_NotFoundEverywhere(t *testing.T) {
	a := open(t)
	gone := a.contact(`{"email":"gone@b.example"}`)
	a.do(204, "DELETE", v+"contacts/"+gone, "")
	missing := func(r *reply) {
		t.Helper()
		r.whole(`{"status":"error","message":"resource not found","correlationId":"…"}`)
	}
	for _, path := range []string{gone, "999", "gone@b.example?idProperty=email", gone + "/associations/companies"} {
		missing(a.do(404, "GET", v+"contacts/"+path, ""))
	}
	for _, path := range []string{gone, "gone@b.example?idProperty=email"} {
		missing(a.do(404, "PATCH", v+"contacts/"+path, `{"properties":{}}`))
	}
	missing(a.do(404, "GET", v+"contacts/"+a.contact(`{}`)+"?archived=true", ""))
	missing(a.do(404, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, a.contact(`{}`), gone)))
	missing(a.do(404, "POST", v+"contacts/gdpr-delete", `{"objectId":"999"}`))
	for method, path := range map[string]string{"GET": "abc", "PATCH": "abc", "DELETE": "abc", "PUT": "abc/associations/default/companies/1"} {
		a.do(404, method, v+"contacts/"+path, map[bool]string{true: `{"properties":{}}`}[method == "PATCH"]).
			whole(`{"status":"error","message":"Object not found.  objectId are usually numeric.","correlationId":"…","context":{"id":["abc"]},"category":"OBJECT_NOT_FOUND"}`)
	}
}

// The three ways to find what was archived; its address is free meanwhile.
func TestSection3_6_ArchivedIsFound(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"gone@b.example"}`)
	a.clock.Add(time.Minute)
	a.do(204, "DELETE", v+"contacts/"+id, "")
	a.do(204, "DELETE", v+"contacts/"+id, "")
	one := `{"inputs":[{"id":"` + id + `"}]}`
	list := a.do(200, "GET", v+"contacts?archived=true", "")
	batch := a.do(200, "POST", v+"contacts/batch/read?archived=true", one)
	single := a.do(200, "GET", v+"contacts/"+id+"?archived=true", "")
	require.Equal(t, true, single.at("archived"))
	require.Equal(t, "2026-10-05T09:31:00.250Z", single.str("archivedAt"))
	require.Equal(t, []any{single.body}, list.list("results"))
	require.Equal(t, []any{single.body}, batch.list("results"))
	a.do(207, "POST", v+"contacts/batch/read", one)
	a.contact(`{"email":"gone@b.example"}`)
	require.Error(t, a.p.Restore("contacts", id), "the address was taken meanwhile")
}

// A merge: a new id, the markers, the primary's values, joined histories and
// one primary company.
func TestSection3_7_Merge(t *testing.T) {
	a := open(t)
	x, first, _ := trio(a)
	second := a.do(201, "POST", v+"companies", `{"properties":{"name":"C2"}}`).str("id")
	a.clock.Add(time.Second)
	y := a.contact(`{"firstname":"Y","city":"Rom"}`)
	a.do(200, "PUT", v+"contacts/"+x+"/associations/default/companies/"+first, "")
	a.do(200, "PUT", v+"contacts/"+y+"/associations/default/companies/"+second, "")
	a.clock.Add(59 * time.Second)
	ms := a.p.nowMS()
	r := a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, x, y))
	id := r.str("id")
	require.NotContains(t, []string{x, y}, id)
	for _, old := range []string{x, y} {
		require.Equal(t, id, a.do(200, "PATCH", v+"contacts/"+old, `{"properties":{}}`).str("id"))
		a.do(200, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"`+old+`","properties":{"city":"Oslo"}}]}`).
			whole(`{"status":"COMPLETE","results":[],"startedAt":"2026-10-05T09:31:00.250Z","completedAt":"2026-10-05T09:31:00.250Z"}`)
	}
	r = a.do(200, "GET", v+"contacts/"+y+"?properties=firstname,city,hs_merged_object_ids,hs_calculated_merged_vids,hs_all_contact_vids&propertiesWithHistory=firstname", "")
	require.Equal(t, map[string]any{
		"firstname": "A", "city": "Rom", "hs_merged_object_ids": x + ";" + y, "hs_calculated_merged_vids": fmt.Sprintf("%s:%d", y, ms),
		"hs_all_contact_vids": id + ";" + x + ";" + y, "hs_object_id": id, "createdate": "2026-10-05T09:30:00.250Z", "lastmodifieddate": "2026-10-05T09:31:00.250Z",
	}, r.at("properties"))
	var past []any
	for i := range r.list("propertiesWithHistory", "firstname") {
		past = append(past, r.at("propertiesWithHistory", "firstname", i, "value"))
	}
	require.Equal(t, []any{"A", "Y", "A"}, past, "both histories, with the value that was kept last")
	a.do(200, "GET", v+"contacts/"+id+"/associations/companies", "").whole(`{"results":[`+
		`{"toObjectId":%q,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":279,"label":null},{"category":"HUBSPOT_DEFINED","typeId":1,"label":"Primary"}]},`+
		`{"toObjectId":%q,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":279,"label":null}]}]}`, first, second)
	a.do(400, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, id, y)).invalidBody("Cannot merge a record with itself")
}

// An id says nothing outside its type.
func TestSection3_8_IDsAreOfOneType(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	for typ, ids := range map[string][]string{"contacts": {company, deal}, "companies": {contact, deal}, "deals": {contact, company}} {
		for _, id := range ids {
			a.do(404, "GET", v+typ+"/"+id, "")
		}
	}
	for _, id := range []string{contact, company, deal} {
		require.Greater(t, len(id), 10, "more than 32 bits")
	}
}

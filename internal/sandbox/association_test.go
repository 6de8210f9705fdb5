package sandbox

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// trio makes a contact, a company and a deal.
func trio(a *api) (contact, company, deal string) {
	contact = a.contact(`{"firstname":"A"}`)
	company = a.do(201, "POST", v+"companies", `{"properties":{"name":"C"}}`).str("id")
	deal = a.do(201, "POST", v+"deals", `{"properties":{"dealname":"D","dealstage":"contractsent"}}`).str("id")
	return contact, company, deal
}

// Fact sheet 5.3: both directions, primary and unlabeled, no stamp moves; ids
// are numbers in v4 and text in the dated versions.
func TestAssociations_DefaultAndRead(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	a.clock.Add(time.Minute)
	r := a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/companies/"+company, "")
	require.Equal(t, "COMPLETE", r.str("status"))
	require.Equal(t, contact, r.str("results", 0, "from", "id"))
	require.EqualValues(t, 279, r.at("results", 0, "associationSpec", "associationTypeId"))
	require.EqualValues(t, 280, r.at("results", 1, "associationSpec", "associationTypeId"))

	r = a.do(200, "GET", "/crm/objects/2026-03/contacts/"+contact+"/associations/companies", "")
	require.Equal(t, company, r.str("results", 0, "toObjectId"))
	require.JSONEq(t, `[{"category":"HUBSPOT_DEFINED","typeId":279,"label":null},{"category":"HUBSPOT_DEFINED","typeId":1,"label":"Primary"}]`, asJSON(t, r.at("results", 0, "associationTypes")))
	r = a.do(200, "GET", "/crm/v4/objects/companies/"+company+"/associations/contact", "")
	require.Contains(t, r.raw, `"toObjectId":`+contact, "a number")
	require.Equal(t, "2026-10-05T09:30:00.250Z", a.do(200, "GET", v+"contacts/"+contact, "").str("updatedAt"))

	r = a.do(200, "GET", v+"contacts/"+contact+"?associations=companies,deals", "")
	require.JSONEq(t, fmt.Sprintf(`{"companies":{"results":[{"id":%[1]q,"type":"contact_to_company_unlabeled"},{"id":%[1]q,"type":"contact_to_company"}]}}`, company), asJSON(t, r.at("associations")))
	other := a.contact(`{}`)
	require.NotContains(t, a.do(200, "GET", v+"contacts/"+other+"?associations=companies", "").body, "associations")

	a.do(204, "DELETE", v+"contacts/"+contact+"/associations/companies/"+company, "")
	require.Empty(t, a.do(200, "GET", v+"companies/"+company+"/associations/contacts", "").list("results"))
}

// Fact sheet 5.3: a second primary takes the place of the first, which stays.
func TestAssociations_OnePrimary(t *testing.T) {
	a := open(t)
	contact, first, _ := trio(a)
	second := a.do(201, "POST", v+"companies", `{"properties":{"name":"C2"}}`).str("id")
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/companies/"+first, "")
	r := a.do(201, "PUT", v+"contacts/"+contact+"/associations/companies/"+second, `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":1}]`)
	require.Equal(t, []any{"Primary"}, r.at("labels"))
	require.Equal(t, "0-1", r.str("fromObjectTypeId"))
	r = a.do(200, "GET", v+"contacts/"+contact+"/associations/companies", "")
	require.Len(t, r.list("results"), 2)
	require.Len(t, r.list("results", 0, "associationTypes"), 1)
	require.Len(t, r.list("results", 1, "associationTypes"), 2)
	require.Equal(t, second, a.do(200, "GET", v+"contacts/"+contact+"?properties=associatedcompanyid", "").str("properties", "associatedcompanyid"))
	a.do(204, "DELETE", v+"companies/"+second, "")
	require.Len(t, a.do(200, "GET", v+"contacts/"+contact+"/associations/companies", "").list("results"), 1, "archived records are not shown")
	require.NoError(t, a.p.Restore("companies", second))
	require.Len(t, a.do(200, "GET", v+"contacts/"+contact+"/associations/companies", "").list("results"), 2)
}

// Fact sheet 3.2, 5.3: associations made with a record, and their errors.
func TestAssociations_Inline(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	body := func(to string, typeID int) string {
		return fmt.Sprintf(`{"properties":{"dealname":"D","dealstage":"contractsent"},"associations":[{"to":{"id":%s},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%d}]}]}`, to, typeID)
	}
	id := a.do(201, "POST", v+"deals", body(company, 5)).str("id")
	r := a.do(200, "GET", v+"deals/"+id+"?associations=companies", "")
	require.Len(t, r.list("associations", "companies", "results"), 2)
	a.do(201, "POST", v+"deals", body(`"`+contact+`"`, 3))
	r = a.do(400, "POST", v+"deals", body(company, 279))
	require.Equal(t, "invalid from object type 0-3 for associations to be created. expected: 0-1", r.str("message"))
	before := a.p.Stats().Records["deals"]
	r = a.do(400, "POST", v+"deals", body("999", 341))
	require.Equal(t, "One or more associations are invalid", r.str("message"))
	require.Equal(t, []any{"999"}, r.at("context", "INVALID_OBJECT_IDS"))
	require.Equal(t, before, a.p.Stats().Records["deals"])
}

// Fact sheet 5.3: batches; an id without associations is in errors.
func TestAssociations_Batch(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	const dated, old = "/crm/associations/2026-09/", "/crm/v4/associations/"
	r := a.do(201, "POST", dated+"deals/companies/batch/create", fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":341}]}]}`, deal, company))
	require.Empty(t, r.list("results", 0, "labels"))
	r = a.do(207, "POST", dated+"deals/companies/batch/create", fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":"999"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":341}]}]}`, deal))
	require.Equal(t, []any{"999"}, r.at("errors", 0, "context", "INVALID_OBJECT_IDS"))
	a.do(200, "POST", dated+"contacts/deals/batch/associate/default", fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":%q}}]}`, contact, deal))

	r = a.do(207, "POST", dated+"deals/contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q},{"id":"999"}]}`, deal))
	require.Equal(t, deal, r.str("results", 0, "from", "id"))
	require.Equal(t, contact, r.str("results", 0, "to", 0, "toObjectId"))
	require.EqualValues(t, 3, r.at("results", 0, "to", 0, "associationTypes", 0, "typeId"))
	require.Equal(t, "OBJECT_NOT_FOUND", r.str("errors", 0, "category"))
	require.Equal(t, "crm.associations.NO_ASSOCIATIONS_FOUND", r.str("errors", 0, "subCategory"))
	require.Equal(t, []any{"999"}, r.at("errors", 0, "context", "fromObjectId"))

	pair := fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":[{"id":%q}]}]}`, deal, company)
	require.Equal(t, "COMPLETE", a.do(200, "POST", dated+"deals/companies/batch/archive", pair).str("status"))
	a.do(204, "POST", old+"deals/companies/batch/archive", pair)
	require.Empty(t, a.do(200, "GET", "/crm/v4/objects/deals/"+deal+"/associations/companies", "").list("results"))
	a.do(400, "POST", dated+"deals/contacts/batch/read", batchOf(1001, func(int) string { return `{"id":"1"}` }))
	a.do(400, "POST", dated+"deals/contacts/batch/create", batchOf(2001, func(int) string { return `{}` }))
}

// Fact sheet 5.3: labels, both directions, at most ten a pair; a labelled PUT
// replaces them.
func TestAssociations_Labels(t *testing.T) {
	a := open(t)
	contact, _, deal := trio(a)
	const labels = "/crm/associations/2026-09/contacts/deals/labels"
	r := a.do(200, "POST", labels, `{"label":"Champion","name":"champion","inverseLabel":"Champions"}`)
	require.Len(t, r.list("results"), 2)
	id := int(r.at("results", 0, "typeId").(float64))
	a.do(409, "POST", labels, `{"label":"Champion","name":"champion"}`)
	second := int(a.do(200, "POST", labels, `{"label":"Buyer","name":"buyer"}`).at("results", 0, "typeId").(float64))
	put := func(typeID int) *reply {
		return a.do(201, "PUT", v+"contacts/"+contact+"/associations/deals/"+deal, fmt.Sprintf(`[{"associationCategory":"USER_DEFINED","associationTypeId":%d}]`, typeID))
	}
	require.Equal(t, []any{"Champion"}, put(id).at("labels"))
	require.Equal(t, []any{"Buyer"}, put(second).at("labels"))
	r = a.do(200, "GET", v+"deals/"+deal+"?associations=contacts", "")
	require.Len(t, r.list("associations", "contacts", "results"), 2)
	a.do(400, "PUT", v+"contacts/"+contact+"/associations/deals/"+deal, `[{"associationCategory":"USER_DEFINED","associationTypeId":777}]`)
	a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/batch/labels/archive", fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":%q},"types":[{"associationCategory":"USER_DEFINED","associationTypeId":%d}]}]}`, contact, deal, second))
	require.Len(t, a.do(200, "GET", v+"contacts/"+contact+"/associations/deals", "").list("results", 0, "associationTypes"), 1)
	for i := range 8 {
		a.do(200, "POST", labels, fmt.Sprintf(`{"label":"L%d","name":"l%d"}`, i, i))
	}
	a.do(400, "POST", labels, `{"label":"Eleven","name":"eleven"}`)
	require.Len(t, a.do(200, "GET", labels, "").list("results"), 11)
}

// A long list of associates pages, inline and by its own endpoint.
func TestAssociations_Paging(t *testing.T) {
	a := open(t)
	_, company, _ := trio(a)
	var pairs []string
	for range 3 {
		r := a.do(201, "POST", v+"contacts/batch/create", batchOf(50, func(int) string { return `{"properties":{}}` }))
		for _, id := range r.ids() {
			pairs = append(pairs, fmt.Sprintf(`{"from":{"id":%q},"to":{"id":%q}}`, company, id))
		}
	}
	a.do(200, "POST", "/crm/associations/2026-09/companies/contacts/batch/associate/default", `{"inputs":`+joinJSON(t, pairs)+`}`)
	r := a.do(200, "GET", v+"companies/"+company+"?associations=contacts", "")
	require.Len(t, r.list("associations", "contacts", "results"), 200, "100 associates, two types each")
	after := r.str("associations", "contacts", "paging", "next", "after")
	rest := a.do(200, "GET", v+"companies/"+company+"/associations/contacts?after="+after, "")
	require.Len(t, rest.list("results"), 50)
	r = a.do(200, "GET", v+"companies/"+company+"/associations/contacts?limit=149", "")
	require.Len(t, r.list("results"), 149)
	require.Contains(t, r.body, "paging")
}

func joinJSON(t *testing.T, items []string) string {
	t.Helper()
	raw := make([]json.RawMessage, 0, len(items))
	for _, item := range items {
		raw = append(raw, json.RawMessage(item))
	}
	return asJSON(t, raw)
}

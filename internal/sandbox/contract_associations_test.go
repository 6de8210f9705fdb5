package sandbox

import (
	"strings"

	"github.com/stretchr/testify/require"
)

// pairUp makes a contact and a company.
func (d *drive) pairUp() (contact, company string) {
	d.t.Helper()
	contact = d.contact(`{"firstname":"Ada"}`)
	company = d.do(201, "POST", v+"companies", `{"properties":{"name":"Ash"},"associations":[]}`).str("id")
	return contact, company
}

// newLabel makes a label from contacts to companies and returns its type's id.
func (d *drive) newLabel() string {
	d.t.Helper()
	r := d.do(200, "POST", "/crm/associations/2026-09/contacts/companies/labels", `{"label":"Buyer","name":"buyer","inverseLabel":"Bought"}`)
	return asJSON(d.t, r.at("results", 0, "typeId"))
}

// driveAssociations drives the associations of one record.
func driveAssociations(d *drive) {
	contact, company := d.pairUp()
	_, other := d.pairUp()
	label := d.newLabel()
	at := "/contacts/" + contact + "/associations"
	d.call(200, "PUT", "/contacts/"+contact+"/associations/default/companies/"+company, "")
	d.call(200, "PUT", "/0-1/"+contact+"/associations/default/0-2/"+other, "")
	d.call(201, "PUT", at+"/companies/"+company, `[{"associationCategory":"USER_DEFINED","associationTypeId":`+label+`},{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":1}]`)
	page := d.call(200, "GET", at+"/companies?limit=1", "")
	d.call(200, "GET", at+"/companies?limit=500&after="+page.str("paging", "next", "after"), "")
	d.call(200, "GET", at+"/deals", "")

	d.call(400, "PUT", at+"/companies/"+company, `[]`)
	d.call(400, "PUT", at+"/companies/"+company, `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":9999}]`)
	d.call(400, "GET", at+"/companies?limit=501", "")
	d.call(404, "GET", "/contacts/999/associations/companies", "")
	d.call(404, "PUT", at+"/default/companies/999", "")
	d.call(404, "PUT", at+"/companies/999", `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]`)
	d.refusedCallers(d.base + at + "/companies")

	d.call(204, "DELETE", at+"/companies/"+company, "")
	d.call(204, "DELETE", at+"/companies/999", "")
	d.inlineLinks(label)
}

// inlineLinks reads a contact's associations with the record, where the version
// has records.
func (d *drive) inlineLinks(label string) {
	d.t.Helper()
	base := strings.Replace(d.base, "/v4/", "/v3/", 1)
	_, company := d.pairUp()
	made := d.do(201, "POST", base+"/contacts", `{"properties":{"firstname":"Bea"},"associations":[{"to":{"id":"`+company+`"},
		"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279},{"associationCategory":"USER_DEFINED","associationTypeId":`+label+`}]}]}`)
	got := d.do(200, "GET", base+"/contacts/"+made.str("id")+"?associations=companies", "")
	require.NotEmpty(d.t, got.list("associations", "companies", "results"))
	d.do(400, "POST", base+"/contacts", `{"properties":{},"associations":[{"to":{"id":"999"},
		"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}`)
}

// driveLabels drives the labels between two types.
func driveLabels(d *drive) {
	at := "/contacts/companies/labels"
	d.call(200, "POST", at, `{"label":"Friend","name":"friend","inverseLabel":"Friend of"}`)
	d.call(200, "POST", at, `{"label":"Neighbour","name":"neighbour"}`)
	d.call(200, "GET", at, "")
	d.call(400, "POST", at, `{"label":"Nameless"}`)
	d.refusedCallers(d.base + at)
	d.as(d.narrow()).do(403, "POST", d.base+at, `{"label":"Friend","name":"friend"}`)
}

// driveAssociationBatches drives the batches between two types.
func driveAssociationBatches(d *drive) {
	contact, company := d.pairUp()
	lone, other := d.pairUp()
	at := "/contacts/companies"
	label := d.newLabel()
	ends := `"from":{"id":"` + contact + `"},"to":{"id":"` + company + `"}`
	types := `"types":[{"associationCategory":"USER_DEFINED","associationTypeId":` + label + `}]`
	nobody := `"from":{"id":"` + contact + `"},"to":{"id":"999"}`
	d.call(201, "POST", at+"/batch/create", `{"inputs":[{`+ends+`,`+types+`}]}`)
	d.call(207, "POST", at+"/batch/create", `{"inputs":[{`+ends+`,`+types+`},{`+nobody+`,`+types+`}]}`)
	d.call(400, "POST", at+"/batch/create", `{"inputs":[{`+ends+`,"types":[]}]}`)
	d.call(200, "POST", at+"/batch/associate/default", `{"inputs":[{`+ends+`},{"from":{"id":"`+contact+`"},"to":{"id":"`+other+`"}}]}`)
	d.call(200, "POST", at+"/batch/associate/default", `{"inputs":[{`+nobody+`}]}`)
	d.call(200, "POST", at+"/batch/read", `{"inputs":[{"id":"`+contact+`","after":"1"}]}`)
	d.call(207, "POST", at+"/batch/read", `{"inputs":[{"id":"`+contact+`"},{"id":"`+lone+`"}]}`)
	d.call(400, "POST", at+"/batch/read", `{}`)
	d.as("").do(401, "POST", d.base+at+"/batch/read", `{"inputs":[]}`)
	d.as(d.narrow()).do(403, "POST", d.base+at+"/batch/read", `{"inputs":[]}`)

	gone := 200
	if d.version == "v4" {
		gone = 204
	}
	d.call(gone, "POST", at+"/batch/labels/archive", `{"inputs":[{`+ends+`,`+types+`}]}`)
	d.call(gone, "POST", at+"/batch/archive", `{"inputs":[{"from":{"id":"`+contact+`"},"to":[{"id":"`+company+`"}]}]}`)
}

package sandbox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// HubSpot's limitsTracking file: the nine counts, in every version.
func TestSection0_Limits(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"/crm/limits/2026-09", "/crm/limits/2026-03", "/crm/v3/limits"} {
		a := open(t)
		id := a.do(201, "POST", schemasAt, car).str("id")
		a.do(201, "POST", v+"car", `{"properties":{"plate":"1"}}`)
		a.do(201, "POST", propsAt+"contacts", textDef("sum", `,"calculationFormula":"1 + 1"`))
		a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/labels", `{"label":"Champion","name":"champion","inverseLabel":"Quest"}`)

		r := a.do(200, "GET", root+"/records", "")
		require.JSONEq(t, `{"objectTypeId":"0-1","singularLabel":"Contact","pluralLabel":"Contacts","usage":40,"limit":15000000,"percentage":0.00026666666666666667}`, asJSON(t, r.at("hubspotDefinedObjectTypes", 0)))
		require.Equal(t, "Companies", r.str("hubspotDefinedObjectTypes", 1, "pluralLabel"))
		require.JSONEq(t, `{"byObjectType":[{"objectTypeId":"`+id+`","singularLabel":"Car","pluralLabel":"Cars","usage":1}],"overallLimit":1500000,"overallPercentage":0.00006666666666666667,"overallUsage":1}`, asJSON(t, r.at("customObjectTypes")))
		require.JSONEq(t, `{"limit":10,"percentage":10,"usage":1}`, a.do(200, "GET", root+"/custom-object-types", "").raw)
		r = a.do(200, "GET", root+"/custom-properties", "")
		require.JSONEq(t, `{"objectTypeId":"0-1","singularLabel":"Contact","pluralLabel":"Contacts","usage":1,"limit":1000,"percentage":0.1}`, asJSON(t, r.at("byObjectType", 0)))
		require.EqualValues(t, 3, r.at("overallUsage"), "two of cars, one of contacts")
		r = a.do(200, "GET", root+"/calculated-properties", "")
		require.EqualValues(t, 1, r.at("overallUsage"))
		require.EqualValues(t, 200, r.at("overallLimit"))
		r = a.do(200, "GET", root+"/pipelines", "")
		require.JSONEq(t, `[{"objectTypeId":"0-3","singularLabel":"Deal","pluralLabel":"Deals","usage":1,"limit":100,"percentage":1},{"objectTypeId":"0-5","singularLabel":"Ticket","pluralLabel":"Tickets","usage":1,"limit":100,"percentage":1}]`, asJSON(t, r.at("hubspotDefinedObjectTypes")))
		require.EqualValues(t, 0, r.at("customObjectTypes", "overallUsage"))
		r = a.do(200, "GET", root+"/associations/labels", "")
		require.Len(t, r.list("results"), 2)
		r = a.do(200, "GET", root+"/associations/labels?fromObjectTypeId=0-3&toObjectTypeId=0-1", "")
		require.JSONEq(t, `{"results":[{"fromObjectType":{"objectTypeId":"0-3","singularLabel":"Deal","pluralLabel":"Deals"},"toObjectType":{"objectTypeId":"0-1","singularLabel":"Contact","pluralLabel":"Contacts"},"allLabels":["Quest"],"limit":10,"percentage":10,"usage":1}]}`, r.raw)
		a.do(400, "GET", root+"/associations/labels?fromObjectTypeId=nope", "")
		a.as(a.p.onlyScopes(t, "oauth")).do(403, "GET", root+"/records", "")
	}
}

// HubSpot's limitsTracking file: records near and at the limit of associations,
// which is the account's own where it has set one.
func TestSection0_AssociationLimits(t *testing.T) {
	t.Parallel()
	a := open(t, func(o *Options) { o.Contacts = 1 })
	const root = "/crm/limits/2026-09/associations/records/"
	full := a.contact(`{}`)
	near := a.contact(`{}`)
	for i := range 5 {
		id := a.do(201, "POST", v+"tickets", `{"properties":{"subject":"x","hs_pipeline":"0","hs_pipeline_stage":"1"}}`).str("id")
		a.do(200, "PUT", v+"contacts/"+full+"/associations/default/tickets/"+id, "")
		if i < 4 {
			a.do(200, "PUT", v+"contacts/"+near+"/associations/default/tickets/"+id, "")
		}
	}
	require.JSONEq(t, `{"atLimitFromRecordSamples":[],"limit":50000,"nearLimitFromRecordSamples":[],"totalRecordsAtLimit":0,"totalRecordsNearLimit":0}`, a.do(200, "GET", root+"0-1/0-5", "").raw)
	require.JSONEq(t, `{"results":[]}`, a.do(200, "GET", root+"from", "").raw)
	a.do(200, "POST", "/crm/associations/2026-09/definitions/configurations/contacts/tickets/batch/create", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":15,"maxToObjectIds":5}]}`)
	require.JSONEq(t, fmt.Sprintf(`{"atLimitFromRecordSamples":[{"label":%q,"objectId":%s}],"limit":5,"nearLimitFromRecordSamples":[{"label":%q,"objectId":%s,"percentage":80,"usage":4}],"totalRecordsAtLimit":1,"totalRecordsNearLimit":1}`, full, full, near, near),
		a.do(200, "GET", root+"0-1/0-5", "").raw)
	require.JSONEq(t, `{"results":[{"objectTypeId":"0-1","singularLabel":"Contact","pluralLabel":"Contacts","hasRecordsAtLimit":true,"hasRecordsNearLimit":true}]}`, a.do(200, "GET", root+"from", "").raw)
	require.JSONEq(t, `{"results":[{"objectTypeId":"0-5","singularLabel":"Ticket","pluralLabel":"Tickets","hasRecordsAtLimit":true,"hasRecordsNearLimit":true}]}`, a.do(200, "GET", root+"0-1/to", "").raw)
	a.do(400, "GET", root+"nope/to", "")
	a.do(400, "GET", root+"0-1/nope", "")
}

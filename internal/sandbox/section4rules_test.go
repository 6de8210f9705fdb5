package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// invalidValue checks a 400 for one value: the list inside the message and the
// entry of errors.
func (r *reply) invalidValue(portal int64, code, name, value, message string) {
	r.t.Helper()
	require.Equal(r.t, 400, r.code)
	sent := ""
	if value != "" {
		sent = `"propertyValue":` + asJSON(r.t, value) + `,`
	}
	quoted := string(encodeJSON(message))
	inner := fmt.Sprintf(`Property values were not valid: [{"isValid":false,"message":%s,"error":%q,"name":%q,%s"localizedErrorMessage":%[1]s,"portalId":%[5]d}]`, quoted, code, name, sent, portal)
	r.whole(`{"status":"error","message":%s,"correlationId":"…","errors":[{"message":%s,"code":%q,"context":{"propertyName":[%q]}}],"category":"VALIDATION_ERROR"}`, encodeJSON(inner), quoted, code, name)
}

// Dates of before 2026-09: midnight or nothing. A deal's close date is a time.
func TestSection4_3_Dates(t *testing.T) {
	a := open(t)
	id := a.contact(`{}`)
	deal := a.do(201, "POST", v+"deals", `{"properties":{"dealname":"D","dealstage":"closedwon"}}`).str("id")
	for _, root := range []string{"/crm/objects/2026-03/", "/crm/v3/objects/"} {
		set := func(code int, val string) *reply {
			return a.do(code, "PATCH", root+"contacts/"+id, `{"properties":{"hs_birthday":"`+val+`"}}`)
		}
		set(400, "1635535865").invalidValue(a.p.portalID, "INVALID_DATE", "hs_birthday", "1635535865", "1635535865 is at 22:18:55.865 UTC, not midnight!")
		for _, val := range []string{"2020-02-29", "1582934400000"} {
			require.Equal(t, "2020-02-29", set(200, val).str("properties", "hs_birthday"))
		}
		for _, val := range []string{"2026-10-05T12:30:00+02:00", "1791196200000"} {
			r := a.do(200, "PATCH", root+"deals/"+deal, `{"properties":{"closedate":"`+val+`"}}`)
			require.Equal(t, "2026-10-05T10:30:00Z", r.str("properties", "closedate"))
		}
	}
}

// Both addresses of a contact are taken in any case, for a create, an update
// and a batch; a company's domain never is.
func TestSection4_4_WhatIsTaken(t *testing.T) {
	a := open(t)
	x, y := a.contact(`{"email":"x@b.example"}`), a.contact(`{"email":"y@b.example"}`)
	id := a.do(200, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, x, y)).str("id")
	other := a.contact(`{}`)
	for _, mail := range []string{"X@b.example", "Y@B.example"} {
		props := `{"properties":{"email":"` + mail + `"}}`
		for _, r := range []*reply{
			a.do(409, "POST", v+"contacts", props), a.do(409, "PATCH", v+"contacts/"+other, props),
			a.do(409, "POST", v+"contacts/batch/create", `{"inputs":[`+props+`]}`),
			a.do(409, "POST", v+"contacts/batch/update", `{"inputs":[`+strings.Replace(props, "{", `{"id":"`+other+`",`, 1)+`]}`),
		} {
			r.whole(`{"status":"error","message":"Contact already exists. Existing ID: %s","correlationId":"…","category":"CONFLICT"}`, id)
		}
	}
	for range 2 {
		a.do(201, "POST", v+"companies", `{"properties":{"name":"N","domain":"same.example"}}`)
	}
}

// Numbers have no thousands separators and text has an end.
func TestSection4_4_NumbersAndLongText(t *testing.T) {
	a := open(t)
	a.do(400, "POST", v+"companies", `{"properties":{"name":"N","annualrevenue":"1,000"}}`).
		invalidValue(a.p.portalID, "INVALID_INTEGER", "annualrevenue", "1,000", "1,000 was not a valid number")
	a.do(400, "POST", v+"notes", `{"properties":{"hs_timestamp":"2026-10-05","hs_note_body":"`+strings.Repeat("x", 65_537)+`"}}`).
		invalidValue(a.p.portalID, "VALUE_TOO_LONG", "hs_note_body", "", "hs_note_body is longer than 65536 characters")
	a.do(201, "POST", v+"notes", `{"properties":{"hs_timestamp":"2026-10-05","hs_note_body":"`+strings.Repeat("x", 65_536)+`"}}`)
}

// A date that was brought into form is a warning, wherever a value is written,
// and before 2026-09 an error or nothing.
func TestSection4_5_Warnings(t *testing.T) {
	a := open(t)
	const raw = `"properties":{"hs_birthday":"1990-01-01T00:00:00Z"}`
	want := `[{"category":"PROPERTY_VALUE_NORMALIZED","message":"hs_birthday was normalized","context":{"normalizedValue":"631152000000","propertyName":"hs_birthday","rawValue":"1990-01-01T00:00:00Z"}}]`
	made := a.do(201, "POST", v+"contacts", `{`+raw+`}`)
	require.JSONEq(t, want, asJSON(t, made.at("warnings")))
	require.Equal(t, "1990-01-01", made.str("properties", "hs_birthday"))
	id := made.str("id")
	require.JSONEq(t, want, asJSON(t, a.do(200, "PATCH", v+"contacts/"+id, `{`+raw+`}`).at("warnings")))
	require.JSONEq(t, want, asJSON(t, a.do(201, "POST", v+"contacts/batch/create", `{"inputs":[{`+raw+`}]}`).at("results", 0, "warnings")))
	require.JSONEq(t, want, asJSON(t, a.do(200, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"`+id+`",`+raw+`}]}`).at("results", 0, "warnings")))
	require.JSONEq(t, want, asJSON(t, a.do(200, "POST", v+"contacts/batch/upsert", `{"inputs":[{"id":"w@b.example","idProperty":"email",`+raw+`}]}`).at("results", 0, "warnings")))
	require.NotContains(t, a.do(200, "GET", v+"contacts/"+id, "").body, "warnings")
	require.NotContains(t, a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"hs_birthday":"1990-01-01"}}`).body, "warnings")
	for _, root := range []string{"/crm/objects/2026-03/contacts/", "/crm/v3/objects/contacts/"} {
		r := a.do(400, "PATCH", root+id, `{`+raw+`}`)
		require.Equal(t, "INVALID_DATE", r.str("errors", 0, "code"))
		require.NotContains(t, a.do(200, "PATCH", root+id, `{"properties":{"closedate":"2026-10-05"}}`).body, "warnings")
	}
	require.Contains(t, a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"closedate":"2026-10-05"}}`).body, "warnings")
}

// A user without the right to it associates nothing, in 2026-09.
func TestSection4_6_EditAssociations(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/companies/"+company, "")
	require.Equal(t, false, a.as("").do(200, "GET", "/_sandbox/settings", "").body["refuse_associations"])
	require.Equal(t, true, a.as("").do(200, "POST", "/_sandbox/settings", `{"refuse_associations":true}`).at("refuse_associations"))
	const body = `{"status":"error","message":"Missing 'Edit Associations' permission.","correlationId":"…","category":"VALIDATION_ERROR"}`
	const kind = `{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}`
	one := v + "contacts/" + contact + "/associations/"
	pair := fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":%q},"types":[%s]}]}`, contact, deal, kind)
	pairs := fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":[{"id":%q}]}]}`, contact, company)
	made := fmt.Sprintf(`"properties":{},"associations":[{"to":{"id":%q},"types":[%s]}]`, deal, kind)
	const dated = "/crm/associations/2026-09/contacts/"
	for _, call := range [][3]string{
		{"PUT", one + "default/deals/" + deal, ""},
		{"PUT", one + "deals/" + deal, `[` + kind + `]`},
		{"DELETE", one + "companies/" + company, ""},
		{"POST", dated + "deals/batch/create", pair},
		{"POST", dated + "deals/batch/associate/default", pair},
		{"POST", dated + "companies/batch/archive", pairs},
		{"POST", dated + "deals/batch/labels/archive", pair},
		{"POST", v + "contacts", `{` + made + `}`},
		{"POST", v + "contacts/batch/create", `{"inputs":[{` + made + `}]}`},
	} {
		a.do(400, call[0], call[1], call[2]).whole(body)
	}
	require.Empty(t, a.do(200, "GET", one+"deals", "").list("results"))
	require.Len(t, a.do(200, "GET", one+"companies", "").list("results"), 1)
	require.EqualValues(t, 41, a.p.Stats().Records["contacts"])
	a.contact(`{}`)
	for _, root := range []string{"/crm/objects/2026-03/", "/crm/v4/objects/"} {
		a.do(200, "PUT", root+"contacts/"+contact+"/associations/default/deals/"+deal, "")
	}
	a.as("").do(200, "POST", "/_sandbox/settings", `{"refuse_associations":false}`)
	a.do(204, "DELETE", one+"companies/"+company, "")
}

package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// whole compares a whole body; … stands for the correlation id, which must be
// the header's (fact sheet 2.2).
func (r *reply) whole(want string, args ...any) {
	r.t.Helper()
	id := r.header.Get("X-HubSpot-Correlation-Id")
	require.NotEmpty(r.t, id)
	require.JSONEq(r.t, fmt.Sprintf(want, args...), strings.ReplaceAll(r.raw, id, "…"))
	require.NotContains(r.t, r.raw, ": {", "compact")
}

func TestSection1_7_TokenEndpoint(t *testing.T) {
	a := open(t)
	refuses := func(form url.Values, code, status, message string) {
		t.Helper()
		r := a.post("/oauth/2026-09/token", form)
		require.Equal(t, 400, r.code)
		r.whole(`{"error":%q,"error_description":%[3]q,"status":%[2]q,"message":%[3]q}`, code, status, message)
	}
	refuses(a.secrets("grant_type", "refresh_token", "refresh_token", "na1-x"), "invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
	refuses(a.secrets("client_id", "x"), "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
	refuses(a.secrets("client_secret", "x"), "invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
	refuses(a.secrets("grant_type", "password"), "unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
	refuses(a.secrets("grant_type", "authorization_code", "code", "x"), "invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
	code := a.authorize().Get("code")
	refuses(a.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[1]), "invalid_grant", "BAD_REDIRECT_URI", "missing or invalid redirect uri")
}

func TestSection1_7_Unauthorized(t *testing.T) {
	a := open(t)
	refresh, err := a.p.GrantFor("")
	require.NoError(t, err)
	b := a.as(a.access(refresh))
	a.clock.Add(30 * time.Minute)
	b.do(401, "GET", v+"contacts", "").whole(`{"status":"error","message":"The OAuth token used to make this call expired 0 second(s) ago.","correlationId":"…","category":"EXPIRED_AUTHENTICATION","context":{"expire time":["2026-10-05T10:00:00.250Z"]}}`)
	a.as("undecodable").do(401, "GET", v+"contacts", "").whole(`{"status":"error","message":"The OAuth token used to make this call expired %d second(s) ago.","correlationId":"…","category":"EXPIRED_AUTHENTICATION","context":{"expire time":["1970-01-01T00:00:00Z"]}}`, a.clock.Now().Unix())
	a.as("").do(401, "GET", v+"contacts", "").whole(`{"status":"error","message":"Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview","correlationId":"…","category":"INVALID_AUTHENTICATION"}`)
}

func TestSection1_7_MissingScopes(t *testing.T) {
	a := open(t)
	code := a.authorize("scope", "oauth crm.objects.deals.read").Get("code")
	r := a.post("/oauth/2026-09/token", a.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[0]))
	a.as(r.str("access_token")).do(403, "GET", v+"contacts", "").whole(`{"status":"error","message":"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.","correlationId":"…","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.contacts.read"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}`)
}

// The limits themselves are held against a model in limitmodel_test.go; here the
// bodies that a planned fault sends, and that Retry-After is its choice.
func TestSection2_3_PlannedRefusals(t *testing.T) {
	a := open(t)
	for policy, want := range map[string]string{
		"SECONDLY":             `{"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","correlationId":"…","policyName":"SECONDLY"}`,
		"DAILY":                `{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","correlationId":"…","policyName":"DAILY","requestId":"…"}`,
		"TEN_SECONDLY_ROLLING": `{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"…","policyName":"TEN_SECONDLY_ROLLING","groupName":"` + a.p.meter.groupName(burst, &caller{private: true, appID: 18443612}) + `"}`,
	} {
		for _, after := range []int{0, 7} {
			_, err := a.p.Fault(Fault{Kind: "status", Status: 429, Policy: policy, RetryAfter: after, Count: 1})
			require.NoError(t, err)
			r := a.do(429, "GET", v+"contacts", "")
			r.whole("%s", want)
			require.Equal(t, map[int]string{0: "", 7: "7"}[after], r.header.Get("Retry-After"))
		}
	}
}

func TestSection2_4_TooManyIdentities(t *testing.T) {
	a := open(t)
	main := a.contact(`{"firstname":"M"}`)
	for range 125 {
		r, err := a.p.Merge("contacts", main, a.contact(`{}`))
		require.NoError(t, err)
		main = r
	}
	a.do(414, "POST", v+"contacts/merge", fmt.Sprintf(`{"primaryObjectId":%q,"objectIdToMerge":%q}`, main, a.contact(`{}`))).
		whole(`{"status":"error","message":"Cannot have more than 250 identities on a profile","correlationId":"…","category":"VALIDATION_ERROR"}`)
	a.do(200, "GET", v+"contacts/"+main, "")
}

func TestSection3_3_BatchErrors(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"taken@b.example"}`)
	a.do(400, "POST", v+"contacts/batch/read", strings.Replace(batchOf(51, func(int) string { return `{"id":"1"}` }), "{", `{"propertiesWithHistory":["city"],`, 1)).
		whole(`{"status":"error","message":"The maximum number of inputs supported in a batch request for property histories is 50","correlationId":"…","category":"VALIDATION_ERROR"}`)
	a.do(400, "POST", v+"companies/batch/update", `{"inputs":[{"id":"1","idProperty":"hs_object_id","properties":{}}]}`).
		whole(`{"status":"error","message":"Unable to perform update/upsert by non-unique 0-2 property hs_object_id in portal ID %d","correlationId":"…","category":"VALIDATION_ERROR"}`, a.p.portalID)
	a.do(400, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"123456","properties":{}},{"id":"123456","properties":{}}]}`).
		whole(`{"status":"error","message":"Duplicate IDs found in batch input: [123456]. IDs must be unique","correlationId":"…","context":{"ids":["123456"]},"category":"VALIDATION_ERROR"}`)
	r := a.do(207, "POST", v+"contacts/batch/read", `{"inputs":[{"id":"999"},{"id":"998"}]}`)
	r.whole(`{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","message":"Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.","context":{"ids":["999","998"]}}],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`)
	r = a.do(207, "POST", v+"contacts/batch/create", `{"inputs":[{"objectWriteTraceId":"0","properties":{"email":"Taken@b.example"}},{"objectWriteTraceId":"549b1c2a9351","properties":{"missing":"1"}}]}`)
	inner := fmt.Sprintf(`Property values were not valid: [{"isValid":false,"message":"Property \"missing\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"missing","localizedErrorMessage":"Property \"missing\" does not exist","portalId":%d}]`, a.p.portalID)
	r.whole(`{"status":"COMPLETE","results":[],"numErrors":2,"errors":[`+
		`{"status":"error","category":"CONFLICT","message":"Contact already exists. Existing ID: %[1]s","context":{"objectWriteTraceId":["0"],"existingId":["%[1]s"]}},`+
		`{"status":"error","category":"VALIDATION_ERROR","message":%[2]s,"context":{"objectWriteTraceId":["549b1c2a9351"]}}],`+
		`"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, id, asJSON(t, inner))
}

func TestSection3_4_UnknownType(t *testing.T) {
	a := open(t)
	a.search(400, "butterflies", `{}`).whole(`{"status":"error","message":"Unable to infer object type from: butterflies","correlationId":"…"}`)
}

func TestSection3_6_NotFound(t *testing.T) {
	a := open(t)
	a.do(404, "GET", v+"contacts/999", "").whole(`{"status":"error","message":"resource not found","correlationId":"…"}`)
	a.do(404, "GET", v+"contacts/abc", "").whole(`{"status":"error","message":"Object not found.  objectId are usually numeric.","correlationId":"…","context":{"id":["abc"]},"category":"OBJECT_NOT_FOUND"}`)
}

func TestSection4_2_PropertyExists(t *testing.T) {
	a := open(t)
	a.do(409, "POST", "/crm/properties/2026-09/contacts", strings.Replace(uniqueDef("city"), "true", "false", 1)).
		whole(`{"status":"error","message":"A property named 'city' already exists.","correlationId":"…","category":"OBJECT_ALREADY_EXISTS","subCategory":"Properties.PROPERTY_WITH_NAME_EXISTS"}`)
}

// Fact sheet 4.3, 4.4: every code with its message, as JSON inside the message
// and in errors.
func TestSection4_4_ValidationErrors(t *testing.T) {
	a := open(t)
	a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	holder := a.contact(`{"my_key":"K"}`)
	for _, c := range []struct{ typ, name, value, code, message string }{
		{"contacts", "testproperty", "1", "PROPERTY_DOESNT_EXIST", `Property "testproperty" does not exist`},
		{"contacts", "email", "example.lcom", "INVALID_EMAIL", `Email address example.lcom is invalid`},
		{"contacts", "hs_persona", "foo", "INVALID_OPTION", "foo was not one of the allowed options: [label: \"Decision maker\"\nvalue: \"persona_1\"\ndisplay_order: 0\nhidden: false\nread_only: false\n, label: \"Technical evaluator\"\nvalue: \"persona_2\"\ndisplay_order: 1\nhidden: false\nread_only: false\n, label: \"End user\"\nvalue: \"persona_3\"\ndisplay_order: 2\nhidden: false\nread_only: false\n]"},
		{"contacts", "hs_is_unworked", "x", "READ_ONLY_VALUE", `"hs_is_unworked" is a calculated property; its value cannot be set.`},
		{"contacts", "closedate", "soon", "INVALID_LONG", `soon was not a valid long.`},
		{"contacts", "my_key", "K", "CONFLICTING_UNIQUE_VALUE", holder + ` already has that value.`},
		{"companies", "numberofemployees", "many", "INVALID_INTEGER", `many was not a valid number`},
	} {
		body := fmt.Sprintf(`{"properties":{"name":"N",%q:%q}}`, c.name, c.value)
		if c.typ == "contacts" {
			body = fmt.Sprintf(`{"properties":{%q:%q}}`, c.name, c.value)
		}
		sent := ""
		if c.code != "PROPERTY_DOESNT_EXIST" {
			sent = `"propertyValue":` + asJSON(t, c.value) + `,`
		}
		quoted := string(encodeJSON(c.message))
		inner := fmt.Sprintf(`Property values were not valid: [{"isValid":false,"message":%s,"error":%q,"name":%q,%s"localizedErrorMessage":%[1]s,"portalId":%[5]d}]`, quoted, c.code, c.name, sent, a.p.portalID)
		a.do(400, "POST", v+c.typ, body).whole(`{"status":"error","message":%s,"correlationId":"…","errors":[{"message":%s,"code":%q,"context":{"propertyName":[%q]}}],"category":"VALIDATION_ERROR"}`,
			encodeJSON(inner), quoted, c.code, c.name)
	}
	id := a.contact(`{}`)
	r := a.do(400, "PATCH", "/crm/objects/2026-03/contacts/"+id, `{"properties":{"hs_birthday":"1635535865"}}`)
	require.Equal(t, "1635535865 is at 22:18:55.865 UTC, not midnight!", r.str("errors", 0, "message"))
	require.Equal(t, "INVALID_DATE", r.str("errors", 0, "code"))
}

// Fact sheet 4.4, the conflict; 4.5, the warning; 4.6, what is required.
func TestSection4_4_ConflictWarningRequired(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"a@b.example"}`)
	const conflict = `{"status":"error","message":"Contact already exists. Existing ID: %s","correlationId":"…","category":"CONFLICT"}`
	a.do(409, "POST", v+"contacts", `{"properties":{"email":"A@B.example"}}`).whole(conflict, id)
	a.do(409, "PATCH", v+"contacts/"+a.contact(`{}`), `{"properties":{"email":"a@b.example"}}`).whole(conflict, id)
	r := a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"hs_birthday":"1990-01-01T00:00:00Z"}}`)
	require.JSONEq(t, `[{"category":"PROPERTY_VALUE_NORMALIZED","message":"hs_birthday was normalized","context":{"normalizedValue":"631152000000","propertyName":"hs_birthday","rawValue":"1990-01-01T00:00:00Z"}}]`, asJSON(t, r.at("warnings")))
	a.do(400, "POST", v+"deals", `{"properties":{"dealstage":"closedwon"}}`).
		whole(`{"status":"error","category":"VALIDATION_ERROR","message":"The property values provided are invalid","correlationId":"…","errors":[{"code":"MISSING_REQUIRED_PROPERTY","message":"A value for dealname must be provided","context":{"propertyName":["dealname"]}}]}`)
}

func TestSection5_3_AssociationErrors(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	body := func(to string, kind int) string {
		return fmt.Sprintf(`{"properties":{"dealname":"D","dealstage":"closedwon"},"associations":[{"to":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%d}]}]}`, to, kind)
	}
	a.do(400, "POST", v+"deals", body(company, 279)).whole(`{"status":"error","message":"invalid from object type 0-3 for associations to be created. expected: 0-1","correlationId":"…","category":"VALIDATION_ERROR"}`)
	a.do(400, "POST", v+"deals", body("999", 341)).whole(`{"status":"error","message":"One or more associations are invalid","correlationId":"…","context":{"INVALID_OBJECT_IDS":["999"]},"category":"VALIDATION_ERROR"}`)
	r := a.do(207, "POST", "/crm/associations/2026-09/contacts/deals/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, contact))
	require.Equal(t, "OBJECT_NOT_FOUND", r.str("errors", 0, "category"))
	require.Equal(t, "crm.associations.NO_ASSOCIATIONS_FOUND", r.str("errors", 0, "subCategory"))
	require.Equal(t, map[string]any{"fromObjectId": []any{contact}}, r.at("errors", 0, "context"))
	require.Empty(t, r.list("results"))
}

package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Fact sheet 4.4: an additional address is a contact's own as its first one is.
func TestSection4_4_AdditionalAddressesAreUnique(t *testing.T) {
	a := open(t)
	one := a.contact(`{"email":"one@b.example","hs_additional_emails":"uno@b.example;eins@b.example"}`)
	two := a.contact(`{"email":"two@b.example"}`)
	for _, mail := range []string{"one@b.example", "new@b.example;EINS@b.example"} {
		r := a.do(409, "PATCH", v+"contacts/"+two, `{"properties":{"hs_additional_emails":"`+mail+`"}}`)
		require.Equal(t, "Contact already exists. Existing ID: "+one, r.str("message"))
		a.do(409, "POST", v+"contacts", `{"properties":{"hs_additional_emails":"`+mail+`"}}`)
	}
	a.do(200, "PATCH", v+"contacts/"+one, `{"properties":{"hs_additional_emails":"one@b.example;uno@b.example"}}`)
	a.do(200, "PATCH", v+"contacts/"+two, `{"properties":{"hs_additional_emails":"eins@b.example"}}`)
	a.do(409, "POST", v+"contacts/batch/create",
		`{"inputs":[{"properties":{"email":"x@b.example"}},{"properties":{"hs_additional_emails":"X@b.example"}}]}`)
}

// Fact sheet 3.3: an upsert names what it looks for.
func TestSection3_3_UpsertNeedsAnID(t *testing.T) {
	a := open(t)
	a.contact(`{"email":"one@b.example","hs_additional_emails":"uno@b.example;"}`)
	before := a.p.Stats().Records["contacts"]
	for _, id := range []string{`"id":"",`, `"id":"  ",`, ``} {
		r := a.do(400, "POST", v+"contacts/batch/upsert", `{"inputs":[{`+id+`"idProperty":"email","properties":{"firstname":"F"}}]}`)
		require.Equal(t, "Some required fields were not set: [id]", r.str("message"))
	}
	require.Equal(t, before, a.p.Stats().Records["contacts"])
}

// Fact sheet 3.6: an id is digits; anything else is no id, whatever number one
// could read into it.
func TestSection3_6_IDsAreDigits(t *testing.T) {
	a := open(t)
	id := a.contact(`{}`)
	for _, odd := range []string{"%2B" + id, "-0", "+" + id, "0" + id} {
		r := a.do(404, "GET", v+"contacts/"+odd, "")
		require.Equal(t, "Object not found.  objectId are usually numeric.", r.str("message"), odd)
		a.do(404, "DELETE", v+"contacts/"+odd, "")
	}
	a.do(200, "GET", v+"contacts/"+id, "")
}

// Fact sheet 2.3: a planned 429 of the ten seconds is as complete as a real one.
func TestSection2_3_PlannedLimitHasAGroup(t *testing.T) {
	a := open(t)
	for _, f := range []string{`"kind":"status","status":429`, `"kind":"status","status":429,"apply":true`} {
		a.do(200, "POST", "/_sandbox/faults", `{"count":1,`+f+`}`)
		r := a.do(429, "GET", v+"contacts", "")
		require.Equal(t, "TEN_SECONDLY_ROLLING", r.str("policyName"))
		require.Regexp(t, `^publicapi:private_app-api-calls-ten-secondly:\d+:\d+$`, r.str("groupName"))
	}
	a.do(200, "POST", "/_sandbox/faults", `{"count":1,"kind":"status","status":429,"policy":"SECONDLY"}`)
	require.NotContains(t, a.do(429, "GET", v+"contacts", "").raw, "groupName")
}

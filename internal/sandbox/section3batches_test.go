package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// invalidBody checks a 400 with nothing but a sentence.
func (r *reply) invalidBody(message string) {
	r.t.Helper()
	require.Equal(r.t, 400, r.code)
	r.whole(`{"status":"error","message":%s,"correlationId":"…","category":"VALIDATION_ERROR"}`, asJSON(r.t, message))
}

// Without trace ids of their own a batch is refused by the error of one input,
// in the body that a single create has, and nothing is created.
func TestSection3_3_AllOrNothing(t *testing.T) {
	a := open(t)
	taken := a.contact(`{"email":"taken@b.example"}`)
	before := a.p.Stats().Records["contacts"]
	for _, trace := range []string{``, `"objectWriteTraceId":"same",`} {
		create := func(code int, props string) *reply {
			return a.do(code, "POST", v+"contacts/batch/create", `{"inputs":[{`+trace+`"properties":{"email":"one@b.example"}},{`+trace+`"properties":`+props+`}]}`)
		}
		create(409, `{"email":"TAKEN@b.example"}`).whole(`{"status":"error","message":"Contact already exists. Existing ID: %s","correlationId":"…","category":"CONFLICT"}`, taken)
		create(409, `{"email":"One@b.example"}`).whole(`{"status":"error","message":"Contact already exists","correlationId":"…","category":"CONFLICT"}`)
		inner := fmt.Sprintf(`Property values were not valid: [{"isValid":false,"message":"Property \"missing\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"missing","localizedErrorMessage":"Property \"missing\" does not exist","portalId":%d}]`, a.p.portalID)
		create(400, `{"missing":"1"}`).whole(`{"status":"error","message":%s,"correlationId":"…","errors":[{"message":"Property \"missing\" does not exist","code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["missing"]}}],"category":"VALIDATION_ERROR"}`, asJSON(t, inner))
	}
	require.Equal(t, before, a.p.Stats().Records["contacts"])
}

// What identifies the records of a batch, and what does not.
func TestSection3_3_IDProperty(t *testing.T) {
	a := open(t)
	const non = "Unable to perform update/upsert by non-unique 0-1 property %s in portal ID %d"
	for _, name := range []string{"hs_object_id", "city", "nonsense"} {
		item := fmt.Sprintf(`{"inputs":[{"id":"1","idProperty":%q,"properties":{}}]}`, name)
		for _, op := range []string{"update", "upsert"} {
			a.do(400, "POST", v+"contacts/batch/"+op, item).invalidBody(fmt.Sprintf(non, name, a.p.portalID))
		}
	}
	a.do(400, "POST", v+"contacts/batch/upsert", `{"inputs":[{"id":"1","properties":{}}]}`).invalidBody("Some required fields were not set: [idProperty]")
	id := a.contact(`{"email":"me@b.example"}`)
	twice := `{"inputs":[{"id":"me@b.example","idProperty":"email","properties":{}},{"id":"ME@b.example","idProperty":"email","properties":{}}]}`
	for _, op := range []string{"update", "upsert"} {
		a.do(400, "POST", v+"contacts/batch/"+op, twice).whole(`{"status":"error","message":"Duplicate IDs found in batch input: [ME@b.example]. IDs must be unique","correlationId":"…","context":{"ids":["ME@b.example"]},"category":"VALIDATION_ERROR"}`)
	}
	r := a.do(200, "POST", v+"contacts/batch/read", `{"idProperty":"email","properties":["email"],"inputs":[{"id":"Me@b.example"}]}`)
	require.Equal(t, []string{id}, r.ids())
	r = a.do(200, "POST", v+"contacts/batch/upsert", `{"inputs":[{"id":"me@b.example","idProperty":"email","objectWriteTraceId":"549b1c2a9350","properties":{"email":"me@b.example","city":"Rom"}},{"id":"you@b.example","idProperty":"email","properties":{"email":"you@b.example"}}]}`)
	for i, got := range r.ids() {
		require.Equal(t, got != id, r.at("results", i, "new"))
	}
	require.Contains(t, r.raw, `"new":false,"objectWriteTraceId":"549b1c2a9350"`)
}

// One input of two that hit the same record by different names.
func TestSection3_3_TwoNamesOfOneRecord(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"me@b.example"}`)
	a.do(400, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"`+id+`","properties":{}},{"id":"me@b.example","idProperty":"email","properties":{}}]}`).
		whole(`{"status":"error","message":"Duplicate IDs found in batch input: [me@b.example]. IDs must be unique","correlationId":"…","context":{"ids":["me@b.example"]},"category":"VALIDATION_ERROR"}`)
}

func TestSection3_4_Limits(t *testing.T) {
	a := open(t)
	const filter = `{"propertyName":"city","operator":"HAS_PROPERTY"}`
	groups := func(n, each int) string {
		group := `{"filters":[` + strings.TrimSuffix(strings.Repeat(filter+",", each), ",") + `]}`
		return `{"filterGroups":[` + strings.TrimSuffix(strings.Repeat(group+",", n), ",") + `]}`
	}
	where := func(f string) string { return `{"filterGroups":[{"filters":[` + f + `]}]}` }
	for body, message := range map[string]string{
		groups(6, 1):                   "Too many filter groups: 6. At most 5 are allowed",
		groups(1, 7):                   "Too many filters in a filter group: 7. At most 6 are allowed",
		groups(5, 4):                   "Too many filters: 20. At most 18 are allowed",
		`{"limit":201}`:                "limit must be between 0 and 200, but was 201",
		`{"sorts":["city","zip"]}`:     "Only one sort is allowed, but 2 were given",
		`{"after":"10000","limit":1}`:  "Search results are limited to the first 10000: after 10000 with limit 1 is beyond",
		`{"after":"9801","limit":200}`: "Search results are limited to the first 10000: after 9801 with limit 200 is beyond",
		`{"sorts":["nope"]}`:           `There was a problem with the request. Property "nope" does not exist`,
		`{"sorts":[{"propertyName":"city","direction":"UP"}]}`:                  "Invalid sort direction: UP",
		where(`{"propertyName":"nope","operator":"EQ","value":"1"}`):            `There was a problem with the request. Property "nope" does not exist`,
		where(`{"propertyName":"city","operator":"LIKE","value":"1"}`):          `Invalid input JSON: operator "LIKE" is not one of the allowed operators`,
		where(`{"propertyName":"city","operator":"EQ"}`):                        "operator EQ requires a value",
		where(`{"propertyName":"city","operator":"IN"}`):                        "operator IN requires values",
		where(`{"propertyName":"createdate","operator":"BETWEEN","value":"1"}`): "operator BETWEEN requires value and highValue",
		`{"query":"` + strings.Repeat("x", 2_990) + `"}`:                        "The request body is too long: at most 3000 characters are allowed",
	} {
		a.search(400, "contacts", body).invalidBody(message)
	}
	a.search(200, "contacts", groups(3, 6))
	a.search(200, "contacts", groups(5, 3))
	require.Len(t, a.search(200, "contacts", `{}`).ids(), 10)
	require.EqualValues(t, 40, a.search(200, "contacts", `{"after":"9800","limit":200}`).at("total"))
}

// after is a number; the words are those of the parser.
func TestSection3_4_AfterOfAnotherType(t *testing.T) {
	a := open(t)
	a.search(400, "contacts", `{"after":"abc"}`).whole("{\"status\":\"error\",\"message\":\"Invalid input JSON: Cannot deserialize value of type `int` from String \\\"abc\\\": not a valid `int` value (through reference chain: after)\",\"correlationId\":\"…\"}")
	r := a.search(400, "contacts", `{"after":{}}`)
	require.Contains(t, r.str("message"), "Cannot deserialize value of type `java.lang.String` from object value")
	require.NotContains(t, r.body, "category")
}

// The fields that a query looks at, by type.
func TestSection3_4_QueryFields(t *testing.T) {
	a := open(t)
	for typ, c := range map[string]struct {
		base   string
		fields []string
	}{
		"contacts":  {`"email":"%s@b.example"`, []string{"firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"}},
		"companies": {`"name":"N"`, []string{"website", "phone", "name", "domain"}},
		"deals":     {`"dealname":"N","dealstage":"closedwon"`, []string{"dealname", "description"}},
		"notes":     {`"hs_timestamp":"2026-10-05"`, []string{"hs_note_body"}},
		"tasks":     {`"hs_timestamp":"2026-10-05"`, []string{"hs_task_body", "hs_task_subject"}},
	} {
		for i, field := range append(c.fields, "hubspot_owner_id") {
			word := fmt.Sprintf("qzx%d", i)
			val := word + "@b.example"
			if field == "hubspot_owner_id" {
				val = strconv.FormatInt(a.p.owners[1].ID, 10)
				word = val
			}
			body := fmt.Sprintf(`{"hs_timestamp":"2026-10-05",%q:%q}`, field, val)
			if !strings.Contains(c.base, "hs_timestamp") {
				base := strings.ReplaceAll(c.base, "%s", fmt.Sprintf("other%d", i))
				body = `{` + base + fmt.Sprintf(`,%q:%q}`, field, val)
			}
			id := a.do(201, "POST", v+typ, `{"properties":`+body+`}`).str("id")
			found := a.search(200, typ, `{"query":"`+word+`"}`).ids()
			if field == "hubspot_owner_id" {
				require.Empty(t, found, typ)
				continue
			}
			require.Equal(t, []string{id}, found, "%s by %s", typ, field)
		}
	}
}

// Which stamp is the modified one, and what moves it.
func TestSection3_5_ModifiedStamps(t *testing.T) {
	a := open(t)
	other := a.contact(`{}`)
	for _, s := range specimens() {
		id := a.do(201, "POST", v+s.plural, `{"properties":`+s.body+`}`).str("id")
		a.clock.Add(time.Minute)
		now := stamp(a.p.nowMS())
		a.do(200, "PATCH", v+s.plural+"/"+id, fmt.Sprintf(`{"properties":{"hubspot_owner_id":"%d"}}`, a.p.owners[0].ID))
		a.clock.Add(time.Minute)
		a.do(200, "PUT", v+s.plural+"/"+id+"/associations/default/contacts/"+other, "")
		r := a.do(200, "GET", v+s.plural+"/"+id, "")
		require.Equal(t, now, r.str("updatedAt"), "an association moves nothing: %s", s.plural)
		require.Equal(t, now, r.str("properties", s.modified))
		require.Equal(t, r.str("createdAt"), r.str("properties", s.created))
		since := fmt.Sprintf(`{"filterGroups":[{"filters":[{"propertyName":%q,"operator":"GTE","value":"%d"}]}]}`, s.modified, a.p.nowMS()-60_000)
		require.Equal(t, []string{id}, a.search(200, s.plural, since).ids())
	}
	r := a.search(200, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"hs_lastmodifieddate","operator":"GTE","value":"0"}]}]}`)
	require.JSONEq(t, `{"total":0,"results":[]}`, r.raw, "of contacts it is another one, and nobody says so")
}

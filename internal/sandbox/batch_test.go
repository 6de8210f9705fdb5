package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// batchOf writes a batch of n inputs.
func batchOf(n int, item func(i int) string) string {
	items := make([]string, 0, n)
	for i := range n {
		items = append(items, item(i))
	}
	return `{"inputs":[` + strings.Join(items, ",") + `]}`
}

// Fact sheet 3.3: 100 inputs, 50 with history.
func TestBatch_Caps(t *testing.T) {
	a := open(t)
	ids := a.do(200, "GET", v+"contacts?limit=40", "").ids()
	one := func(i int) string { return fmt.Sprintf(`{"id":%q}`, ids[i%len(ids)]) }
	for _, op := range []string{"read", "create", "update", "upsert", "archive"} {
		a.do(400, "POST", v+"contacts/batch/"+op, batchOf(101, one))
		a.do(400, "POST", v+"contacts/batch/"+op, `{}`)
	}
	r := a.do(400, "POST", v+"contacts/batch/read", strings.Replace(batchOf(51, one), "{", `{"propertiesWithHistory":["firstname"],`, 1))
	require.Equal(t, "The maximum number of inputs supported in a batch request for property histories is 50", r.str("message"))
	r = a.do(200, "POST", v+"contacts/batch/read", strings.Replace(batchOf(50, one), "{", `{"propertiesWithHistory":["firstname"],`, 1))
	require.Len(t, r.list("results"), 40, "an id that is named twice is read once")
}

// Fact sheet 3.3: results in another order, missing ids grouped in one error.
func TestBatchRead(t *testing.T) {
	a := open(t)
	ids := a.do(200, "GET", v+"contacts?limit=40", "").ids()
	r := a.do(200, "POST", v+"contacts/batch/read", strings.Replace(batchOf(40, func(i int) string { return `{"id":` + ids[i] + `}` }), "{", `{"properties":["city"],`, 1))
	require.Equal(t, "COMPLETE", r.str("status"))
	require.NotEqual(t, ids, r.ids())
	require.Equal(t, []string{"city", "createdate", "hs_object_id", "lastmodifieddate"}, keys(r.at("results", 0, "properties")))
	got := r.ids()
	slices.SortFunc(got, byNumber)
	require.Equal(t, ids, got)
	require.NotContains(t, r.body, "numErrors")

	r = a.do(207, "POST", v+"contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q},{"id":"998"},{"id":"999"}]}`, ids[0]))
	require.Len(t, r.list("results"), 1)
	require.EqualValues(t, 1, r.at("numErrors"))
	require.Equal(t, "OBJECT_NOT_FOUND", r.str("errors", 0, "category"))
	require.Equal(t, "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.", r.str("errors", 0, "message"))
	require.Equal(t, []any{"998", "999"}, r.at("errors", 0, "context", "ids"))

	a.contact(`{"email":"me@b.example"}`)
	r = a.do(200, "POST", v+"contacts/batch/read", `{"idProperty":"email","properties":["email"],"inputs":[{"id":"ME@b.example"}]}`)
	require.Equal(t, "me@b.example", r.str("results", 0, "properties", "email"))
	a.do(400, "POST", v+"contacts/batch/read", `{"idProperty":"city","inputs":[{"id":"Rome"}]}`)
	a.do(204, "POST", v+"contacts/batch/archive", fmt.Sprintf(`{"inputs":[{"id":%q},{"id":"999"},{"id":"x"}]}`, ids[0]))
	a.do(207, "POST", v+"contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, ids[0]))
	require.Equal(t, true, a.do(200, "POST", v+"contacts/batch/read?archived=true", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, ids[0])).at("results", 0, "archived"))
}

// Fact sheet 3.3: a create without trace ids is all or nothing.
func TestBatchCreate_AllOrNothing(t *testing.T) {
	a := open(t)
	taken := a.contact(`{"email":"taken@b.example"}`)
	before := a.p.Stats().Records["contacts"]
	r := a.do(409, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"one@b.example"}},{"properties":{"email":"taken@b.example"}}]}`)
	require.Contains(t, r.str("message"), "Contact already exists")
	a.do(400, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"one@b.example"},"objectWriteTraceId":"a"},{"properties":{"nope":"1"}}]}`)
	a.do(400, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"one@b.example"},"objectWriteTraceId":"a"},{"properties":{"nope":"1"},"objectWriteTraceId":"a"}]}`)
	a.do(409, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"one@b.example"}},{"properties":{"email":"ONE@b.example"}}]}`)
	require.Equal(t, before, a.p.Stats().Records["contacts"])

	r = a.do(207, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"email":"one@b.example"},"objectWriteTraceId":"0"},{"properties":{"email":"Taken@b.example"},"objectWriteTraceId":"1"},{"properties":{"missing":"1"},"objectWriteTraceId":"2"}]}`)
	require.Len(t, r.list("results"), 1)
	require.Equal(t, "0", r.str("results", 0, "objectWriteTraceId"))
	require.EqualValues(t, 2, r.at("numErrors"))
	require.Equal(t, "CONFLICT", r.str("errors", 0, "category"))
	require.Equal(t, "Contact already exists. Existing ID: "+taken, r.str("errors", 0, "message"))
	require.Equal(t, map[string]any{"objectWriteTraceId": []any{"1"}, "existingId": []any{taken}}, r.at("errors", 0, "context"))
	require.Equal(t, "VALIDATION_ERROR", r.str("errors", 1, "category"))
	require.Contains(t, r.str("errors", 1, "message"), "PROPERTY_DOESNT_EXIST")
	require.NotContains(t, r.at("errors", 1), "errors", "the message form only")

	r = a.do(201, "POST", v+"contacts/batch/create", batchOf(100, func(i int) string { return fmt.Sprintf(`{"properties":{"firstname":"n%d"}}`, i) }))
	require.Len(t, r.list("results"), 100)
}

// Fact sheet 3.3: updates: duplicates, missing ids, poison rows, hs_object_id.
func TestBatchUpdate(t *testing.T) {
	a := open(t)
	x, y := a.contact(`{"firstname":"X"}`), a.contact(`{"firstname":"Y"}`)
	r := a.do(400, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{}},{"id":%q,"properties":{}}]}`, x, x))
	require.Equal(t, "Duplicate IDs found in batch input: ["+x+"]. IDs must be unique", r.str("message"))
	require.Equal(t, []any{x}, r.at("context", "ids"))
	r = a.do(207, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{"city":"Rome"}},{"id":"999","properties":{"city":"Rome"}}]}`, x))
	require.Equal(t, "Rome", r.str("results", 0, "properties", "city"))
	require.Equal(t, []any{"999"}, r.at("errors", 0, "context", "ids"))
	a.do(400, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"properties":{"city":"Pisa"}},{"id":%q,"properties":{"nope":"1"}}]}`, x, y))
	require.Equal(t, "Rome", a.do(200, "GET", v+"contacts/"+x+"?properties=city", "").str("properties", "city"), "nothing was done")
	r = a.do(207, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"objectWriteTraceId":"a","properties":{"city":"Pisa"}},{"id":%q,"objectWriteTraceId":"b","properties":{"nope":"1"}}]}`, x, y))
	require.Equal(t, "a", r.str("results", 0, "objectWriteTraceId"))
	require.Equal(t, []any{"b"}, r.at("errors", 0, "context", "objectWriteTraceId"))
	r = a.do(400, "POST", v+"companies/batch/update", `{"inputs":[{"id":"1","idProperty":"hs_object_id","properties":{}}]}`)
	require.Equal(t, fmt.Sprintf("Unable to perform update/upsert by non-unique 0-2 property hs_object_id in portal ID %d", a.p.portalID), r.str("message"))
	a.contact(`{"email":"by@b.example"}`)
	r = a.do(200, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"by@b.example","idProperty":"email","properties":{"city":"Bern"}}]}`)
	require.Equal(t, "Bern", r.str("results", 0, "properties", "city"))
}

// Fact sheet 3.3 and 6: upsert by a unique property, twice without a double.
func TestBatchUpsert(t *testing.T) {
	a := open(t)
	a.do(201, "POST", "/crm/properties/2026-09/deals", strings.Replace(uniqueDef("my_key"), "contactinformation", "dealinformation", 1))
	body := `{"inputs":[{"idProperty":"my_key","id":"0199-aa","objectWriteTraceId":"t","properties":{"dealname":"D","dealstage":"qualifiedtobuy","pipeline":"default","my_key":"0199-aa"}}]}`
	r := a.do(200, "POST", v+"deals/batch/upsert", body)
	require.Equal(t, true, r.at("results", 0, "new"))
	require.Equal(t, "t", r.str("results", 0, "objectWriteTraceId"))
	id := r.str("results", 0, "id")
	r = a.do(200, "POST", v+"deals/batch/upsert", body)
	require.Equal(t, false, r.at("results", 0, "new"))
	require.Equal(t, id, r.str("results", 0, "id"))
	require.Equal(t, id, a.do(200, "GET", v+"deals/0199-aa?idProperty=my_key", "").str("id"))
	a.do(400, "POST", v+"deals/batch/upsert", `{"inputs":[{"id":"1","properties":{}}]}`)
	a.do(400, "POST", v+"deals/batch/upsert", `{"inputs":[{"idProperty":"dealname","id":"1","properties":{}}]}`)
	a.do(400, "POST", v+"deals/batch/upsert", `{"inputs":[{"idProperty":"hs_object_id","id":"1","properties":{}}]}`)
	twice := `{"idProperty":"my_key","id":"K","properties":{"dealname":"D","dealstage":"qualifiedtobuy"}}`
	a.do(400, "POST", v+"deals/batch/upsert", `{"inputs":[`+twice+`,`+twice+`]}`)
	r = a.do(200, "POST", v+"contacts/batch/upsert", `{"inputs":[{"idProperty":"email","id":"up@b.example","properties":{"city":"Rom"}}]}`)
	require.Equal(t, true, r.at("results", 0, "new"))
	a.do(200, "GET", v+"contacts/up@b.example?idProperty=email", "")
}

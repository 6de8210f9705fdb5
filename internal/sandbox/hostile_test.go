package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostileRoutes are all operations of the current version, and those that only
// older ones have.
func hostileRoutes() []route {
	var out []route
	for _, r := range routes() {
		if r.version == dated()[0] || r.version == "v1" || strings.HasPrefix(r.path, "/crm/v4/") || strings.HasPrefix(r.path, "/crm/v3/pipelines/") {
			out = append(out, r)
		}
	}
	return out
}

// takesJSON reports whether the operation reads a JSON body.
func (r route) takesJSON() bool {
	return (r.method == "POST" || r.method == "PATCH" || r.method == "PUT") && !strings.HasPrefix(r.path, "/oauth/") && !strings.Contains(r.path, "associations/default/")
}

// fill writes a path. What is put in is not escaped.
func (r route) fill(typ, id, to, toID, name string) string {
	return strings.NewReplacer("{type}", typ, "{id}", id, "{to}", to, "{toID}", toID, "{name}", name, "{pipeline}", name, "{stage}", id, "{token}", name, "{label}", id, "{rule}", "FORMAT", "{link}", id,
		"{subscription}", id, "{filter}", id, "{offset}", id, "{count}", id, "{status}", id, "{portal}", id).Replace(r.path)
}

// ofApp puts the app's id into the route; its other parts stay.
func (a *api) ofApp(r route) route {
	r.path = strings.Replace(r.path, "{app}", strconv.FormatInt(a.p.Credentials().AppID, 10), 1)
	return r
}

// takes returns the client whose token the route takes.
func (a *api) takes(r route) *api {
	if strings.HasPrefix(r.path, journalRoot) {
		return a.as(a.appToken())
	}
	return a
}

// wild sends a request as it stands, bytes that no client would send included.
func (a *api) wild(method, target, body, kind string) *reply {
	a.t.Helper()
	return a.raw("Bearer "+a.token, method, target, body, kind)
}

// authorized is wild with a whole Authorization header.
func (a *api) authorized(header, method, target, body string) *reply {
	a.t.Helper()
	return a.raw(header, method, target, body, "")
}

func (a *api) raw(authorization, method, target, body, kind string) *reply {
	a.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	req := httptest.NewRequestWithContext(a.t.Context(), method, "http://localhost/", strings.NewReader(body))
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	req.URL.Path, req.URL.RawPath, req.URL.RawQuery = plain, path, query
	req.RequestURI = target
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Authorization", authorization)
	direct, is := a.client.Transport.(*tripper)
	require.True(a.t, is, "a client without sockets")
	rec := httptest.NewRecorder()
	direct.handler.ServeHTTP(rec, req)
	return &reply{t: a.t, code: rec.Code, header: rec.Header(), raw: rec.Body.String()}
}

// newClient follows no redirects.
func newClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: noRedirect}
}

// wellFormed checks what holds for every answer: no 5xx; no body, or JSON, and
// for an error HubSpot's envelope with the correlation id of the header (fact
// sheet 8), or a token endpoint's body (1.7), or a page.
func (r *reply) wellFormed() {
	r.t.Helper()
	require.Less(r.t, r.code, 500, r.raw)
	require.NotContains(r.t, r.raw, "PANIC")
	require.NotEmpty(r.t, r.header.Get("X-HubSpot-Correlation-Id"))
	switch kind := r.header.Get("Content-Type"); {
	case r.code == http.StatusNoContent:
		require.Empty(r.t, r.raw)
	case strings.HasPrefix(kind, "text/html"):
		require.GreaterOrEqual(r.t, r.code, 400)
		require.True(r.t, strings.HasPrefix(r.raw, "<!DOCTYPE html>"), r.raw)
	default:
		require.Equal(r.t, "application/json;charset=utf-8", kind)
		require.NoError(r.t, json.Unmarshal([]byte(r.raw), &r.body), r.raw)
		if r.code < 400 {
			return
		}
		if _, token := r.body["error_description"]; token {
			require.Equal(r.t, 400, r.code)
			require.Equal(r.t, []string{"error", "error_description", "message", "status"}, keys(r.body))
			return
		}
		if status := r.str("status"); strings.HasPrefix(status, "BAD_") { // a token endpoint's older body
			require.Equal(r.t, []string{"correlationId", "message", "status"}, keys(r.body))
		} else {
			require.Equal(r.t, "error", status)
		}
		require.NotEmpty(r.t, r.body["message"])
		require.Equal(r.t, r.header.Get("X-HubSpot-Correlation-Id"), r.body["correlationId"])
		for _, key := range keys(r.body) {
			require.Contains(r.t, []string{"status", "message", "correlationId", "category", "subCategory", "context", "errors", "links", "errorType", "policyName", "groupName", "requestId"}, key)
		}
	}
}

// real fills a route with things that are there.
func (a *api) real(r route, contact, company string) string {
	r = a.ofApp(r)
	switch {
	case strings.HasSuffix(r.path, "/{count}"):
		return r.fill("", "5", "", "", "")
	case strings.Contains(r.path, "/pipelines/"):
		return r.fill("deals", "closedwon", "", "", "default")
	case strings.Contains(r.path, "/groups/"):
		return r.fill("contacts", "", "", "", "contactinformation")
	case strings.Contains(r.path, "/owners/"):
		return r.fill("", strconv.FormatInt(a.p.owners[0].ID, 10), "", "", "")
	case strings.Contains(r.path, "/oauth/v1/"):
		return r.fill("", "", "", "", "some-token")
	default:
		return r.fill("contacts", contact, "companies", company, "city")
	}
}

// The list of routes is of routes: none of them is the unknown one.
func TestHostile_RoutesExist(t *testing.T) {
	a := open(t)
	for _, r := range hostileRoutes() {
		contact, company, _ := trio(a)
		got := a.takes(r).wild(r.method, a.real(r, contact, company), "", "")
		got.wellFormed()
		require.NotContains(t, got.header.Get("Content-Type"), "html", "%s %s", r.method, r.path)
	}
}

// Fact sheet 8: malformed JSON and wrong JSON types are a 400 whose message
// says where, whatever the route; nothing changes.
func TestHostile_Bodies(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	deep := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	syntax := map[string]string{
		"nothing": "", "a brace": "{", "a word": "nonsense", "half a string": `{"inputs":["`, "a comma": `{"inputs":[,]}`,
		"two values": `{} {}`, "a NUL": "\x00", "single quotes": `{'inputs':[]}`, "a byte order mark": "\ufeff{}",
		"bad UTF-8": "{\xff\xfe}", "a raw newline": "{\"a\":\"\n\"}", "a number too much": `{"inputs":[01]}`,
		"deep arrays": deep("[", "", "]", 10_001), "deep objects": deep(`{"a":`, "1", "}", 10_001),
	}
	types := map[string]string{
		"a number": `7`, "a string": `"x"`, "true": `true`,
		"a number for a list": `{"inputs":1,"filterGroups":1,"properties":1,"label":{},"name":{},"primaryObjectId":{},"objectId":{},"options":1,"active":{},"targetUrl":{},"snapshotRequests":1,"actions":1,"filter":1}`,
		"lists for a list":    `{"inputs":[[1]],"filterGroups":[[1]],"properties":[[[1]]],"label":[],"name":[],"primaryObjectId":[],"objectId":[],"options":[[1]],"active":[],"targetUrl":[],"snapshotRequests":[[1]],"actions":[[1]],"filter":[]}`,
		"strings for objects": `{"inputs":["x"],"filterGroups":["x"],"properties":"x","label":[],"name":[],"primaryObjectId":[],"objectId":[],"options":["x"],"active":"x","targetUrl":[],"snapshotRequests":["x"],"actions":"x","filter":"x"}`,
		"deep values":         `{"inputs":` + deep("[", "", "]", 9_990) + `,"filterGroups":` + deep("[", "", "]", 9_990) + `,"properties":` + deep("[", "", "]", 9_990) + `,"label":[],"name":[],"primaryObjectId":[],"objectId":[],"active":[],"targetUrl":[],"snapshotRequests":[[1]],"actions":[[1]],"filter":[]}`,
	}
	before := everything(a)
	for _, r := range hostileRoutes() {
		if !r.takesJSON() {
			continue
		}
		path := a.real(r, contact, company)
		for name, body := range syntax {
			got := a.takes(r).wild(r.method, path, body, "application/json")
			got.wellFormed()
			require.Equal(t, 400, got.code, "%s %s with %s: %s", r.method, path, name, got.raw)
			if len(body) <= searchMaxChars || !strings.HasSuffix(path, "/search") {
				require.Regexp(t, `^Invalid input JSON on line \d+, column \d+: `, got.str("message"), "%s %s with %s", r.method, path, name)
			}
		}
		for name, body := range types {
			ofStrings := strings.HasSuffix(path, "/schemas/batch/read") || strings.HasPrefix(path, journalRoot) && strings.HasSuffix(path, "/batch/read")
			if ofStrings && name == "strings for objects" {
				continue // which it takes
			}
			got := a.takes(r).wild(r.method, path, body, "application/json")
			got.wellFormed()
			require.Equal(t, 400, got.code, "%s %s with %s: %s", r.method, path, name, got.raw)
			if len(body) <= searchMaxChars || !strings.HasSuffix(path, "/search") {
				require.Regexp(t, "^(Invalid input JSON on line \\d+, column \\d+: Cannot deserialize value of type `[\\w.]+` from \\w+ value|Some required fields were not set: \\[\\w+(, \\w+)*\\])$", got.str("message"), "%s %s with %s", r.method, path, name)
			}
		}
	}
	require.Equal(t, before, everything(a), "nothing was changed")
}

// A body of 10 MB is read and judged like any other; one of more than 16 MB is
// a 413. As no JSON it is a page.
func TestHostile_LargeBodies(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	large := strings.Repeat("x", 10<<20)
	long := `{"a":"` + large + `"}`
	huge := strings.Repeat("x", maxBody)
	for _, r := range hostileRoutes() {
		if r.method == "GET" || r.method == "DELETE" {
			continue
		}
		path := a.real(r, contact, company)
		if !r.takesJSON() {
			a.wild(r.method, path, "client_id="+large, "application/x-www-form-urlencoded").wellFormed()
			continue
		}
		bodies := []string{large}
		if strings.HasSuffix(path, "create") || strings.HasSuffix(path, "contacts") {
			bodies = append(bodies, long) // it takes a while to read
		}
		for _, body := range bodies {
			got := a.takes(r).wild(r.method, path, body, "application/json")
			got.wellFormed()
			want := []int{400}
			if body == long { // unknown fields are ignored, as HubSpot's parser does
				want = []int{200, 201, 400}
			}
			require.Contains(t, want, got.code, "%s %s: %s", r.method, path, cut(got.raw))
			require.Less(t, len(got.raw), 1<<20, "an error does not repeat what was sent")
		}
		if !strings.HasSuffix(path, "create") {
			continue
		}
		got := a.wild(r.method, path, `{"a":"`+huge+`"}`, "application/json")
		got.wellFormed()
		require.Equal(t, 413, got.code)
		got = a.wild(r.method, path, large, "text/plain")
		got.wellFormed()
		require.Equal(t, 415, got.code)
	}
}

func cut(s string) string { return s[:min(len(s), 300)] }

// Ids that are none, on every route that takes one: a 404 in HubSpot's words
// (fact sheet 3.6), a 400, or 204 where an unknown id is fine.
func TestHostile_IDs(t *testing.T) {
	a := open(t)
	contact, company, _ := trio(a)
	before := everything(a)
	for _, id := range []string{
		"0", "-1", "1e3", "0x10", "1.5", "+1", strings.Repeat("9", 40), "9223372036854775807", "9223372036854775808", "%00", "%0A", "%7F", "%FF%FE",
		"%F0%9F%98%80", "a%2Fb", "..%2F..", "%25", "null", "undefined", "%20", strings.Repeat("x", 5_000), "%3Cscript%3E", "\xff\xfe", "\x01",
	} {
		for _, r := range hostileRoutes() {
			r = a.ofApp(r)
			named := func(part string) bool { return strings.Contains(r.path, part) }
			if !slices.ContainsFunc([]string{"{id}", "{toID}", "{name}", "{subscription}", "{filter}", "{offset}", "{count}", "{status}", "{portal}"}, named) {
				continue
			}
			body := ""
			if r.takesJSON() {
				body = `{"properties":{"city":"x"}}`
				if r.method == "PUT" && strings.Contains(r.path, "/associations/{to}") {
					body = `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]`
				}
			}
			for _, path := range []string{r.fill("contacts", id, "companies", company, id), r.fill("contacts", contact, "companies", id, id), r.fill("deals", id, "companies", company, "default")} {
				if path == a.real(r, contact, company) || !strings.Contains(path, id) {
					continue
				}
				got := a.takes(r).wild(r.method, path, body, "application/json")
				got.wellFormed()
				if id == "+1" && strings.Contains(r.path, "{count}") {
					continue // a number to Java, and the portal has no files
				}
				require.Contains(t, []int{204, 400, 404}, got.code, "%s %q: %s", r.method, path, got.raw)
				if strings.HasPrefix(r.path, "/crm/objects/{v}/{type}/{id}") && got.code == 404 && got.body != nil {
					require.Contains(t, []any{"resource not found", "Object not found.  objectId are usually numeric."}, got.body["message"])
				}
			}
		}
	}
	require.Equal(t, before, everything(a), "nothing was changed")
}

// Absurd values of limit, after and the list parameters.
func TestHostile_Queries(t *testing.T) {
	a := open(t)
	contact, _, _ := trio(a)
	numbers := []string{"0", "-1", "1e3", "101", "501", "2147483648", "9223372036854775808", strings.Repeat("9", 40), "x", "%00", "%FF", "1;2", "%zz", "0x1", "1.0", " 1", "%D9%A1"}
	for _, path := range []string{v + "contacts", v + "contacts/" + contact + "/associations/companies", "/crm/owners/2026-09"} {
		for _, n := range numbers {
			got := a.wild("GET", path+"?limit="+n, "", "")
			got.wellFormed()
			fine := n == "1;2" || n == "%zz" || // no parameter at all
				n == "101" && !strings.HasPrefix(path, v+"contacts?") && path != v+"contacts"
			want := 400
			if fine {
				want = 200
			}
			require.Equal(t, want, got.code, "%s limit=%s: %s", path, n, got.raw)
			a.wild("GET", path+"?after="+n, "", "").wellFormed()
		}
		for _, n := range []string{"-1", "1e3", "9223372036854775808", strings.Repeat("9", 40), "x", "%00", "0x1", "1.0"} {
			require.Equal(t, 400, a.wild("GET", path+"?after="+n, "", "").code, "%s after=%s", path, n)
		}
		require.Empty(t, a.do(200, "GET", path+"?after=9223372036854775807", "").list("results"))
	}
	for _, param := range []string{"properties", "propertiesWithHistory", "idProperty", "archived", "associations"} {
		for _, val := range []string{"", ",", ",,,,", "%00", "%FF%FE", strings.Repeat("x,", 7_000), "hs_object_id,hs_object_id", "%22", "*", "../..", "email;drop"} {
			for _, path := range []string{v + "contacts", v + "contacts/" + contact} {
				got := a.wild("GET", path+"?"+param+"="+val, "", "")
				got.wellFormed()
				require.Contains(t, []int{200, 400}, got.code, "%s?%s=%s: %s", path, param, val, got.raw)
			}
		}
	}
	got := a.wild("GET", v+"contacts?properties="+strings.Repeat("x", maxURL), "", "")
	got.wellFormed()
	require.Equal(t, 414, got.code)
}

// Fact sheet 3.4: a search's after is an offset, and nothing beyond 10,000 is
// ever answered, however large the number.
func TestSection3_4_AbsurdPages(t *testing.T) {
	a := open(t)
	for _, page := range []string{
		`"after":"9223372036854775807"`, `"after":9223372036854775807`, `"after":"9223372036854775800","limit":200`, `"after":"9223372036854775808"`,
		`"after":"10000","limit":1`, `"after":"-1"`, `"after":"1e3"`, `"after":1e3`, `"after":1.5`, `"after":true`, `"after":"` + strings.Repeat("9", 40) + `"`,
		`"limit":-1`, `"limit":201`, `"limit":"9223372036854775807"`, `"limit":1e2`, `"limit":"x"`, `"limit":true`,
		`"limit":9223372036854775807,"after":9223372036854775807`,
	} {
		r := a.search(400, "contacts", `{`+page+`}`)
		require.NotContains(t, r.body, "results", page)
	}
	require.Empty(t, a.search(200, "contacts", `{"after":9990,"limit":10}`).list("results"))
}

// Fact sheet 3.4: what is no number or time is no operand for one.
func TestSection3_4_Operands(t *testing.T) {
	a := open(t)
	for _, name := range []string{"hs_object_id", "num_associated_deals", "createdate", "lastmodifieddate", "hs_birthday"} {
		for _, op := range []string{"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN"} {
			for _, val := range []string{"NaN", "x", "1e400", "", "--1", "1,5", "2026-13-01", "\u0000"} {
				a.search(400, "contacts", fmt.Sprintf(`{"filterGroups":[{"filters":[{"propertyName":%q,"operator":%q,"value":"%s","highValue":"%[3]s","values":["%[3]s"]}]}]}`, name, op, val))
			}
		}
	}
}

// Routes that HubSpot does not have are a page, in every tree; fact sheet 8.
func TestHostile_UnknownRoutes(t *testing.T) {
	a := open(t)
	for _, path := range []string{
		"/crm/", "/crm/nothing", "/crm/v9/objects/contacts", "/crm/objects", "/crm/objects/2026-09", "/crm/objects/2024-03/contacts", "/crm/objects/2026-09-beta/contacts",
		"/crm/objects/v3/contacts", "/crm/objects/2026-09/contacts/1/2/3", "/crm/objects/2026-09/contacts/batch/merge", "/crm/objects/%00/contacts", "/crm/objects/%FF/contacts",
		"/crm/associations/2026-09/contacts", "/crm/lists/2026-09", "/oauth/", "/oauth/nothing", "/oauth/2024-03/token", "/oauth/2026-09/tokens",
		"/account-info/", "/account-info/nothing", "/account-info/2024-03/details", "/appinstalls/nothing",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "NONSENSE"} {
			got := a.wild(method, path, "", "")
			require.NotEmpty(t, got.header.Get("X-HubSpot-Correlation-Id"), "%s %s", method, path)
			require.Equal(t, 404, got.code, "%s %s: %s", method, path, got.raw)
			require.Contains(t, got.header.Get("Content-Type"), "text/html")
			require.Contains(t, got.raw, "<h1>404 Not Found</h1>")
		}
	}
	for _, r := range hostileRoutes() {
		got := a.wild("OPTIONS", a.real(r, "1", "2"), "", "")
		got.wellFormed()
		require.Equal(t, 404, got.code, "a method that the route does not have")
	}
}

// Types that are not there, on every route that takes one; fact sheet 3.4.
func TestHostile_Types(t *testing.T) {
	a := open(t)
	for _, typ := range []string{"butterflies", "0-999", "0", "%00", "%FF%FE", "contacts%2F", strings.Repeat("x", 3_000), "2-1"} {
		name, err := url.PathUnescape(typ)
		require.NoError(t, err)
		for _, r := range hostileRoutes() {
			if !strings.Contains(r.path, "{type}") || strings.Contains(r.path, "schemas/") { // a schema that is not there is a 404
				continue
			}
			body := ""
			if r.takesJSON() {
				body = `{"inputs":[],"label":"L","name":"n","associationTypeId":1}`
				if r.method == "PUT" && strings.Contains(r.path, "/associations/{to}") {
					body = `[]`
				}
			}
			got := a.wild(r.method, r.fill(typ, "1", "companies", "2", "x"), body, "application/json")
			got.wellFormed()
			require.Equal(t, 400, got.code, "%s %s %s", r.method, r.path, typ)
			require.Equal(t, "Unable to infer object type from: "+strings.ToValidUTF8(name, "\ufffd\ufffd"), strings.ReplaceAll(got.str("message"), "\ufffd", "\ufffd"))
			require.NotContains(t, got.body, "category")
		}
	}
}

// Authorization headers that are none: 401 in an envelope; fact sheet 1.7.
func TestHostile_Authorization(t *testing.T) {
	a := open(t)
	for _, token := range []string{"", " ", "\x00", "\xff", a.token + "x", a.token + " ", strings.Repeat("x", 100_000), "pat-", "Bearer " + a.token, "\t" + a.token} {
		for _, r := range hostileRoutes() {
			if strings.HasPrefix(r.path, "/oauth/") {
				continue
			}
			got := a.as(token).wild(r.method, a.real(r, "1", "2"), "", "")
			got.wellFormed()
			require.Equal(t, 401, got.code, "%.40q", token)
			require.Contains(t, []any{"EXPIRED_AUTHENTICATION", "INVALID_AUTHENTICATION"}, got.body["category"])
		}
	}
}

// Control characters and bad UTF-8 in values come back as JSON text; a body
// that is cut off is a 400.
func TestHostile_Values(t *testing.T) {
	a := open(t)
	for sent, want := range map[string]string{
		`"\u0000\u0001\u001f\u007f\u2028"`: "\x00\x01\x1f\x7f\u2028",
		"\"\xff\xfe\"":                     "\ufffd\ufffd",
		`"\ud800"`:                         "\ufffd",
		`"\"\\\/\b\f\n\r\t"`:               "\"\\/\b\f\n\r\t",
		`"😀<&>"`:                           "😀<&>",
		`1e400`:                            "1e400",
		`true`:                             "true",
	} {
		id := a.contact(`{"city":` + sent + `}`)
		require.Equal(t, want, a.do(200, "GET", v+"contacts/"+id+"?properties=city", "").str("properties", "city"))
		require.Equal(t, want, a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=city", "").str("propertiesWithHistory", "city", 0, "value"))
	}
	req := httptest.NewRequestWithContext(t.Context(), "POST", v+"contacts", io.MultiReader(strings.NewReader(`{"prop`), brokenReader{context.Canceled}))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+a.token)
	rec := httptest.NewRecorder()
	a.p.Handler().ServeHTTP(rec, req)
	require.Equal(t, 400, rec.Code)
}

// Control calls that make no sense are a 400 and change nothing; the clock goes
// forward only.
func TestHostile_Control(t *testing.T) {
	a := open(t)
	before, now := everything(a), a.p.Now()
	for path, bodies := range map[string][]string{
		"clock":   {`{"advance_ms":-1}`, `{"advance_ms":9223372036854775807}`, `{"advance_ms":"x"}`, `{`, `{"advance_ms":1e400}`},
		"edit":    {`{}`, `{"type":"contacts","id":"-1"}`, `{"type":"contacts","id":{}}`, `{"type":"x","id":"1"}`},
		"archive": {`{}`, `{"type":"contacts","id":"\u0000"}`}, "restore": {`{}`, `[]`}, "merge": {`{}`, `{"type":"contacts","primary":"1","other":"1"}`},
		"faults": {`{}`, `{"kind":"status","status":1}`, `{"kind":"html","count":-1}`, `{"kind":"latency","match":{"path":"\xff"}}`}, "touch-all": {`{}`}, "grant": {`{"email":"nobody@b.example"}`},
	} {
		for _, body := range bodies {
			got := a.as("").do(400, "POST", "/_sandbox/"+path, body)
			require.Equal(t, "error", got.str("status"))
			require.NotContains(t, got.raw, "PANIC")
		}
	}
	require.Equal(t, now, a.p.Now())
	require.Equal(t, before, everything(a))
}

package hubspot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
)

type input struct {
	ID    string            `json:"id"`
	Trace string            `json:"objectWriteTraceId"`
	Props map[string]string `json:"properties"`
}

func inputs(t *testing.T, body string) []input {
	t.Helper()
	var b struct{ Inputs []input }
	require.NoError(t, json.Unmarshal([]byte(body), &b))
	return b.Inputs
}

func rows(n int) []crm.Write {
	out := make([]crm.Write, n)
	for i := range out {
		out[i] = crm.Write{
			Trace: "op-" + strconv.Itoa(i), ID: crm.RemoteID(strconv.Itoa(1000 + i)), Key: crm.LocalID("key-" + strconv.Itoa(i)),
			Values: crm.Values{"lastname": "Number " + strconv.Itoa(i)},
		}
	}
	return out
}

// fast is a client without limits worth the name.
func fast(w wire) *hubspot.Client {
	many := budget.Limit{Calls: 5000, Window: 1e8}
	return hubspot.New(hubspot.Options{HTTP: w, Tokens: oauth.Static("t"), Budget: budget.New(budget.Options{Burst: many, Associations: many})})
}

// poison_row: HubSpot refuses a whole batch because of some of its rows and
// does not say which. Exactly these fail, and each of the others is accepted
// exactly once.
func TestPoisonRow_IsFoundBySplitting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 230).Draw(rt, "rows")
		guilty := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, min(n, 6), rapid.ID[int]).Draw(rt, "guilty")
		verb := rapid.SampledFrom([]string{"create", "update", "upsert"}).Draw(rt, "verb")
		bad := map[string]bool{}
		for _, g := range guilty {
			bad["Number "+strconv.Itoa(g)] = true
		}
		accepted := map[string]int{}
		calls := 0
		c := fast(func(_ *http.Request, body string) (*http.Response, error) {
			calls++
			in := inputs(t, body)
			if len(in) > 100 {
				rt.Fatalf("%d rows in one batch", len(in))
			}
			var results []string
			for _, i := range in {
				if bad[i.Props["lastname"]] {
					return data(400, `{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid"}`), nil
				}
				results = append(results, fmt.Sprintf(`{"id":"%d","properties":{"lastname":%q},"objectWriteTraceId":%q}`, 1000+len(results), i.Props["lastname"], i.Trace))
			}
			for _, i := range in {
				accepted[i.Props["lastname"]]++
			}
			return data(201, `{"status":"COMPLETE","results":[`+strings.Join(results, ",")+`]}`), nil
		})
		got, err := send(t, c, verb, rows(n))
		require.NoError(t, err)
		require.Len(t, got, n)
		for i, w := range got {
			if slices.Contains(guilty, i) {
				require.Equal(t, crm.Invalid, crm.KindOf(w.Err))
				continue
			}
			require.NoError(t, w.Err)
			require.Equal(t, "Number "+strconv.Itoa(i), w.Record.Values["lastname"])
			require.Equal(t, 1, accepted["Number "+strconv.Itoa(i)])
		}
		require.LessOrEqual(t, calls, 3+16*len(guilty))
	})
}

func send(t *testing.T, c *hubspot.Client, verb string, rows []crm.Write) ([]crm.Written, error) {
	t.Helper()
	switch verb {
	case "create":
		return c.Create(t.Context(), crm.Contacts, rows)
	case "update":
		return c.Update(t.Context(), crm.Contacts, rows)
	}
	return c.Upsert(t.Context(), crm.Contacts, crm.KeyProperty, rows)
}

// A property that the portal lost makes every row guilty that sets it; one
// more call sends the others.
func TestPoisonRow_LostPropertyNeedsNoSearch(t *testing.T) {
	calls := 0
	c := fast(func(_ *http.Request, body string) (*http.Response, error) {
		calls++
		in := inputs(t, body)
		var results []string
		for _, i := range in {
			if _, has := i.Props["old"]; has {
				return data(400, `{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid: [{\"isValid\":false,\"message\":\"Property \\\"old\\\" does not exist\",\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"old\"}]"}`), nil
			}
			results = append(results, fmt.Sprintf(`{"id":%q}`, i.ID))
		}
		return data(200, `{"results":[`+strings.Join(results, ",")+`]}`), nil
	})
	in := rows(100)
	for i := range 60 {
		in[i].Values["old"] = "x"
	}
	got, err := c.Update(t.Context(), crm.Contacts, in)
	require.NoError(t, err)
	require.Equal(t, 2, calls)
	for i, w := range got {
		if i >= 60 {
			require.NoError(t, w.Err)
			continue
		}
		e, ok := crm.AsError(w.Err)
		require.True(t, ok)
		require.Equal(t, crm.Invalid, e.Kind)
		require.Equal(t, map[string]string{"old": `Property "old" does not exist`}, e.Fields)
	}
}

// shuffled_batch: results come in another order, some rows are errors, some
// are left out, with and without trace ids, as 200, 201 and 207. Every row is
// answered once, and with its own answer.
func TestBatchAnswer_ShuffledAndIncomplete(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 100).Draw(rt, "rows")
		fate := rapid.SliceOfN(rapid.IntRange(0, 3), n, n).Draw(rt, "fate") // done, done, refused, left out
		verb := rapid.SampledFrom([]string{"create", "update", "upsert"}).Draw(rt, "verb")
		traced := rapid.Bool().Draw(rt, "results carry trace ids")
		status := rapid.SampledFrom([]int{200, 201, 207}).Draw(rt, "status")
		seed := rapid.Uint64().Draw(rt, "seed")
		c := fast(func(_ *http.Request, body string) (*http.Response, error) {
			var results, errs []string
			for k, i := range inputs(t, body) {
				trace := ""
				if traced {
					trace = i.Trace
				}
				switch fate[k] {
				case 0, 1:
					key, _ := json.Marshal(i.Props)
					results = append(results, fmt.Sprintf(`{"id":%d,"properties":%s,"objectWriteTraceId":%q,"new":true}`, 1000+k, key, trace))
				case 2:
					errs = append(errs, fmt.Sprintf(`{"status":"error","category":"VALIDATION_ERROR","message":"no","context":{"objectWriteTraceId":[%q]}}`, i.Trace))
				}
			}
			r := rand.New(rand.NewPCG(seed, 2))
			r.Shuffle(len(results), func(i, j int) { results[i], results[j] = results[j], results[i] })
			return data(status, fmt.Sprintf(`{"status":"COMPLETE","results":[%s],"numErrors":%d,"errors":[%s]}`,
				strings.Join(results, ","), len(errs), strings.Join(errs, ","))), nil
		})
		in := rows(n)
		got, err := send(t, c, verb, in)
		require.NoError(t, err)
		for i, w := range got {
			require.Equal(t, in[i].Trace, w.Trace)
			switch fate[i] {
			case 2:
				require.Equal(t, crm.Invalid, crm.KindOf(w.Err))
			case 3:
				require.Equal(t, crm.Uncertain, crm.KindOf(w.Err))
			default:
				require.NoError(t, w.Err)
				require.Equal(t, crm.RemoteID(strconv.Itoa(1000+i)), w.Record.ID)
			}
		}
	})
}

// A network that fails between two batches: what was answered stays answered,
// the batch under way is uncertain, and what was never sent says so.
func TestWrite_NetworkFailsBetweenBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := fast(func(_ *http.Request, body string) (*http.Response, error) {
			if calls++; calls == 2 {
				return nil, errors.New("connection reset")
			}
			var results []string
			for _, i := range inputs(t, body) {
				results = append(results, fmt.Sprintf(`{"id":"9","objectWriteTraceId":%q}`, i.Trace))
			}
			return data(201, `{"results":[`+strings.Join(results, ",")+`]}`), nil
		})
		got, err := c.Create(t.Context(), crm.Contacts, rows(250))
		require.NoError(t, err)
		require.Equal(t, 2, calls)
		for i, w := range got {
			switch i / 100 {
			case 0:
				require.NoError(t, w.Err)
			case 1:
				require.Equal(t, crm.Uncertain, crm.KindOf(w.Err))
			case 2:
				require.Equal(t, crm.Offline, crm.KindOf(w.Err))
			}
		}
	})
}

// HubSpot's errors, as captured in public, in crm's terms.
func TestErrors_ByMeaning(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   crm.Error
		says   string
	}{
		{
			"duplicate e-mail", 409, `{"status":"error","message":"Contact already exists. Existing ID: 6001","category":"CONFLICT"}`,
			crm.Error{Kind: crm.Conflict, Existing: "6001"},
			"already has",
		},
		{
			"unique value", 400, `{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid: [{\"isValid\":false,\"message\":\"171591000198 already has that value.\",\"error\":\"CONFLICTING_UNIQUE_VALUE\",\"name\":\"satchel_client_key\"}]"}`,
			crm.Error{Kind: crm.Conflict, Existing: "171591000198", Fields: map[string]string{"satchel_client_key": "171591000198 already has that value."}},
			"",
		},
		{
			"two properties", 400, `{"status":"error","message":"Property values were not valid: [garbage","errors":[{"message":"Email address a@b is invalid","code":"INVALID_EMAIL","context":{"propertyName":["email"]}},{"message":"blue was not one of the allowed options: [label: \"Red\"\nvalue: \"red\"]","code":"INVALID_OPTION","context":{"propertyName":["color"]}}],"category":"VALIDATION_ERROR"}`,
			crm.Error{Kind: crm.Invalid, Fields: map[string]string{"email": "Email address a@b is invalid", "color": "blue is not one of the allowed options"}},
			"color, email",
		},
		{
			"required", 400, `{"status":"error","category":"VALIDATION_ERROR","message":"The property values provided are invalid","errors":[{"code":"MISSING_REQUIRED_PROPERTY","message":"A value for firstname must be provided","context":{"propertyName":["firstname"]}}]}`,
			crm.Error{Kind: crm.Invalid, Fields: map[string]string{"firstname": "A value for firstname must be provided"}},
			"firstname",
		},
		{
			"something else", 400, `{"status":"error","message":"Invalid input for anna@example.com on line 1"}`,
			crm.Error{Kind: crm.Invalid},
			"Invalid input for (an address) on line 1",
		},
		{
			"scopes", 403, `{"status":"error","message":"This app hasn't been granted all required scopes","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.contacts.write"]}}],"category":"MISSING_SCOPES"}`,
			crm.Error{Kind: crm.Forbidden, Scopes: []string{"crm.objects.contacts.write"}},
			"crm.objects.contacts.write",
		},
		{"permission", 403, `{"status":"error","category":"FORBIDDEN","message":"no"}`, crm.Error{Kind: crm.Forbidden}, "administrator"},
		{"missing", 404, `{"status":"error","message":"resource not found"}`, crm.Error{Kind: crm.NotFound}, "deleted or merged"},
		{"sub-category as an object", 400, `{"status":"error","message":"no","subCategory":{"a":1},"context":{"id":[5],"x":"y"}}`, crm.Error{Kind: crm.Invalid}, "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := fast(func(*http.Request, string) (*http.Response, error) {
				return data(c.status, c.body, "X-HubSpot-Correlation-Id", "0198-c"), nil
			})
			err := client.Archive(t.Context(), crm.Contacts, "1")
			e, ok := crm.AsError(err)
			require.True(t, ok)
			require.Equal(t, c.want, crm.Error{Kind: e.Kind, Fields: e.Fields, Existing: e.Existing, Scopes: e.Scopes})
			require.Contains(t, e.Msg, c.says)
			require.Contains(t, e.Error(), "correlation 0198-c")
			require.NotContains(t, e.Error(), "anna@")
		})
	}
}

// ids_as_numbers, and what HubSpot says about records without associations.
func TestAssociations_Shapes(t *testing.T) {
	calls := 0
	c := fast(func(_ *http.Request, body string) (*http.Response, error) {
		if calls++; calls == 2 {
			if body != `{"inputs":[{"id":"1","after":"20"}]}` {
				t.Errorf("asked for %s", body)
			}
			return data(200, `{"results":[{"from":{"id":1},"to":[{"toObjectId":22,"associationTypes":[{"typeId":279,"label":null}]}]}]}`), nil
		}
		return data(207, `{"status":"COMPLETE","results":[{"from":{"id":"1"},"to":[{"toObjectId":20,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":1,"label":"Primary"},{"category":"HUBSPOT_DEFINED","typeId":279,"label":null}]},{"toObjectId":"21","associationTypes":[{"typeId":279}]}],"paging":{"next":{"after":"20"}}}],
			"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","subCategory":"crm.associations.NO_ASSOCIATIONS_FOUND","context":{"fromObjectId":["2"]}}]}`), nil
	})
	links, err := c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{"1", "2"})
	require.NoError(t, err)
	require.Len(t, links, 4)
	require.Equal(t, crm.Link{From: crm.Contacts, FromID: "1", To: crm.Companies, ToID: "20", TypeID: 1, Label: "Primary"}, links[0])
	require.Equal(t, crm.RemoteID("22"), links[3].ToID)

	c = fast(func(*http.Request, string) (*http.Response, error) {
		return data(207, `{"results":[],"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"no"}]}`), nil
	})
	_, err = c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{"1"})
	require.Error(t, err)
}

// A 404 about the path must never look like records that are gone.
func TestBatchRead_WrongPathIsNotMissingRecords(t *testing.T) {
	c := fast(func(*http.Request, string) (*http.Response, error) {
		return data(404, `{"status":"error","message":"resource not found"}`), nil
	})
	read, err := c.BatchRead(t.Context(), crm.Contacts, []crm.RemoteID{"1"}, nil)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	require.Empty(t, read.Missing)
}

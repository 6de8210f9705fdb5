package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Fact sheet 4.4: every invalid value is listed, in the message and in errors.
func TestValidation_ListsAllProblemsTwice(t *testing.T) {
	a := open(t)
	for body, code := range map[string]string{
		`{"nonsense":"1"}`:                       "PROPERTY_DOESNT_EXIST",
		`{"email":"example.lcom"}`:               "INVALID_EMAIL",
		`{"hs_lead_status":"foo"}`:               "INVALID_OPTION",
		`{"hs_is_unworked":"true"}`:              "READ_ONLY_VALUE",
		`{"lastmodifieddate":"2026-01-01"}`:      "READ_ONLY_VALUE",
		`{"hs_object_id":"7"}`:                   "READ_ONLY_VALUE",
		`{"closedate":"tomorrow"}`:               "INVALID_LONG",
		`{"hubspot_owner_id":"12"}`:              "INVALID_OWNER_ID",
		`{"hs_buying_role":"CHAMPION;NOBODY"}`:   "INVALID_OPTION",
		`{"hs_birthday":"31.12.1990"}`:           "INVALID_DATE",
		`{"associatedcompanyid":"5"}`:            "READ_ONLY_VALUE",
		`{"hs_timezone":"Europe/Berlin"}`:        "INVALID_OPTION",
		`{"email":"two@b.example,x@b.example"}`:  "INVALID_EMAIL",
		`{"hs_marketable_status":"true"}`:        "READ_ONLY_VALUE",
		`{"hs_unique_creation_key":"something"}`: "READ_ONLY_VALUE",
	} {
		r := a.do(400, "POST", v+"contacts", `{"properties":`+body+`}`)
		require.Equal(t, code, r.str("errors", 0, "code"), body)
		require.Equal(t, "VALIDATION_ERROR", r.str("category"))
		require.True(t, strings.HasPrefix(r.str("message"), `Property values were not valid: [{"isValid":false,"message":`), r.raw)
		require.Contains(t, r.str("message"), `"error":"`+code+`"`)
	}
	r := a.do(400, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"closedwon","amount":"1,000","zzz":"1"}}`)
	require.Len(t, r.list("errors"), 2)
	require.Equal(t, "1,000 was not a valid number", r.str("errors", 0, "message"))
	require.Equal(t, `Property "zzz" does not exist`, r.str("errors", 1, "message"))
	r = a.do(400, "POST", v+"contacts", `{"properties":{"hs_lead_status":"foo"}}`)
	require.Contains(t, r.str("errors", 0, "message"), "foo was not one of the allowed options: [label: \"New\"\nvalue: \"NEW\"\ndisplay_order: 0\nhidden: false\nread_only: false\n")
	a.do(400, "POST", v+"contacts", `{"properties":{"message":"`+strings.Repeat("ü", maxString+1)+`"}}`)
	a.do(201, "POST", v+"contacts", `{"properties":{"message":"`+strings.Repeat("ü", maxString)+`"}}`)
}

// Fact sheet 4.4: a taken e-mail is a conflict, another unique value is not.
func TestValidation_Conflicts(t *testing.T) {
	a := open(t)
	id := a.contact(`{"email":"taken@b.example"}`)
	r := a.do(409, "POST", v+"contacts", `{"properties":{"email":"TAKEN@b.example"}}`)
	require.Equal(t, "Contact already exists. Existing ID: "+id, r.str("message"))
	require.Equal(t, "CONFLICT", r.str("category"))
	other := a.contact(`{"email":"free@b.example"}`)
	a.do(409, "PATCH", v+"contacts/"+other, `{"properties":{"email":"taken@b.example"}}`)

	a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"my_key":"K1"}}`)
	r = a.do(400, "PATCH", v+"contacts/"+other, `{"properties":{"my_key":"k1"}}`)
	require.Equal(t, "CONFLICTING_UNIQUE_VALUE", r.str("errors", 0, "code"))
	require.Equal(t, id+" already has that value.", r.str("errors", 0, "message"))
	a.do(204, "DELETE", v+"contacts/"+id, "")
	a.do(200, "PATCH", v+"contacts/"+other, `{"properties":{"my_key":"k1","email":"taken@b.example"}}`)
}

func uniqueDef(name string) string {
	return fmt.Sprintf(`{"name":%q,"label":"Key","groupName":"contactinformation","type":"string","fieldType":"text","hasUniqueValue":true}`, name)
}

// Fact sheet 4.3 and 4.5: dates, and how the versions differ.
func TestDates(t *testing.T) {
	a := open(t)
	id := a.contact(`{}`)
	patch := func(version, body string) *reply {
		r, err := a.try("PATCH", strings.Replace(version, "*", "contacts/"+id, 1), `{"properties":`+body+`}`)
		require.NoError(t, err)
		return r
	}
	const dated, march, old = "/crm/objects/2026-09/*", "/crm/objects/2026-03/*", "/crm/v3/objects/*"
	for _, version := range []string{dated, march, old} {
		r := patch(version, `{"hs_birthday":"631152000000"}`)
		require.Equal(t, "1990-01-01", r.str("properties", "hs_birthday"))
		require.NotContains(t, r.body, "warnings")
		require.Equal(t, "2026-10-05T00:00:00Z", patch(version, `{"closedate":"1791158400000"}`).str("properties", "closedate"))
		require.Equal(t, "2026-10-05T10:30:00Z", patch(version, `{"closedate":"2026-10-05T12:30:00+02:00"}`).str("properties", "closedate"))
	}
	r := patch(dated, `{"hs_birthday":"1990-01-01T00:00:00Z"}`)
	require.Equal(t, 200, r.code)
	require.Equal(t, "PROPERTY_VALUE_NORMALIZED", r.str("warnings", 0, "category"))
	require.Equal(t, "hs_birthday was normalized", r.str("warnings", 0, "message"))
	require.Equal(t, map[string]any{"normalizedValue": "631152000000", "propertyName": "hs_birthday", "rawValue": "1990-01-01T00:00:00Z"}, r.at("warnings", 0, "context"))
	r = patch(march, `{"hs_birthday":"1635535865"}`)
	require.Equal(t, 400, r.code)
	require.Equal(t, "INVALID_DATE", r.str("errors", 0, "code"))
	require.Equal(t, "1635535865 is at 22:18:55.865 UTC, not midnight!", r.str("errors", 0, "message"))
	require.Equal(t, 400, patch(dated, `{"closedate":"99999999999999999"}`).code)
}

// Fact sheet 3.2: lifecyclestage moves forward only, unless cleared; a leading
// ";" appends to a multi-checkbox.
func TestSection3_2_SpecialValues(t *testing.T) {
	a := open(t)
	id := a.contact(`{"lifecyclestage":"opportunity","hs_buying_role":"CHAMPION"}`)
	set := func(body string) *reply { return a.do(200, "PATCH", v+"contacts/"+id, `{"properties":`+body+`}`) }
	require.Equal(t, "opportunity", set(`{"lifecyclestage":"lead"}`).str("properties", "lifecyclestage"))
	require.Equal(t, "customer", set(`{"lifecyclestage":"customer"}`).str("properties", "lifecyclestage"))
	set(`{"lifecyclestage":""}`)
	require.Equal(t, "lead", set(`{"lifecyclestage":"lead"}`).str("properties", "lifecyclestage"))
	require.Equal(t, "CHAMPION;OTHER", set(`{"hs_buying_role":";OTHER"}`).str("properties", "hs_buying_role"))
	require.Equal(t, "END_USER", set(`{"hs_buying_role":"END_USER"}`).str("properties", "hs_buying_role"))
}

// Fact sheet 4.1, 4.2: definitions, groups, custom properties.
func TestProperties(t *testing.T) {
	a := open(t)
	for typ, least := range map[string]int{"contacts": 60, "companies": 40, "deals": 35} {
		require.GreaterOrEqual(t, len(a.do(200, "GET", "/crm/properties/2026-09/"+typ, "").list("results")), least, typ)
	}
	r := a.do(200, "GET", "/crm/v3/properties/contacts/hubspot_owner_id", "")
	require.Equal(t, true, r.at("externalOptions"))
	require.Equal(t, "OWNER", r.str("referencedObjectType"))
	require.Empty(t, r.list("options"))
	r = a.do(200, "GET", "/crm/properties/2026-09/deals/hs_is_closed", "")
	require.Equal(t, true, r.at("calculated"))
	require.Equal(t, true, r.at("modificationMetadata", "readOnlyValue"))
	require.Equal(t, "closedlost", a.do(200, "GET", "/crm/properties/2026-09/deals/dealstage", "").str("options", 6, "value"))

	r = a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	require.Equal(t, true, r.at("hasUniqueValue"))
	require.Equal(t, true, r.at("modificationMetadata", "archivable"))
	r = a.do(409, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	require.Equal(t, "A property named 'my_key' already exists.", r.str("message"))
	require.Equal(t, "OBJECT_ALREADY_EXISTS", r.str("category"))
	require.Equal(t, "Properties.PROPERTY_WITH_NAME_EXISTS", r.str("subCategory"))
	require.Equal(t, "New", a.do(200, "PATCH", "/crm/properties/2026-09/contacts/my_key", `{"label":"New"}`).str("label"))
	a.do(204, "DELETE", "/crm/properties/2026-09/contacts/my_key", "")
	a.do(404, "GET", "/crm/properties/2026-09/contacts/my_key", "")
	a.do(400, "POST", v+"contacts", `{"properties":{"my_key":"1"}}`)
	a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	for i := range 9 {
		a.do(201, "POST", "/crm/properties/2026-09/contacts", uniqueDef(fmt.Sprintf("k%d", i)))
	}
	a.do(400, "POST", "/crm/properties/2026-09/contacts", uniqueDef("one_more"))
	a.do(400, "POST", "/crm/properties/2026-09/contacts", `{"name":"Bad Name","label":"x","groupName":"contactinformation","type":"string","fieldType":"text"}`)
	a.do(400, "POST", "/crm/properties/2026-09/contacts", `{"name":"x"}`)

	require.Equal(t, "contactinformation", a.do(200, "GET", "/crm/properties/2026-09/contacts/groups", "").str("results", 0, "name"))
	a.do(201, "POST", "/crm/properties/2026-09/deals/groups", `{"name":"mine","label":"Mine"}`)
	require.Equal(t, "Mine", a.do(200, "GET", "/crm/properties/2026-09/deals/groups/mine", "").str("label"))
}

// A portal may refuse unique properties.
func TestProperties_UniqueRefused(t *testing.T) {
	a := open(t, func(o *Options) { o.RefuseUniqueProperties = true })
	r := a.do(403, "POST", "/crm/properties/2026-09/contacts", uniqueDef("my_key"))
	require.Equal(t, "MISSING_SCOPES", r.str("category"))
	require.Equal(t, "crm.schemas.contacts.write", r.str("errors", 0, "context", "requiredGranularScopes", 0))
	a.do(201, "POST", "/crm/properties/2026-09/contacts", strings.Replace(uniqueDef("my_key"), "true", "false", 1))
}

// Fact sheet 5.1, 5.2, 1.5: pipelines, owners, account.
func TestPipelinesOwnersAccount(t *testing.T) {
	a := open(t)
	r := a.do(200, "GET", "/crm/pipelines/2026-09/deals", "")
	require.Equal(t, "default", r.str("results", 0, "id"))
	require.Len(t, r.list("results", 0, "stages"), 7)
	require.Equal(t, map[string]any{"probability": "0.2", "isClosed": "false"}, r.at("results", 0, "stages", 0, "metadata"))
	require.Equal(t, map[string]any{"probability": "1.0", "isClosed": "true"}, r.at("results", 0, "stages", 5, "metadata"))
	require.Equal(t, "Closed Lost", a.do(200, "GET", "/crm/v3/pipelines/0-3/default/stages/closedlost", "").str("label"))
	a.do(404, "GET", "/crm/pipelines/2026-09/deals/none", "")

	r = a.do(200, "GET", "/crm/owners/2026-09?limit=5", "")
	require.Len(t, r.list("results"), 5)
	require.Equal(t, "PERSON", r.str("results", 0, "type"))
	require.Equal(t, true, r.at("results", 0, "teams", 0, "primary"))
	next := a.do(200, "GET", "/crm/owners/2026-09?after="+r.str("paging", "next", "after"), "")
	require.Len(t, next.list("results"), 7)
	require.NotContains(t, next.body, "paging")
	id, mail := r.str("results", 2, "id"), r.str("results", 2, "email")
	require.Equal(t, id, a.do(200, "GET", "/crm/owners/2026-09?email="+mail, "").str("results", 0, "id"))
	user := int64(r.at("results", 2, "userId").(float64))
	require.Equal(t, id, a.do(200, "GET", fmt.Sprintf("/crm/v3/owners/%d?idProperty=userId", user), "").str("id"))
	a.do(404, "GET", fmt.Sprintf("/crm/owners/2026-09/%d", user), "")

	r = a.do(200, "GET", "/account-info/2026-09/details", "")
	require.EqualValues(t, a.p.portalID, r.at("portalId"))
	require.Equal(t, "EUR", r.str("companyCurrency"))
	require.Equal(t, "app.hubspot.com", r.str("uiDomain"))
}

// A stage must belong to the deal's pipeline, and closing a deal shows at once.
func TestDeals_Stages(t *testing.T) {
	a := open(t)
	id := a.do(201, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"qualifiedtobuy","pipeline":"default","amount":"200"}}`).str("id")
	a.do(200, "PATCH", v+"deals/"+id, `{"properties":{"dealstage":"closedwon"}}`)
	r := a.do(200, "GET", v+"deals/"+id+"?properties=hs_is_closed,hs_is_closed_won,hs_projected_amount,hs_deal_stage_probability", "")
	require.Equal(t, "true", r.str("properties", "hs_is_closed_won"))
	require.Equal(t, "200", r.str("properties", "hs_projected_amount"))
	a.do(400, "PATCH", v+"deals/"+id, `{"properties":{"dealstage":"nowhere"}}`)
	r = a.do(200, "PATCH", v+"deals/"+id, `{"properties":{"createdate":"2020-01-02T03:04:05Z"}}`)
	require.Equal(t, "2020-01-02T03:04:05Z", r.str("createdAt"))
}

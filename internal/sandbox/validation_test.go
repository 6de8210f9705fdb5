package sandbox

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const checksAt = "/crm/property-validations/2026-09/"

// HubSpot's propertyValidations file: the four operations, in every version, and
// kept in the state file.
func TestSection0_PropertyValidations(t *testing.T) {
	t.Parallel()
	for _, root := range []string{checksAt, "/crm/property-validations/2026-03/", "/crm/v3/property-validations/"} {
		file := filepath.Join(t.TempDir(), "state")
		a := open(t, func(o *Options) { o.StateFile = file })
		require.JSONEq(t, `{"results":[]}`, a.do(200, "GET", root+"0-1", "").raw)
		a.do(204, "PUT", root+"0-1/firstname/rule-type/MAX_LENGTH", `{"ruleArguments":["5"],"shouldApplyNormalization":true}`)
		a.do(204, "PUT", root+"0-1/firstname/rule-type/ALPHANUMERIC", `{"ruleArguments":["NUMERIC_ONLY"]}`)
		a.do(204, "PUT", root+"0-1/firstname/rule-type/MAX_LENGTH", `{"ruleArguments":["3"]}`)
		want := `[{"ruleType":"ALPHANUMERIC","ruleArguments":["NUMERIC_ONLY"],"shouldApplyNormalization":false},{"ruleType":"MAX_LENGTH","ruleArguments":["3"],"shouldApplyNormalization":false}]`
		require.NoError(t, a.p.Close())
		a = open(t, func(o *Options) { o.StateFile = file })
		require.JSONEq(t, `{"results":[{"propertyName":"firstname","propertyValidationRules":`+want+`}]}`, a.do(200, "GET", root+"0-1", "").raw)
		require.JSONEq(t, `{"results":`+want+`}`, a.do(200, "GET", root+"contacts/firstname", "").raw)
		require.JSONEq(t, `{"results":[]}`, a.do(200, "GET", root+"contacts/lastname", "").raw)
		require.JSONEq(t, `{"ruleType":"MAX_LENGTH","ruleArguments":["3"],"shouldApplyNormalization":false}`, a.do(200, "GET", root+"0-1/firstname/rule-type/MAX_LENGTH", "").raw)
		a.do(404, "GET", root+"0-1/firstname/rule-type/MIN_LENGTH", "")
		a.do(400, "GET", root+"0-1/firstname/rule-type/NONSENSE", "")
		a.do(404, "PUT", root+"0-1/nope/rule-type/MAX_LENGTH", `{"ruleArguments":["3"]}`)
		a.do(400, "PUT", root+"0-1/firstname/rule-type/MAX_LENGTH", `{"ruleArguments":["three"]}`).
			envelope(`{"status":"error","message":"Validation rule MAX_LENGTH cannot have the arguments [three]","correlationId":"$id","category":"VALIDATION_ERROR"}`)
		a.do(400, "PUT", root+"0-1/firstname/rule-type/MAX_NUMBER", `{"ruleArguments":["3"]}`)
		a.do(400, "PUT", root+"0-1/firstname/rule-type/MAX_LENGTH", `{}`)
	}
}

// What each rule type lets through and what not; the clock stands at Monday,
// 2026-10-05.
func TestSection4_4_ValidationRules(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ prop, rule, args, good, bad string }{
		{"firstname", "MIN_LENGTH", `["2"]`, "ab", "a"},
		{"firstname", "MAX_LENGTH", `["2"]`, "üü", "üüü"},
		{"firstname", "ALPHANUMERIC", `["NUMERIC_ONLY"]`, "12", "1a"},
		{"firstname", "ALPHANUMERIC", `["ALPHANUMERIC"]`, "1a", "1 a"},
		{"firstname", "SPECIAL_CHARACTERS", `[]`, "a b", "a!"},
		{"firstname", "WHITESPACE", `[]`, "ab", "a b"},
		{"firstname", "REGEX", `["a+"]`, "aa", "baa"},
		{"firstname", "FORMAT", `["x"]`, "anything", ""},
		{"firstname", "EMAIL", `[]`, "a@b.example", "a"},
		{"firstname", "EMAIL_ALLOWED_DOMAINS", `["b.example"]`, "a@B.example", "a@c.example"},
		{"firstname", "EMAIL_BLOCKED_DOMAINS", `["b.example"]`, "a@c.example", "a@b.example"},
		{"firstname", "DOMAIN", `[]`, "b.example", "b"},
		{"firstname", "URL", `[]`, "https://b.example/x", "b.example"},
		{"firstname", "URL_ALLOWED_DOMAINS", `["b.example"]`, "http://b.example", "http://c.example"},
		{"firstname", "URL_BLOCKED_DOMAINS", `["b.example"]`, "http://c.example", "http://b.example"},
		{"phone", "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", `[]`, "+49 1", "01"},
		{"score", "MIN_NUMBER", `["1.5"]`, "1.5", "1.4"},
		{"score", "MAX_NUMBER", `["1.5"]`, "-2", "1.6"},
		{"score", "DECIMAL", `["1"]`, "1.5", "1.55"},
		{"day", "START_DATE", `["2026-01-01"]`, "2026-01-01", "2025-12-31"},
		{"day", "END_DATE", `["2026-01-01"]`, "2026-01-01", "2026-01-02"},
		{"day", "AFTER_DURATION", `["P1W"]`, "2026-10-12", "2026-10-11"},
		{"day", "BEFORE_DURATION", `["P1M"]`, "2026-09-05", "2026-09-06"},
		{"day", "DAYS_OF_WEEK", `["MONDAY","FRIDAY"]`, "2026-10-05", "2026-10-06"},
		{"moment", "START_DATETIME", `["2026-01-01T10:00:00Z"]`, "2026-01-01T10:00:00Z", "2026-01-01T09:59:59Z"},
		{"moment", "END_DATETIME", `["1767261600000"]`, "2026-01-01T10:00:00Z", "2026-01-01T10:00:01Z"},
		{"moment", "AFTER_DATETIME_DURATION", `["PT1H30M"]`, "2026-10-05T11:00:01Z", "2026-10-05T10:59:59Z"},
		{"moment", "BEFORE_DATETIME_DURATION", `["P1DT1S"]`, "2026-10-04T09:29:59Z", "2026-10-04T09:30:00Z"},
	} {
		a := open(t, func(o *Options) { o.Contacts = 1 })
		for name, kind := range map[string]string{"score": "number", "day": "date", "moment": "datetime"} {
			a.do(201, "POST", propsAt+"contacts", `{"name":"`+name+`","label":"L","groupName":"contactinformation","type":"`+kind+`","fieldType":"`+defaultField(kind)+`"}`)
		}
		a.do(204, "PUT", checksAt+"contacts/"+tc.prop+"/rule-type/"+tc.rule, `{"ruleArguments":`+tc.args+`}`)
		id := a.contact(`{"` + tc.prop + `":"` + tc.good + `"}`)
		a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"`+tc.prop+`":""}}`)
		if tc.bad == "" {
			continue
		}
		r := a.do(400, "PATCH", v+"contacts/"+id, `{"properties":{"`+tc.prop+`":"`+tc.bad+`"}}`)
		require.Equal(t, "PROPERTY_VALIDATION_FAILED", r.str("errors", 0, "code"), "%+v", tc)
		require.Equal(t, []any{tc.prop}, r.at("errors", 0, "context", "propertyName"))
		a.do(400, "POST", "/crm/v3/objects/contacts", `{"properties":{"`+tc.prop+`":"`+tc.bad+`"}}`)
	}
}

// Fact sheet 4.6: the account's rules hold in 2026-09 and not before.
func TestSection4_6_RequiredByTheAccount(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	a := open(t, func(o *Options) { o.StateFile = file })
	require.Error(t, a.p.SetRules("contacts", Rules{Required: []string{"nope"}}))
	require.Error(t, a.p.SetRules("nothing", Rules{}))
	require.NoError(t, a.p.SetRules("contacts", Rules{Required: []string{"firstname"}, Conditional: []Conditional{{"state", "country", []string{"US", "CA"}}}}))
	require.NoError(t, a.p.Close())
	a = open(t, func(o *Options) { o.StateFile = file })
	required := `{"status":"error","message":"The property values provided are invalid","correlationId":"$id","errors":[{"message":"A value for firstname must be provided","code":"MISSING_REQUIRED_PROPERTY","context":{"propertyName":["firstname"]}}],"category":"VALIDATION_ERROR"}`
	conditional := `{"status":"error","message":"The property values provided are invalid","correlationId":"$id","errors":[{"message":"state is required because of a conditional property rule based on [country]","code":"MISSING_CONDITIONAL_REQUIRED_PROPERTY","context":{"propertyName":["state"]}}],"category":"VALIDATION_ERROR"}`
	a.do(400, "POST", v+"contacts", `{"properties":{"lastname":"x"}}`).envelope(required)
	a.do(400, "POST", v+"contacts/batch/create", `{"inputs":[{"properties":{"lastname":"x"}}]}`).envelope(required)
	a.do(400, "POST", v+"contacts", `{"properties":{"firstname":"x","country":"US"}}`).envelope(conditional)
	for _, old := range []string{"/crm/objects/2026-03/contacts", "/crm/v3/objects/contacts"} {
		a.do(201, "POST", old, `{"properties":{"country":"US"}}`)
	}
	id := a.contact(`{"firstname":"x","country":"DE"}`)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":""}}`) // the create form is not asked again
	a.do(400, "PATCH", v+"contacts/"+id, `{"properties":{"country":"CA"}}`).envelope(conditional)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"country":"CA","state":"Ontario"}}`)
	a.do(400, "PATCH", v+"contacts/"+id, `{"properties":{"state":""}}`).envelope(conditional)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"state":"","country":""}}`)
	a.do(200, "PATCH", "/crm/objects/2026-03/contacts/"+id, `{"properties":{"country":"US"}}`)
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"lastname":"y"}}`) // what it does not touch is not asked
}

// Fact sheet 4.4: a value that cannot be set says why, and a time that is none
// is no long.
func TestSection4_4_ReadOnlyAndLong(t *testing.T) {
	t.Parallel()
	a := open(t)
	for prop, message := range map[string]string{
		"hs_is_closed": `"hs_is_closed" is a calculated property; its value cannot be set.`,
		"hs_object_id": `"hs_object_id" is a read only property; its value cannot be set.`,
	} {
		r := a.do(400, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"closedwon","`+prop+`":"1"}}`)
		require.JSONEq(t, `[{"message":`+asJSON(t, message)+`,"code":"READ_ONLY_VALUE","context":{"propertyName":["`+prop+`"]}}]`, asJSON(t, r.at("errors")))
	}
	r := a.do(400, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"closedwon","closedate":"soon","amount":"much"}}`)
	require.JSONEq(t, `[{"message":"much was not a valid number","code":"INVALID_INTEGER","context":{"propertyName":["amount"]}},
		{"message":"soon was not a valid long.","code":"INVALID_LONG","context":{"propertyName":["closedate"]}}]`, asJSON(t, r.at("errors")))
}

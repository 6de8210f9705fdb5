package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const propsAt = "/crm/properties/2026-09/"

// textDef is the body of a plain text property of contacts.
func textDef(name, more string) string {
	return fmt.Sprintf(`{"name":%q,"label":"L","groupName":"contactinformation","type":"string","fieldType":"text"%s}`, name, more)
}

// Fact sheet 4.1: batches of properties. The status of a create differs by
// version, a property that is not there is an error of its own.
func TestSection4_1_PropertyBatches(t *testing.T) {
	t.Parallel()
	for root, code := range map[string]int{propsAt: 200, "/crm/properties/2026-03/": 201, "/crm/v3/properties/": 201} {
		a := open(t)
		r := a.do(code, "POST", root+"contacts/batch/create", `{"inputs":[`+textDef("one", "")+`,`+textDef("two", "")+`]}`)
		require.Equal(t, "COMPLETE", r.str("status"))
		require.Equal(t, "two", r.str("results", 1, "name"))
		r = a.do(207, "POST", root+"contacts/batch/create", `{"inputs":[`+textDef("three", "")+`,`+textDef("one", "")+`]}`)
		require.Len(t, r.list("results"), 1)
		require.JSONEq(t, `[{"status":"error","category":"OBJECT_ALREADY_EXISTS","subCategory":"Properties.PROPERTY_WITH_NAME_EXISTS","message":"A property named 'one' already exists.","context":{"name":["one"]}}]`, asJSON(t, r.at("errors")))
		r = a.do(207, "POST", root+"contacts/batch/read", `{"archived":false,"dataSensitivity":"non_sensitive","inputs":[{"name":"email"},{"name":"nope"}]}`)
		require.Equal(t, "email", r.str("results", 0, "name"))
		require.JSONEq(t, `[{"status":"error","category":"OBJECT_NOT_FOUND","subCategory":"PropertyValidationError.PROPERTY_NOT_FOUND","message":"Property 'nope' does not exist","context":{"name":["nope"]}}]`, asJSON(t, r.at("errors")))
		a.do(204, "POST", root+"contacts/batch/archive", `{"inputs":[{"name":"one"},{"name":"nope"}]}`)
		a.do(204, "POST", root+"contacts/batch/archive", `{"inputs":[{"name":"one"}]}`)
		require.Equal(t, true, a.do(200, "POST", root+"contacts/batch/read", `{"archived":true,"inputs":[{"name":"one"}]}`).at("results", 0, "archived"))
		a.do(400, "POST", root+"contacts/batch/archive", `{"inputs":[{"name":"two"},{"name":"email"}]}`)
		a.do(200, "GET", root+"contacts/two", "")
		many := strings.Repeat(`{"name":"email"},`, 100) + `{"name":"email"}`
		for _, op := range []string{"read", "archive", "create"} {
			a.do(400, "POST", root+"contacts/batch/"+op, `{}`)
			a.do(400, "POST", root+"contacts/batch/"+op, `{"inputs":[`+many+`]}`).
				envelope(`{"status":"error","message":"The maximum number of inputs supported in a batch request is 100","correlationId":"$id","category":"VALIDATION_ERROR"}`)
		}
	}
	b := open(t, func(o *Options) { o.RefuseUniqueProperties = true })
	b.do(403, "POST", propsAt+"contacts/batch/create", `{"inputs":[`+textDef("one", "")+`,`+uniqueDef("two")+`]}`)
	b.do(404, "GET", propsAt+"contacts/one", "")
}

// Fact sheet 4.1: groups are changed and deleted, but not while they have
// properties.
func TestSection4_1_Groups(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.do(201, "POST", propsAt+"contacts/groups", `{"name":"mine","label":"Mine"}`)
	one := propsAt + "contacts/groups/mine"
	require.JSONEq(t, `{"name":"mine","label":"Ours","displayOrder":7,"archived":false}`, a.do(200, "PATCH", one, `{"label":"Ours","displayOrder":7}`).raw)
	a.do(400, "PATCH", one, `{"label":""}`)
	a.do(201, "POST", propsAt+"contacts", strings.Replace(textDef("one", ""), "contactinformation", "mine", 1))
	a.do(400, "DELETE", one, "").envelope(`{"status":"error","message":"Property group 'mine' has properties and cannot be deleted","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	a.do(204, "DELETE", propsAt+"contacts/one", "")
	a.do(204, "DELETE", one, "")
	a.do(404, "DELETE", one, "")
	a.do(404, "PATCH", one, `{"label":"x"}`)
	a.do(404, "GET", one, "")
}

// Fact sheet 4.1: sensitive properties are kept apart.
func TestSection4_1_DataSensitivity(t *testing.T) {
	t.Parallel()
	a := open(t)
	require.Equal(t, "sensitive", a.do(201, "POST", propsAt+"contacts", textDef("secret", `,"dataSensitivity":"sensitive"`)).str("dataSensitivity"))
	a.do(400, "POST", propsAt+"contacts", textDef("other", `,"dataSensitivity":"very"`))
	a.do(404, "GET", propsAt+"contacts/secret", "").envelope(`{"status":"error","message":"Property 'secret' does not exist","correlationId":"$id","category":"OBJECT_NOT_FOUND","subCategory":"PropertyValidationError.PROPERTY_NOT_FOUND"}`)
	a.do(200, "GET", propsAt+"contacts/secret?dataSensitivity=sensitive", "")
	require.NotContains(t, a.do(200, "GET", propsAt+"contacts", "").raw, `"secret"`)
	require.Len(t, a.do(200, "GET", propsAt+"contacts?dataSensitivity=sensitive", "").list("results"), 1)
	require.Empty(t, a.do(200, "GET", propsAt+"contacts?dataSensitivity=highly_sensitive", "").list("results"))
	require.Len(t, a.do(200, "POST", propsAt+"contacts/batch/read", `{"dataSensitivity":"sensitive","inputs":[{"name":"secret"}]}`).list("results"), 1)
	a.do(400, "GET", propsAt+"contacts?dataSensitivity=none", "")
	a.do(400, "PATCH", propsAt+"contacts/secret", `{"dataSensitivity":"non_sensitive"}`)
}

// Fact sheet 4.2: what a definition may not have.
func TestSection4_2_DefinitionRefusals(t *testing.T) {
	t.Parallel()
	a := open(t)
	pick := func(options string) string {
		return strings.Replace(textDef("pick", `,"options":`+options), `"type":"string","fieldType":"text"`, `"type":"enumeration","fieldType":"select"`, 1)
	}
	for body, message := range map[string]string{
		pick(`[{"label":"A","value":"a;b"}]`):                            `Option value \"a;b\" must not contain a semicolon`,
		pick(`[{"label":"A","value":"a"},{"label":"B","value":"a"}]`):    `Option value \"a\" is there twice`,
		pick(`[{"label":"A"}]`):                                          `An option needs a label and a value`,
		pick(`[]`):                                                       `An enumeration needs options`,
		textDef("groups", ""):                                            `Property name \"groups\" is reserved`,
		textDef("batch", ""):                                             `Property name \"batch\" is reserved`,
		strings.Replace(textDef("x", ""), `"text"`, `"slider"`, 1):       `Property field type \"slider\" is not one of booleancheckbox, calculation_equation, checkbox, date, file, html, number, phonenumber, radio, select, text, textarea`,
		strings.Replace(textDef("x", ""), "contactinformation", "no", 1): `Property group \"no\" does not exist`,
		`{}`: `Some required fields were not set: [fieldType, groupName, label, name, type]`,
	} {
		a.do(400, "POST", propsAt+"contacts", body).envelope(`{"status":"error","message":"` + message + `","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	}
	a.do(201, "POST", propsAt+"contacts", pick(`[{"label":"A","value":"a"}]`))
	a.do(400, "PATCH", propsAt+"contacts/pick", `{"options":[{"label":"B","value":"b;c"}]}`)
	require.Len(t, a.do(200, "PATCH", propsAt+"contacts/pick", `{"options":[{"label":"B","value":"b"}]}`).list("options"), 1)
	require.Equal(t, "contactinformation", a.do(200, "GET", propsAt+"contacts/groups", "").str("results", 0, "name"), "still the groups")
	owner := strings.Replace(textDef("second_owner", `,"referencedObjectType":"OWNER"`), `"type":"string","fieldType":"text"`, `"type":"enumeration","fieldType":"select"`, 1)
	require.Equal(t, true, a.do(201, "POST", propsAt+"contacts", owner).at("externalOptions"))
}

// Fact sheet 4.1, 4.2: what an update may not change.
func TestSection4_2_ImmutableDefinition(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.do(201, "POST", propsAt+"contacts", textDef("mine", ""))
	for body, what := range map[string]string{`{"type":"number"}`: "type", `{"name":"other"}`: "name", `{"hasUniqueValue":true}`: "hasUniqueValue"} {
		a.do(400, "PATCH", propsAt+"contacts/mine", body).envelope(`{"status":"error","message":"The ` + what + ` of property 'mine' cannot be changed","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	}
	a.do(200, "PATCH", propsAt+"contacts/mine", `{"name":"mine","type":"string","hasUniqueValue":false,"fieldType":"textarea"}`)
	a.do(400, "PATCH", propsAt+"contacts/email", `{"label":"Mail"}`).envelope(`{"status":"error","message":"Property 'email' is defined by HubSpot and its definition is read-only","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	a.do(400, "PATCH", propsAt+"deals/dealstage", `{"options":[{"label":"A","value":"a"}]}`)
	r := a.do(200, "PATCH", propsAt+"contacts/hs_lead_status", `{"options":[{"label":"Hot","value":"HOT"}]}`)
	require.Equal(t, "HOT", r.str("options", 0, "value"), "options of HubSpot's own may be changed")
	a.contact(`{"hs_lead_status":"HOT"}`)
}

// Fact sheet 4.2: a property that a rule needs stays.
func TestSection4_2_DeleteInUse(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		a.do(201, "POST", propsAt+"contacts", textDef(name, ""))
	}
	require.NoError(t, a.p.SetRules("contacts", Rules{Required: []string{"a"}, Conditional: []Conditional{{"b", "c", []string{"x"}}}}))
	a.do(204, "PUT", "/crm/property-validations/2026-09/contacts/d/rule-type/MAX_LENGTH", `{"ruleArguments":["3"]}`)
	for _, name := range []string{"a", "b", "c", "d"} {
		want := `{"status":"error","message":"Property '` + name + `' is in use and cannot be deleted","correlationId":"$id","context":{"propertyName":["` + name + `"]},"category":"VALIDATION_ERROR","subCategory":"PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"}`
		a.do(400, "DELETE", propsAt+"contacts/"+name, "").envelope(want)
		a.do(400, "POST", propsAt+"contacts/batch/archive", `{"inputs":[{"name":"`+name+`"}]}`).envelope(want)
	}
	require.NoError(t, a.p.SetRules("contacts", Rules{}))
	a.do(204, "PUT", "/crm/property-validations/2026-09/contacts/d/rule-type/MAX_LENGTH", `{"ruleArguments":[]}`)
	for _, name := range []string{"a", "b", "c", "d"} {
		a.do(204, "DELETE", propsAt+"contacts/"+name, "")
	}
}

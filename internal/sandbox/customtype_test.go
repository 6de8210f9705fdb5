package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const schemasAt = "/crm-object-schemas/2026-09/schemas"

// car is the body that makes a type of cars, associated with contacts.
const car = `{"name":"car","labels":{"singular":"Car","plural":"Cars"},"primaryDisplayProperty":"plate","requiredProperties":["plate"],
	"searchableProperties":["plate"],"secondaryDisplayProperties":["seats"],"associatedObjects":["CONTACT","0-1"],"description":"What people drive",
	"properties":[{"name":"plate","label":"Plate","type":"string","fieldType":"text","hasUniqueValue":true},{"name":"seats","label":"Seats","type":"number","fieldType":"number"}]}`

// Fact sheet 0 and HubSpot's schemas file: a type is made, described, changed,
// archived and purged under each of its addresses.
func TestSection0_SchemaLifeCycle(t *testing.T) {
	t.Parallel()
	for _, root := range []string{schemasAt, "/crm-object-schemas/2026-03/schemas", "/crm-object-schemas/v3/schemas", "/crm/v3/schemas"} {
		a := open(t)
		require.JSONEq(t, `{"results":[]}`, a.do(200, "GET", root, "").raw)
		made := a.do(201, "POST", root, car)
		id, full := made.str("objectTypeId"), fmt.Sprintf("p%d_car", a.p.portalID)
		require.Regexp(t, `^2-\d+$`, id)
		short := a.do(200, "GET", root+"/car?includePropertyDefinitions=false&includeAssociationDefinitions=false&includeAuditMetadata=false", "")
		require.JSONEq(t, fmt.Sprintf(`{"id":%q,"objectTypeId":%q,"name":"car","fullyQualifiedName":%q,"labels":{"singular":"Car","plural":"Cars"},"description":"What people drive",
			"primaryDisplayProperty":"plate","secondaryDisplayProperties":["seats"],"requiredProperties":["plate"],"searchableProperties":["plate"],
			"allowsSensitiveProperties":false,"archived":false,"properties":[],"associations":[]}`, id, id, full), short.raw)
		for _, name := range []string{id, "car", full, "CAR"} {
			require.Equal(t, made.raw, a.do(200, "GET", root+"/"+name, "").raw, name)
		}
		require.Equal(t, asJSON(t, made.body), asJSON(t, a.do(200, "GET", root, "").at("results", 0)))
		require.Contains(t, made.raw, `"fromObjectTypeId":"`+id+`","toObjectTypeId":"0-1","name":"car_to_contact"}`)
		require.Equal(t, 1, strings.Count(made.raw, `"toObjectTypeId":"0-1"`), "named twice, associated once")
		require.Contains(t, made.raw, `"fromObjectTypeId":"`+id+`","toObjectTypeId":"0-46","name":"car_to_note"}`, "activities go with every type")

		r := a.do(200, "PATCH", root+"/car", `{"clearDescription":true,"labels":{"singular":"Auto"},"requiredProperties":[],"secondaryDisplayProperties":[]}`)
		require.Equal(t, map[string]any{"singular": "Auto", "plural": "Cars"}, r.at("labels"))
		require.EqualValues(t, a.p.portalID, r.at("portalId"))
		require.NotContains(t, r.body, "description")
		require.Equal(t, []any{}, r.at("requiredProperties"))
		a.do(400, "PATCH", root+"/car", `{"searchableProperties":["wheels"]}`).
			envelope(`{"status":"error","message":"Property 'wheels' does not exist on object type car","correlationId":"$id","category":"VALIDATION_ERROR"}`)

		r = a.do(200, "POST", root+"/batch/read", `{"inputs":["`+id+`","0-1","nope"],"includePropertyDefinitions":false}`)
		require.Len(t, r.list("results"), 2)
		require.Equal(t, "CONTACT", r.str("results", 1, "name"))
		require.Empty(t, r.list("results", 0, "properties"))
		a.do(200, "GET", root+"/contacts", "")
		a.do(404, "GET", root+"/nope", "").envelope(`{"status":"error","message":"Object type nope was not found","correlationId":"$id","category":"OBJECT_NOT_FOUND"}`)
		a.do(400, "PATCH", root+"/contacts", `{}`).envelope(`{"status":"error","message":"Object type 0-1 is defined by HubSpot and cannot be changed","correlationId":"$id","category":"VALIDATION_ERROR"}`)

		rec := a.do(201, "POST", v+"car", `{"properties":{"plate":"B1"}}`).str("id")
		a.do(400, "DELETE", root+"/car", "").envelope(`{"status":"error","message":"Object type ` + id + ` has 1 records and cannot be deleted","correlationId":"$id","category":"VALIDATION_ERROR"}`)
		a.do(204, "DELETE", v+"car/"+rec, "")
		a.do(404, "DELETE", root+"/car?archived=true", "")
		a.do(204, "DELETE", root+"/car", "")
		a.do(400, "GET", v+"car", "").envelope(`{"status":"error","message":"Unable to infer object type from: car","correlationId":"$id"}`)
		require.Empty(t, a.do(200, "GET", root, "").list("results"))
		require.Equal(t, true, a.do(200, "GET", root+"?archived=true", "").at("results", 0, "archived"))
		a.do(409, "POST", root, car).envelope(`{"status":"error","message":"An object type named 'car' already exists.","correlationId":"$id","category":"OBJECT_ALREADY_EXISTS"}`)
		a.do(204, "DELETE", root+"/"+id+"?archived=true", "")
		a.do(404, "GET", root+"/"+id, "")
		require.NotEqual(t, id, a.do(201, "POST", root, car).str("id"))
		require.Empty(t, a.do(200, "GET", v+"car", "").list("results"))
	}
}

// HubSpot's schemas file: what a type must have. Nothing stays of one that was
// refused.
func TestSection0_SchemaRefusals(t *testing.T) {
	t.Parallel()
	a := open(t)
	before := len(a.p.tables)
	for body, message := range map[string]string{
		`{}`: `Some required fields were not set: [labels, name, properties, requiredProperties]`,
		`{"name":"1car","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[]}`:                                                                                              `Object type name \"1car\" is not valid: letters, digits and underscores only, a letter first`,
		`{"name":"car","labels":{"singular":"a","plural":"b"},"requiredProperties":["plate"],"properties":[]}`:                                                                                        `Property 'plate' does not exist on object type car`,
		`{"name":"car","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[{"name":"Bad","label":"x","type":"string","fieldType":"text"}]}`:                                  `Property name \"Bad\" is not valid: lower-case letters, digits and underscores only`,
		`{"name":"car","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[{"name":"p","label":"x","type":"string","fieldType":"text"}],"primaryDisplayProperty":"nothing"}`: `Property 'nothing' does not exist on object type car`,
	} {
		a.do(400, "POST", schemasAt, body).envelope(`{"status":"error","message":"` + message + `","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	}
	a.do(400, "POST", schemasAt, `{"name":"car","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[],"associatedObjects":["nope"]}`)
	a.do(409, "POST", schemasAt, `{"name":"Contacts","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[]}`)
	require.Len(t, a.p.tables, before)
	a.do(400, "GET", v+"car", "")
	for i := range 10 {
		a.do(201, "POST", schemasAt, fmt.Sprintf(`{"name":"t%d","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[]}`, i))
	}
	a.do(400, "POST", schemasAt, car).envelope(`{"status":"error","message":"The limit of 10 custom object types has been reached","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	b := open(t, func(o *Options) { o.RefuseUniqueProperties = true })
	b.do(403, "POST", schemasAt, car)
	limited := b.as(b.p.onlyScopes(t, "crm.objects.custom.read", "crm.objects.custom.write"))
	limited.do(200, "GET", schemasAt, "")
	for _, call := range [][2]string{{"POST", ""}, {"PATCH", "/car"}, {"DELETE", "/car"}, {"POST", "/car/associations"}, {"DELETE", "/car/associations/1"}} {
		limited.do(403, call[0], schemasAt+call[1], `{}`)
	}
}

// A type is served at once by all endpoints, under all its names, and after a
// restart.
func TestSection0_CustomRecords(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	a := open(t, func(o *Options) { o.StateFile = file })
	id := a.do(201, "POST", schemasAt, car).str("id")
	full := fmt.Sprintf("p%d_car", a.p.portalID)
	a.do(400, "POST", v+"car", `{"properties":{"seats":"4"}}`).
		envelope(`{"status":"error","message":"The property values provided are invalid","correlationId":"$id","errors":[{"message":"A value for plate must be provided","code":"MISSING_REQUIRED_PROPERTY","context":{"propertyName":["plate"]}}],"category":"VALIDATION_ERROR"}`)
	first := a.do(201, "POST", v+"car", `{"properties":{"plate":"B1","seats":4}}`).str("id")
	r := a.do(200, "POST", "/crm/v3/objects/"+id+"/batch/upsert", `{"inputs":[{"idProperty":"plate","id":"B2","properties":{"seats":"2"}}]}`)
	require.Equal(t, true, r.at("results", 0, "new"))
	require.EqualValues(t, 1, a.do(200, "POST", v+full+"/search", `{"query":"b1"}`).at("total"))

	a.do(201, "POST", propsAt+"car", `{"name":"colour","label":"Colour","groupName":"car_information","type":"string","fieldType":"text"}`)
	a.do(400, "DELETE", propsAt+"car/seats", "") // it is a secondary display property
	line := a.do(201, "POST", pipes+"car", `{"label":"Life","displayOrder":0,"stages":[{"stageId":"new","label":"New","displayOrder":0,"metadata":{"state":"OPEN"}}]}`)
	require.Equal(t, map[string]any{"isClosed": "false", "state": "OPEN"}, line.at("stages", 0, "metadata"))
	a.do(200, "PATCH", v+"car/"+first, `{"properties":{"colour":"red","hs_pipeline":"`+line.str("id")+`","hs_pipeline_stage":"new"}}`)
	a.do(400, "PATCH", v+"car/"+first, `{"properties":{"hs_pipeline_stage":"old"}}`)

	contact := a.contact(`{"firstname":"A"}`)
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/car/"+first, "")
	a.do(200, "POST", "/crm/associations/2026-09/car/contacts/labels", `{"label":"Driver","name":"driver"}`)
	require.NoError(t, a.p.Close())
	b := open(t, func(o *Options) { o.StateFile = file })
	require.Equal(t, everything(a), everything(b))
	for _, root := range []string{v, "/crm/objects/2026-03/", "/crm/v3/objects/"} {
		for _, name := range []string{id, "car", full} {
			r := b.do(200, "GET", root+name+"/"+first+"?properties=plate,seats,colour,hs_pipeline_stage&associations=contacts", "")
			require.Equal(t, "red", r.str("properties", "colour"))
			require.JSONEq(t, fmt.Sprintf(`{"contacts":{"results":[{"id":%q,"type":"car_to_contact"}]}}`, contact), asJSON(t, r.at("associations")))
		}
	}
	require.Len(t, b.do(200, "GET", "/crm/associations/2026-09/car/contacts/labels", "").list("results"), 2)
	require.Equal(t, "new", b.do(200, "GET", pipes+full, "").str("results", 0, "stages", 0, "id"))
	require.Equal(t, first, b.do(200, "GET", v+"contacts/"+contact+"?associations=car", "").str("associations", full, "results", 0, "id"))
	b.do(409, "POST", schemasAt, car)
	require.Equal(t, a.do(201, "POST", v+"car", `{"properties":{"plate":"B3"}}`).str("id"), b.do(201, "POST", v+"car", `{"properties":{"plate":"B3"}}`).str("id"))
}

// HubSpot's schemas file: association types are added to a type and removed with
// what they associated. An archived or purged type survives a restart as such.
func TestSection0_SchemaAssociations(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	a := open(t, func(o *Options) { o.StateFile = file })
	id := a.do(201, "POST", schemasAt, car).str("id")
	body := `{"fromObjectTypeId":"` + id + `","toObjectTypeId":"0-2","name":"car_of_company"}`
	made := a.do(201, "POST", schemasAt+"/car/associations", body)
	require.JSONEq(t, fmt.Sprintf(`{"id":%q,"fromObjectTypeId":%q,"toObjectTypeId":"0-2","name":"car_of_company"}`, made.str("id"), id), made.raw)
	a.do(409, "POST", schemasAt+"/car/associations", body)
	a.do(400, "POST", schemasAt+"/car/associations", `{"fromObjectTypeId":"0-1","toObjectTypeId":"0-2"}`)
	a.do(201, "POST", schemasAt+"/car/associations", `{"fromObjectTypeId":"`+id+`","toObjectTypeId":"`+id+`"}`)
	one := a.do(201, "POST", v+"car", `{"properties":{"plate":"1"}}`).str("id")
	two := a.do(201, "POST", v+"car", `{"properties":{"plate":"2"}}`).str("id")
	_, company, _ := trio(a)
	a.do(200, "PUT", v+"car/"+one+"/associations/default/companies/"+company, "")
	a.do(200, "PUT", v+"car/"+one+"/associations/default/car/"+two, "")
	require.Len(t, a.do(200, "GET", v+"companies/"+company+"/associations/car", "").list("results"), 1)
	a.do(204, "DELETE", schemasAt+"/car/associations/"+made.str("id"), "")
	a.do(404, "DELETE", schemasAt+"/car/associations/"+made.str("id"), "")
	require.Empty(t, a.do(200, "GET", v+"companies/"+company+"/associations/car", "").list("results"))
	require.Len(t, a.do(200, "GET", v+"car/"+two+"/associations/car", "").list("results"), 1)
	a.do(400, "PUT", v+"car/"+one+"/associations/default/companies/"+company, "")

	contact := a.contact(`{}`)
	a.do(200, "PUT", v+"contacts/"+contact+"/associations/default/car/"+one, "")
	a.do(204, "POST", v+"car/batch/archive", `{"inputs":[{"id":"`+one+`"},{"id":"`+two+`"}]}`)
	a.do(204, "DELETE", schemasAt+"/car", "")
	require.NoError(t, a.p.save())
	b := open(t, func(o *Options) { o.StateFile = file })
	b.do(400, "GET", v+"car", "")
	require.Len(t, b.do(200, "GET", schemasAt+"?archived=true", "").list("results"), 1)
	b.do(204, "DELETE", schemasAt+"/car?archived=true", "")
	b.do(201, "POST", schemasAt, `{"name":"boat","labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[],"associatedObjects":["contacts"]}`)
	boat := b.do(201, "POST", v+"boat", `{"properties":{}}`).str("id")
	b.do(200, "PUT", v+"contacts/"+contact+"/associations/default/boat/"+boat, "")
	require.NoError(t, b.p.save())
	c := open(t, func(o *Options) { o.StateFile = file })
	require.Empty(t, c.do(200, "GET", schemasAt+"?archived=true", "").list("results"))
	require.Equal(t, boat, c.do(200, "GET", v+"contacts/"+contact+"/associations/boat", "").str("results", 0, "toObjectId"))
}

// Types come and go while others read and write.
func TestSection0_CustomTypesRace(t *testing.T) {
	t.Parallel()
	a := open(t)
	var wg sync.WaitGroup
	try := func(method, path, body string) {
		r, err := a.try(method, path, body)
		if err == nil && r.code >= 500 {
			t.Errorf("%s %s: %s", method, path, r.raw)
		}
	}
	for worker := range 4 {
		wg.Go(func() {
			name := fmt.Sprintf("thing%d", worker)
			for range 15 {
				try("POST", schemasAt, fmt.Sprintf(`{"name":%q,"labels":{"singular":"a","plural":"b"},"requiredProperties":[],"properties":[],"associatedObjects":["contacts"]}`, name))
				try("PATCH", schemasAt+"/"+name, `{"labels":{"singular":"x"},"searchableProperties":["hs_object_source_id"]}`)
				try("POST", pipes+name, `{"label":"P","displayOrder":0,"stages":[]}`)
				try("DELETE", schemasAt+"/"+name, "")
				try("DELETE", schemasAt+"/"+name+"?archived=true", "")
			}
		})
		wg.Go(func() {
			name := fmt.Sprintf("thing%d", worker)
			for range 15 {
				try("GET", v+"contacts?limit=5&associations="+name, "")
				try("POST", v+name+"/search", `{"query":"x"}`)
				try("GET", propsAt+name, "")
				try("GET", schemasAt, "")
				try("GET", "/crm/associations/2026-09/contacts/"+name+"/labels", "")
				a.p.Stats()
			}
		})
	}
	wg.Wait()
}

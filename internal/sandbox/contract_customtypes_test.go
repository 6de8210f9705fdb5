package sandbox

import (
	"strings"

	"github.com/stretchr/testify/require"
)

// schemaOf is the body that makes a type. 2026-03 alone requires to be told
// whether its records are associated with each other.
func (d *drive) schemaOf(name string) string {
	d.t.Helper()
	body := `{"name":"` + name + `","labels":{"singular":"Car","plural":"Cars"},"description":"What people drive","allowsSensitiveProperties":false,
		"primaryDisplayProperty":"plate","secondaryDisplayProperties":["seats"],"requiredProperties":["plate"],"searchableProperties":["plate"],"associatedObjects":["CONTACT"],
		"properties":[{"name":"plate","label":"Plate","type":"string","fieldType":"text","hasUniqueValue":true,"groupName":"numbers"},
			{"name":"seats","label":"Seats","type":"number","fieldType":"number","description":"How many","displayOrder":2,"hidden":false,"formField":false},
			{"name":"fuel","label":"Fuel","type":"enumeration","fieldType":"select","options":[{"label":"Oil","value":"oil","displayOrder":0,"hidden":false}]}]}`
	if d.version == "2026-03" {
		return strings.Replace(body, "{", `{"shouldCreateSameObjectAssociation":true,`, 1)
	}
	return body
}

// driveSchemas drives the object types that an account makes, as a user who
// consented and as the portal's own token.
func driveSchemas(d *drive) {
	d.call(200, "GET", "", "")
	made := d.as(d.access(d.grant())).do(201, "POST", d.base, d.schemaOf("car"))
	id := made.str("objectTypeId")
	if d.version == "2026-03" {
		itself := `"fromObjectTypeId":"` + id + `","toObjectTypeId":"` + id + `","name":"car_to_car"`
		require.Contains(d.t, made.raw, itself)
	}
	d.call(201, "POST", "", d.schemaOf("van"))
	d.call(409, "POST", "", d.schemaOf("car"))
	d.call(400, "POST", "", `{"name":"boat"}`)
	d.call(400, "POST", "", strings.Replace(d.schemaOf("boat"), `"requiredProperties":["plate"]`, `"requiredProperties":["sail"]`, 1))
	d.call(400, "POST", "", strings.Replace(d.schemaOf("boat"), "CONTACT", "butterflies", 1))
	d.call(400, "POST", "", `{`)

	const none = "includePropertyDefinitions=false&includeAssociationDefinitions=false&includeAuditMetadata=false"
	d.call(200, "GET", "?archived=false&"+none, "")
	for _, name := range []string{id, "car", "contacts", "0-46"} {
		d.call(200, "GET", "/"+name, "")
	}
	d.call(200, "GET", "/car?"+none, "")
	d.call(200, "GET", "/car?"+strings.ReplaceAll(none, "false", "true"), "")
	d.call(404, "GET", "/nosuch", "")
	d.call(200, "POST", "/batch/read", `{"inputs":["`+id+`","car","0-1"],"includePropertyDefinitions":true,"includeAssociationDefinitions":true,"includeAuditMetadata":true}`)
	d.call(200, "POST", "/batch/read", `{"inputs":["car","nosuch"],"includePropertyDefinitions":false,"includeAssociationDefinitions":false,"includeAuditMetadata":false}`)
	d.call(400, "POST", "/batch/read", `{}`)

	d.call(200, "PATCH", "/car", `{"clearDescription":true,"labels":{"singular":"Auto"},"requiredProperties":[],"allowsSensitiveProperties":true}`)
	d.call(200, "PATCH", "/"+id, `{"clearDescription":false,"description":"What people drive","primaryDisplayProperty":"plate",
		"secondaryDisplayProperties":[],"searchableProperties":["plate"],"restorable":true}`)
	d.call(400, "PATCH", "/car", `{"clearDescription":false,"searchableProperties":["wheels"]}`)
	d.call(400, "PATCH", "/contacts", `{"clearDescription":false}`)
	d.call(404, "PATCH", "/nosuch", `{"clearDescription":false}`)
	d.schemaLinks(id)
	d.schemaCallers()
	d.leaveSchema(id)
}

// schemaLinks adds an association type and takes it away.
func (d *drive) schemaLinks(id string) {
	d.t.Helper()
	body := `{"fromObjectTypeId":"` + id + `","toObjectTypeId":"0-2","name":"car_of_company"}`
	one := "/car/associations/" + d.call(201, "POST", "/car/associations", body).str("id")
	d.call(409, "POST", "/car/associations", body)
	d.call(400, "POST", "/car/associations", `{"fromObjectTypeId":"0-1","toObjectTypeId":"0-2"}`)
	d.call(400, "POST", "/car/associations", `{}`)
	d.call(404, "POST", "/nosuch/associations", body)
	d.as(d.narrow()).do(403, "DELETE", d.base+one, "")
	d.call(204, "DELETE", one, "")
	d.call(404, "DELETE", one, "")
}

// schemaCallers are those who may not.
func (d *drive) schemaCallers() {
	d.t.Helper()
	d.refusedCallers(d.base)
	d.refusedCallers(d.base + "/car")
	narrow := d.as(d.narrow())
	narrow.do(403, "POST", d.base, d.schemaOf("boat"))
	narrow.do(403, "POST", d.base+"/batch/read", `{"inputs":["car"],"includePropertyDefinitions":true,"includeAssociationDefinitions":true,"includeAuditMetadata":true}`)
	narrow.do(403, "PATCH", d.base+"/car", `{"clearDescription":false}`)
	narrow.do(403, "DELETE", d.base+"/car", "")
	narrow.do(403, "POST", d.base+"/car/associations", `{"fromObjectTypeId":"car","toObjectTypeId":"0-2"}`)
}

// leaveSchema uses a type as any other and deletes it.
func (d *drive) leaveSchema(id string) {
	d.t.Helper()
	record := d.do(201, "POST", v+id, `{"properties":{"plate":"B 1","fuel":"oil"},"associations":[]}`).str("id")
	contact := d.contact(`{"firstname":"Ada"}`)
	d.do(200, "PUT", v+"contacts/"+contact+"/associations/default/"+id+"/"+record, "")
	d.do(200, "GET", v+id+"/"+record+"?associations=contacts", "")
	d.do(200, "GET", "/crm/properties/2026-09/"+id, "")
	d.do(201, "POST", "/crm/pipelines/2026-09/"+id, `{"label":"Life","displayOrder":0,"stages":[{"stageId":"new","label":"New","displayOrder":0,"metadata":{"state":"OPEN"}}]}`)
	d.call(400, "DELETE", "/car", "")
	d.do(204, "DELETE", v+id+"/"+record, "")
	d.call(404, "DELETE", "/car?archived=true", "")
	d.call(204, "DELETE", "/car", "")
	d.call(404, "DELETE", "/car", "")
	d.call(404, "PATCH", "/car", `{"clearDescription":false}`)
	d.call(200, "GET", "?archived=true", "")
	d.call(200, "GET", "/car", "")
	d.call(204, "DELETE", "/car?archived=true", "")
	d.call(404, "GET", "/"+id, "")
}

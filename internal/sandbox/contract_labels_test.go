package sandbox

import "strings"

// driveLabelChanges drives the changes of labels.
func driveLabelChanges(d *drive) {
	const at = "/contacts/companies/labels"
	label := d.newLabel()
	friend := asJSON(d.t, d.call(200, "POST", at, `{"label":"Friend","name":"friend"}`).at("results", 0, "typeId"))
	d.call(204, "PUT", at, `{"associationTypeId":`+label+`,"label":"Owner"}`)
	d.call(204, "PUT", at, `{"associationTypeId":`+label+`,"label":"Owner","inverseLabel":"Owned"}`)
	d.call(409, "PUT", at, `{"associationTypeId":`+label+`,"label":"Friend"}`)
	d.call(409, "POST", at, `{"label":"Friend","name":"friend"}`)
	d.call(400, "PUT", at, `{"label":"Owner"}`)
	d.call(400, "PUT", at, `{"associationTypeId":279,"label":"Owner"}`)
	d.call(404, "PUT", at, `{"associationTypeId":9999,"label":"Owner"}`)
	d.call(200, "GET", at, "")
	d.call(400, "DELETE", at+"/279", "")
	d.call(400, "DELETE", at+"/x", "")
	narrow := d.as(d.narrow())
	narrow.do(403, "PUT", d.base+at, `{"associationTypeId":`+label+`,"label":"Owner"}`)
	narrow.do(403, "DELETE", d.base+at+"/"+label, "")
	d.as("").do(401, "DELETE", d.base+at+"/"+label, "")
	d.call(204, "DELETE", at+"/"+label, "")
	d.call(204, "DELETE", at+"/"+friend, "")
	d.call(404, "DELETE", at+"/"+friend, "")
}

// driveLinkLimits drives the limits of associations.
func driveLinkLimits(d *drive) {
	const all, pair = "/definitions/configurations/all", "/definitions/configurations/contacts/companies"
	label := d.newLabel()
	made, purged := 201, 200
	if d.version == "2026-09" {
		made = 200
	}
	if d.version == "v4" {
		purged = 204
	}
	limit := func(category, id, most string) string {
		return `{"category":"` + category + `","typeId":` + id + `,"maxToObjectIds":` + most + `}`
	}
	plain, own, none := limit("HUBSPOT_DEFINED", "279", "2"), limit("USER_DEFINED", label, "1"), limit("HUBSPOT_DEFINED", "9999", "1")
	d.call(200, "GET", all, "")
	d.call(made, "POST", pair+"/batch/create", `{"inputs":[`+plain+`,`+own+`]}`)
	d.call(207, "POST", pair+"/batch/create", `{"inputs":[`+plain+`,`+limit("HUBSPOT_DEFINED", "1", "1")+`,`+none+`]}`)
	d.call(200, "POST", pair+"/batch/update", `{"inputs":[`+plain+`,`+own+`]}`)
	d.call(207, "POST", pair+"/batch/update", `{"inputs":[`+own+`,`+none+`]}`)
	for _, op := range []string{"/create", "/update"} {
		d.call(400, "POST", pair+"/batch"+op, `{}`)
		d.call(400, "POST", pair+"/batch"+op, `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":279}]}`)
		d.call(400, "POST", pair+"/batch"+op, `{"inputs":[`+limit("HUBSPOT_DEFINED", "279", "0")+`]}`)
	}
	d.call(200, "GET", all, "")
	d.call(200, "GET", pair, "")
	d.call(200, "GET", strings.Replace(pair, "contacts/companies", "0-2/0-1", 1), "")
	d.call(400, "GET", "/definitions/configurations/contacts/butterflies", "")

	contact, company := d.pairUp()
	_, other := d.pairUp()
	links := v + "contacts/" + contact + "/associations/companies/"
	types := `[{"associationCategory":"USER_DEFINED","associationTypeId":` + label + `}]`
	d.do(201, "PUT", links+company, types)
	d.do(400, "PUT", links+other, types)

	d.refusedCallers(d.base + all)
	d.refusedCallers(d.base + pair)
	narrow := d.as(d.narrow())
	for op, in := range map[string]string{"/create": plain, "/update": plain, "/purge": `{"category":"HUBSPOT_DEFINED","typeId":279}`} {
		narrow.do(403, "POST", d.base+pair+"/batch"+op, `{"inputs":[`+in+`]}`)
	}
	d.call(400, "POST", pair+"/batch/purge", `{}`)
	d.call(400, "POST", pair+"/batch/purge", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":9999}]}`)
	d.call(purged, "POST", pair+"/batch/purge", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":279},{"category":"USER_DEFINED","typeId":`+label+`}]}`)
	d.call(200, "GET", all, "")
}

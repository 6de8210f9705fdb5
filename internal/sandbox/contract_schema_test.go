package sandbox

// driveProperties drives properties and their groups.
func driveProperties(d *drive) {
	for _, kind := range objectTypes() {
		d.call(200, "GET", "/"+kind.plural+"?archived=false", "")
		d.call(200, "GET", "/"+kind.plural+"/groups", "")
	}
	at := "/contacts"
	d.call(200, "GET", at+"/hubspot_owner_id", "")
	d.call(200, "GET", at+"/email?archived=false", "")
	d.call(200, "GET", at+"?dataSensitivity=sensitive", "")
	d.call(201, "POST", at, `{"name":"meal","label":"Meal","groupName":"contactinformation","type":"enumeration","fieldType":"select",
		"description":"What they eat","displayOrder":3,"formField":true,"hidden":false,"hasUniqueValue":false,
		"options":[{"label":"Pizza","value":"pizza","displayOrder":0,"hidden":false,"description":""},{"label":"Soup","value":"soup","displayOrder":1,"hidden":true}]}`)
	d.call(201, "POST", at, `{"name":"code","label":"Code","groupName":"contactinformation","type":"string","fieldType":"text","hasUniqueValue":true}`)
	d.call(200, "PATCH", at+"/meal", `{"label":"Meals","options":[{"label":"Soup","value":"soup","displayOrder":0,"hidden":false}]}`)
	d.call(409, "POST", at, `{"name":"meal","label":"Meal","groupName":"contactinformation","type":"string","fieldType":"text"}`)
	d.call(400, "POST", at, `{"name":"soup","label":"Soup","groupName":"nosuch","type":"string","fieldType":"text"}`)
	d.call(400, "POST", at, `{"name":"soup"}`)
	d.call(404, "GET", at+"/nosuch", "")
	d.call(404, "PATCH", at+"/nosuch", `{"label":"X"}`)
	d.call(400, "DELETE", at+"/email", "")
	d.call(204, "DELETE", at+"/meal", "")
	d.call(404, "DELETE", at+"/meal", "")
	d.call(200, "GET", at+"?archived=true", "")
	d.call(200, "GET", at+"/meal?archived=true", "")
	d.call(201, "POST", at, `{"name":"meal","label":"Meal","groupName":"contactinformation","type":"enumeration","fieldType":"select",
		"options":[{"label":"Soup","value":"soup","displayOrder":0,"hidden":false}]}`)

	d.call(201, "POST", at+"/groups", `{"name":"food","label":"Food","displayOrder":-1}`)
	d.call(409, "POST", at+"/groups", `{"name":"food","label":"Food"}`)
	d.call(400, "POST", at+"/groups", `{"name":"food"}`)
	d.call(200, "GET", at+"/groups/food", "")
	d.call(404, "GET", at+"/groups/nosuch", "")
	d.refusedCallers(d.base + at)
	d.as(d.narrow()).do(403, "POST", d.base+at, `{"name":"soup","label":"Soup","groupName":"contactinformation","type":"string","fieldType":"text"}`)
	d.do(400, "GET", d.base+"/butterflies", "")
}

// drivePipelines drives the pipelines of both types that every account has them
// for.
func drivePipelines(d *drive) {
	for typ, line := range map[string][2]string{"deals": {"default", "closedwon"}, "tickets": {"0", "4"}} {
		d.call(200, "GET", "/"+typ, "")
		d.call(200, "GET", "/"+typ+"/"+line[0], "")
		d.call(200, "GET", "/"+typ+"/"+line[0]+"/stages", "")
		d.call(200, "GET", "/"+typ+"/"+line[0]+"/stages/"+line[1], "")
		d.call(404, "GET", "/"+typ+"/nosuch", "")
		d.call(404, "GET", "/"+typ+"/"+line[0]+"/stages/nosuch", "")
	}
	d.refusedCallers(d.base + "/deals")
}

// driveOwners reads owners, one of them archived.
func driveOwners(d *drive) {
	d.p.mu.Lock()
	d.p.owners[1].Archived = d.p.nowMS()
	gone := d.p.owners[1].view().ID
	d.p.mu.Unlock()
	page := d.call(200, "GET", "?limit=1", "")
	id := page.str("results", 0, "id")
	d.call(200, "GET", "?limit=500&archived=false&after="+page.str("paging", "next", "after"), "")
	d.call(200, "GET", "?email="+page.str("results", 0, "email"), "")
	d.call(200, "GET", "?archived=true", "")
	d.call(200, "GET", "/"+id, "")
	d.call(200, "GET", "/"+asJSON(d.t, page.at("results", 0, "userId"))+"?idProperty=userId&archived=false", "")
	d.call(200, "GET", "/"+gone+"?archived=true", "")
	d.call(400, "GET", "?limit=501", "")
	d.call(404, "GET", "/999", "")
	d.refusedCallers(d.base)
}

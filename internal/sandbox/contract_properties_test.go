package sandbox

// drivePropertyBatches drives the batches of properties.
func drivePropertyBatches(d *drive) {
	const at = "/contacts/batch"
	def := func(name string) string {
		return `{"name":"` + name + `","label":"` + name + `","groupName":"contactinformation","type":"string","fieldType":"text"}`
	}
	choice := `{"name":"meal","label":"Meal","groupName":"contactinformation","type":"enumeration","fieldType":"select","dataSensitivity":"non_sensitive",
		"options":[{"label":"Soup","value":"soup","displayOrder":0,"hidden":false,"description":"Hot"}]}`
	made := 201
	if d.version == "2026-09" {
		made = 200
	}
	d.call(made, "POST", at+"/create", `{"inputs":[`+def("one")+`,`+choice+`]}`)
	d.call(207, "POST", at+"/create", `{"inputs":[`+def("one")+`,`+def("two")+`]}`)
	d.call(400, "POST", at+"/create", `{}`)

	rest := `,"archived":false,"dataSensitivity":"non_sensitive"}`
	d.call(200, "POST", at+"/read", `{"inputs":[{"name":"one"},{"name":"meal"},{"name":"email"},{"name":"hubspot_owner_id"}]`+rest)
	d.call(207, "POST", at+"/read", `{"inputs":[{"name":"one"},{"name":"nosuch"}]`+rest)
	d.call(400, "POST", at+"/read", `{"inputs":[],"archived":false,"dataSensitivity":"secret"}`)
	d.call(400, "POST", at+"/read", `{"archived":false}`)

	d.call(204, "POST", at+"/archive", `{"inputs":[{"name":"one"},{"name":"nosuch"}]}`)
	d.call(200, "POST", at+"/read", `{"inputs":[{"name":"one"}],"archived":true,"dataSensitivity":"non_sensitive"}`)
	d.call(400, "POST", at+"/archive", `{"inputs":[{"name":"email"}]}`)
	d.call(400, "POST", at+"/archive", `{}`)

	narrow := d.as(d.narrow())
	for op, body := range map[string]string{"/create": `{"inputs":[` + def("three") + `]}`, "/read": `{"inputs":[{"name":"one"}]` + rest, "/archive": `{"inputs":[{"name":"two"}]}`} {
		narrow.do(403, "POST", d.base+at+op, body)
		d.as("").do(401, "POST", d.base+at+op, body)
	}
}

// drivePropertyGroups drives the changes of groups.
func drivePropertyGroups(d *drive) {
	const at, one = "/contacts/groups", "/contacts/groups/food"
	d.call(201, "POST", at, `{"name":"food","label":"Food","displayOrder":3}`)
	d.call(200, "PATCH", one, `{"label":"Drink","displayOrder":-1}`)
	d.call(200, "PATCH", one, `{}`)
	d.call(400, "PATCH", one, `{"label":""}`)
	d.call(404, "PATCH", at+"/nosuch", `{"label":"X"}`)
	d.call(201, "POST", "/contacts", `{"name":"meal","label":"Meal","groupName":"food","type":"string","fieldType":"text"}`)
	d.call(400, "DELETE", one, "")
	d.call(204, "DELETE", "/contacts/meal", "")
	narrow := d.as(d.narrow())
	narrow.do(403, "PATCH", d.base+one, `{"label":"X"}`)
	narrow.do(403, "DELETE", d.base+one, "")
	d.refusedCallers(d.base + one)
	d.call(204, "DELETE", one, "")
	d.call(404, "DELETE", one, "")
	d.call(404, "GET", one, "")
}

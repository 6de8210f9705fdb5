package sandbox

// driveLimits drives what an account has used of its limits, with an object type,
// a label and a property of its own to count.
func driveLimits(d *drive) {
	d.do(201, "POST", "/crm/properties/2026-09/contacts", `{"name":"ash","label":"Ash","groupName":"contactinformation","type":"string","fieldType":"text"}`)
	d.do(200, "POST", "/crm/associations/2026-09/contacts/deals/labels", `{"label":"Ash","name":"ash"}`)
	d.call(200, "GET", "/associations/labels", "")
	d.call(200, "GET", "/associations/labels?fromObjectTypeId=0-1&toObjectTypeId=0-3", "")
	d.call(400, "GET", "/associations/labels?fromObjectTypeId=butterflies", "")
	d.call(200, "GET", "/associations/records/from", "")
	d.call(200, "GET", "/associations/records/0-1/to", "")
	d.call(200, "GET", "/associations/records/0-1/0-3", "")
	d.call(400, "GET", "/associations/records/butterflies/0-3", "")
	for _, rest := range []string{"/calculated-properties", "/custom-object-types", "/custom-properties", "/pipelines", "/records"} {
		d.call(200, "GET", rest, "")
	}
}

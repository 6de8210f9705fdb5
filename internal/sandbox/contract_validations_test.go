package sandbox

import (
	"maps"
	"slices"
)

// driveValidations drives the rules of properties' values: every rule type, at a
// property that may have it.
func driveValidations(d *drive) {
	for name, kind := range map[string]string{"score": "number", "day": "date", "moment": "datetime"} {
		d.do(201, "POST", "/crm/properties/2026-09/contacts", `{"name":"`+name+`","label":"L","groupName":"contactinformation","type":"`+kind+`","fieldType":"`+defaultField(kind)+`"}`)
	}
	at := "/0-1"
	d.call(200, "GET", at, "")
	checks := ruleChecks()
	for _, rule := range slices.Sorted(maps.Keys(checks)) {
		check := checks[rule]
		name := map[string]string{"string": "firstname", "number": "score", "date": "day", "datetime": "moment"}[check.types[0]]
		args := `[]`
		for _, arg := range []string{"2", "2026-01-01", "P1D", "MONDAY"} {
			if check.args && check.sound([]string{arg}) {
				args = `["` + arg + `"]`
				break
			}
		}
		one := at + "/" + name + "/rule-type/" + rule
		d.call(404, "GET", one, "")
		d.call(204, "PUT", one, `{"ruleArguments":`+args+`,"shouldApplyNormalization":true}`)
		d.call(204, "PUT", one, `{"ruleArguments":`+args+`}`)
		d.call(200, "GET", one, "")
	}
	for _, name := range []string{"firstname", "lastname", "score", "day", "moment"} {
		d.call(200, "GET", "/contacts/"+name, "")
	}
	d.call(200, "GET", at, "")
	for _, kind := range objectTypes() {
		d.call(200, "GET", "/"+kind.id, "")
	}

	length := at + "/firstname/rule-type/MAX_LENGTH"
	d.call(400, "PUT", length, `{"ruleArguments":["three"]}`)
	d.call(400, "PUT", length, `{}`)
	d.call(400, "PUT", at+"/firstname/rule-type/MAX_NUMBER", `{"ruleArguments":["3"]}`)
	d.call(400, "PUT", at+"/firstname/rule-type/NONSENSE", `{"ruleArguments":["3"]}`)
	d.call(400, "GET", at+"/firstname/rule-type/NONSENSE", "")
	d.call(400, "GET", "/butterflies", "")
	d.call(404, "GET", at+"/nosuch", "")
	d.call(404, "GET", at+"/nosuch/rule-type/MAX_LENGTH", "")
	d.call(404, "PUT", at+"/nosuch/rule-type/MAX_LENGTH", `{"ruleArguments":["3"]}`)
	for _, path := range []string{at, at + "/firstname", length} {
		d.refusedCallers(d.base + path)
	}
	d.as(d.narrow()).do(403, "PUT", d.base+length, `{"ruleArguments":["3"]}`)
	d.do(400, "POST", v+"contacts", `{"properties":{"firstname":"far too long"},"associations":[]}`)
}

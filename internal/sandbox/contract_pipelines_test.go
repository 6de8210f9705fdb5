package sandbox

// line is what the pipelines of a type are made of.
type line struct {
	typ, id, stage string // what every account starts with
	open, closed   string // metadata of a stage
	record         string // properties of a record, up to its stage
}

func lines() []line {
	return []line{
		{"deals", "default", "closedwon", `{"probability":"0.5"}`, `{"probability":"0.0","isClosed":"true"}`, `"dealname":"Ash","dealstage":`},
		{"tickets", "0", "4", `{"ticketState":"OPEN"}`, `{"ticketState":"CLOSED"}`, `"subject":"Ash","hs_pipeline_stage":`},
	}
}

// drivePipelineChanges drives the writes of pipelines and stages, and what is
// kept of them.
func drivePipelineChanges(d *drive) {
	for _, l := range lines() {
		at := "/" + l.typ
		stages := `[{"stageId":"first","label":"First","displayOrder":0,"metadata":` + l.open + `},{"label":"Last","displayOrder":1,"metadata":` + l.closed + `}]`
		body := `{"label":"Ashes","displayOrder":2,"stages":` + stages + `}`
		made := d.call(201, "POST", at, body)
		one := at + "/" + made.str("id")
		d.call(409, "POST", at, body)
		d.call(409, "POST", at, `{"pipelineId":"`+l.id+`","label":"Same","displayOrder":2,"stages":[]}`)
		d.call(400, "POST", at, `{"label":"Stageless"}`)
		d.call(400, "POST", at, `{`)
		d.call(201, "POST", at, `{"pipelineId":"named","label":"Named","displayOrder":3,"stages":[]}`)

		d.call(200, "PATCH", one, `{"label":"Cinders","displayOrder":1}`)
		d.call(409, "PATCH", one, `{"label":"Named"}`)
		d.call(400, "PATCH", one, `{"archived":true}`)
		d.call(404, "PATCH", at+"/nosuch", `{"label":"X"}`)
		d.call(200, "PUT", one, `{"label":"Ashes","displayOrder":2,"stages":`+stages+`}`)
		d.call(409, "PUT", one, `{"label":"Named","displayOrder":2,"stages":[]}`)
		d.call(400, "PUT", one, `{"label":"Ashes"}`)
		d.call(404, "PUT", at+"/nosuch", body)
		d.stageChanges(l, one)

		narrow := d.as(d.narrow())
		narrow.do(403, "POST", d.base+at, body)
		narrow.do(403, "PUT", d.base+one, body)
		narrow.do(403, "PATCH", d.base+one, `{"label":"X"}`)
		narrow.do(403, "DELETE", d.base+one, "")
		d.as(d.access(d.grant())).do(200, "PATCH", d.base+one, `{"displayOrder":5}`)
		d.leavePipeline(l, one)
	}
	d.call(400, "POST", "/contacts", `{"label":"X","displayOrder":0,"stages":[]}`)
}

// stageChanges drives the stages of a pipeline.
func (d *drive) stageChanges(l line, pipeline string) {
	d.t.Helper()
	at := pipeline + "/stages"
	body := `{"label":"Middle","displayOrder":1,"metadata":` + l.open + `}`
	one := at + "/" + d.call(201, "POST", at, body).str("id")
	d.call(201, "POST", at, `{"stageId":"named","label":"Named","displayOrder":7,"metadata":`+l.closed+`}`)
	d.call(409, "POST", at, body)
	d.call(409, "POST", at, `{"stageId":"`+l.stage+`","label":"Taken","displayOrder":1,"metadata":`+l.open+`}`)
	d.call(400, "POST", at, `{"label":"X"}`)
	d.call(404, "POST", "/"+l.typ+"/nosuch/stages", body)
	d.call(200, "PUT", one, `{"label":"Centre","displayOrder":3,"metadata":`+l.closed+`}`)
	d.call(409, "PUT", one, `{"label":"Named","displayOrder":3,"metadata":`+l.closed+`}`)
	d.call(400, "PUT", one, `{"label":"Centre"}`)
	d.call(404, "PUT", at+"/nosuch", body)
	d.call(200, "PATCH", one, `{"metadata":`+l.open+`}`)
	d.call(409, "PATCH", one, `{"label":"Named","metadata":`+l.open+`}`)
	d.call(400, "PATCH", one, `{"label":"Centre"}`)
	d.call(404, "PATCH", at+"/nosuch", `{"metadata":`+l.open+`}`)

	narrow := d.as(d.narrow())
	narrow.do(403, "POST", d.base+at, body)
	narrow.do(403, "PUT", d.base+one, body)
	narrow.do(403, "PATCH", d.base+one, `{"metadata":`+l.open+`}`)
	narrow.do(403, "DELETE", d.base+one, "")
	d.call(204, "DELETE", one, "")
	d.call(404, "DELETE", one, "")
	d.call(404, "GET", one, "")
	d.call(200, "GET", one+"/audit", "")
	d.call(200, "PATCH", one, `{"archived":false,"metadata":`+l.open+`}`)
	d.call(404, "GET", at+"/nosuch/audit", "")
	d.refusedCallers(d.base + one + "/audit")
}

// leavePipeline deletes a pipeline, first while a record is in it.
func (d *drive) leavePipeline(l line, one string) {
	d.t.Helper()
	key := "pipeline"
	if l.typ == "tickets" {
		key = "hs_pipeline"
	}
	id := d.call(200, "GET", one, "").str("id")
	record := d.do(201, "POST", v+l.typ, `{"properties":{`+l.record+`"first","`+key+`":"`+id+`"},"associations":[]}`).str("id")
	const both = "?validateReferencesBeforeDelete=true&validateDealStageUsagesBeforeDelete=true"
	d.call(400, "DELETE", one+both, "")
	d.call(400, "PUT", one+both, `{"label":"Ashes","displayOrder":2,"stages":[]}`)
	d.call(200, "PATCH", one+both, `{"displayOrder":1}`)
	flag := "?validateReferencesBeforeDelete=true"
	if d.version == "2026-09" {
		flag = "" // its file has none for stages: they are always looked at
	}
	d.call(400, "DELETE", one+"/stages/first"+flag, "")
	if flag != "" {
		d.call(204, "DELETE", one+"/stages/first?validateReferencesBeforeDelete=false", "")
	}
	d.do(204, "DELETE", v+l.typ+"/"+record, "")
	d.call(204, "DELETE", one+"?validateReferencesBeforeDelete=false&validateDealStageUsagesBeforeDelete=false", "")
	d.call(404, "DELETE", one, "")
	d.call(200, "GET", one+"/audit", "")
	d.call(404, "GET", "/"+l.typ+"/nosuch/audit", "")
	d.refusedCallers(d.base + one + "/audit")
	d.call(200, "PATCH", one, `{"archived":false}`)
	d.call(204, "DELETE", one, "")
}

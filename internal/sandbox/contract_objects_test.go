package sandbox

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"
)

// sample is what a scenario writes to a type.
type sample struct {
	props  string // of a new record, without the key
	change string // property that is changed
	search string // filter that finds all records
}

// samples has an entry for every type.
func samples() map[string]sample {
	const when = `"hs_timestamp":"2026-10-05T09:00:00Z"`
	return map[string]sample{
		"contacts":   {`"firstname":"Ada","lastname":"Ash"`, "lastname", "createdate"},
		"companies":  {`"name":"Ash Ltd","domain":"ash.example"`, "name", "createdate"},
		"deals":      {`"dealname":"Ashes","pipeline":"default","dealstage":"qualifiedtobuy"`, "dealname", "createdate"},
		"tickets":    {`"subject":"It broke","hs_pipeline":"0","hs_pipeline_stage":"1"`, "subject", "createdate"},
		"products":   {`"name":"Nut"`, "name", "createdate"},
		"line_items": {`"name":"Nut","quantity":"2"`, "name", "createdate"},
		"notes":      {when + `,"hs_note_body":"<p>Hi</p>"`, "hs_note_body", "hs_createdate"},
		"tasks":      {when + `,"hs_task_subject":"Call"`, "hs_task_subject", "hs_createdate"},
		"calls":      {when + `,"hs_call_title":"Call"`, "hs_call_title", "hs_createdate"},
		"emails":     {when + `,"hs_email_direction":"EMAIL"`, "hs_email_subject", "hs_createdate"},
		"meetings":   {when + `,"hs_meeting_title":"Lunch"`, "hs_meeting_title", "hs_createdate"},
		"users":      {`"hs_job_title":"Clerk"`, "hs_job_title", "hs_createdate"},
	}
}

func objectFamilies() []family {
	var out []family
	for _, kind := range objectTypes() {
		out = append(out, family{kind.plural, []string{"/crm/objects/{v}/" + kind.plural, "/crm/v3/objects/" + kind.plural}, func(d *drive) {
			s, has := samples()[kind.plural]
			require.True(d.t, has, "no sample of %s", kind.plural)
			(&objectDrive{drive: d, kind: kind, sample: s}).run()
		}})
	}
	return append(out,
		family{"objects by id", []string{"/crm/objects/{v}/0-1", "/crm/v3/objects/0-1"}, driveByID},
		family{"warnings", []string{"/crm/objects/{v}/contacts", "/crm/v3/objects/contacts"}, driveWarnings},
		family{"disturbances", []string{"/crm/objects/{v}/contacts", "/crm/v3/objects/contacts"}, driveDisturbances},
	)
}

// objectDrive drives all operations of one type.
type objectDrive struct {
	*drive
	kind *objectType
	sample
	made int
}

const keyProperty = "contract_key"

func (d *objectDrive) run() {
	where := strings.Replace(strings.Replace(d.base, "/crm/objects/", "/crm/properties/", 1), "/crm/v3/objects/", "/crm/v3/properties/", 1)
	group := d.p.tables[0].groups[0].Name
	if t, err := d.p.kindOf(d.kind.plural); err == nil {
		group = t.groups[0].Name
	}
	d.do(201, "POST", where, `{"name":"`+keyProperty+`","label":"Key","groupName":"`+group+`","type":"string","fieldType":"text","hasUniqueValue":true}`)
	d.singles()
	d.lists()
	d.refusals()
	d.batches()
	d.partialBatches()
	d.searches()
	d.merges()
	d.leave()
}

// key is a value of the unique property that no record has.
func (d *objectDrive) key() string {
	d.made++
	return fmt.Sprintf("key-%d", d.made)
}

func (d *objectDrive) properties() string {
	return `{` + d.props + `,"` + keyProperty + `":"` + d.key() + `"}`
}

func (d *objectDrive) create() string {
	d.t.Helper()
	return d.call(201, "POST", "", `{"properties":`+d.properties()+`,"associations":[]}`).str("id")
}

func (d *objectDrive) singles() {
	id := d.create()
	d.call(201, "POST", "", `{"properties":`+d.properties()+`}`)
	d.call(200, "GET", "/"+id, "")
	d.call(200, "GET", "/"+id+"?properties="+d.change+",nosuch&propertiesWithHistory="+d.change+"&associations=contacts,companies", "")
	d.call(200, "PATCH", "/"+id, `{"properties":{"`+d.change+`":"Changed"}}`)
	d.call(200, "PATCH", "/"+id, `{"properties":{"`+d.change+`":""}}`)
	d.call(200, "PATCH", "/key-1?idProperty="+keyProperty, `{"properties":{"`+d.change+`":"Again"}}`)
	d.call(200, "GET", "/key-1?idProperty="+keyProperty+"&archived=false&propertiesWithHistory="+d.change, "")
}

func (d *objectDrive) lists() {
	d.create()
	page := d.call(200, "GET", "?limit=1&properties="+d.change+"&associations=contacts,companies&archived=false", "")
	after := page.str("paging", "next", "after")
	d.call(200, "GET", "?limit=50&after="+after+"&propertiesWithHistory="+d.change, "")
}

func (d *objectDrive) refusals() {
	id := d.create()
	d.call(400, "POST", "", `{"properties":{"nosuch":"x"},"associations":[]}`)
	d.call(400, "POST", "", `{"properties":`)
	d.call(400, "PATCH", "/"+id, `{"properties":{"hs_object_id":"1","nosuch":"x"}}`)
	d.call(400, "PATCH", "/"+id, `{"properties":{"`+keyProperty+`":"key-1"}}`)
	d.call(400, "GET", "?limit=1000", "")
	d.call(400, "GET", "?after=x", "")
	d.call(404, "GET", "/999", "")
	d.call(404, "GET", "/abc", "")
	d.call(404, "PATCH", "/999", `{"properties":{"`+d.change+`":"x"}}`)
	d.refusedCallers(d.base)
}

// refusedCallers calls without a token, with one that is none, and with one that
// lacks the scope.
func (d *drive) refusedCallers(path string) {
	d.t.Helper()
	d.as("").do(401, "GET", path, "")
	d.as("nonsense").do(401, "GET", path, "")
	d.as(d.narrow()).do(403, "GET", path, "")
}

// narrow is a token that may do nothing.
func (d *drive) narrow() string {
	d.t.Helper()
	d.p.mu.Lock()
	refresh := d.p.newRefresh(grant{d.p.owners[0].UserID, []string{"oauth"}})
	d.p.mu.Unlock()
	return d.access(refresh)
}

func (d *objectDrive) batches() {
	one := d.call(201, "POST", "/batch/create", `{"inputs":[{"properties":`+d.properties()+`,"associations":[],"objectWriteTraceId":"a"}]}`).str("results", 0, "id")
	d.call(201, "POST", "/batch/create", `{"inputs":[{"properties":`+d.properties()+`}]}`)
	d.call(200, "POST", "/batch/read", `{"properties":["`+d.change+`"],"propertiesWithHistory":["`+d.change+`"],"inputs":[{"id":"`+one+`"}]}`)
	d.call(200, "POST", "/batch/read?archived=false", `{"properties":[],"propertiesWithHistory":[],"idProperty":"`+keyProperty+`","inputs":[{"id":"key-1"}]}`)
	d.call(200, "POST", "/batch/read", `{"inputs":[{"id":"`+one+`"}]}`)
	d.call(200, "POST", "/batch/update", `{"inputs":[{"id":"`+one+`","properties":{"`+d.change+`":"Batch"},"objectWriteTraceId":"a"}]}`)
	d.call(200, "POST", "/batch/update", `{"inputs":[{"id":"key-1","idProperty":"`+keyProperty+`","properties":{"`+d.change+`":"Batch"}}]}`)
	d.call(200, "POST", "/batch/upsert", `{"inputs":[{"id":"key-1","idProperty":"`+keyProperty+`","properties":{"`+d.change+`":"Upsert"}},
		{"id":"fresh","idProperty":"`+keyProperty+`","properties":{`+d.props+`},"objectWriteTraceId":"a"}]}`)
	d.call(204, "POST", "/batch/archive", `{"inputs":[{"id":"`+one+`"}]}`)
	d.call(400, "POST", "/batch/read", `{}`)
	d.call(400, "POST", "/batch/create", `{"inputs":[{"properties":{"nosuch":"x"},"associations":[]}]}`)
	d.call(400, "POST", "/batch/update", `{"inputs":[{"id":"7","properties":{}},{"id":"7","properties":{}}]}`)
	d.call(400, "POST", "/batch/upsert", `{"inputs":[{"id":"x","properties":{}}]}`)
}

func (d *objectDrive) partialBatches() {
	id := d.create()
	d.call(207, "POST", "/batch/read", `{"properties":[],"propertiesWithHistory":[],"inputs":[{"id":"`+id+`"},{"id":"999"}]}`)
	d.call(207, "POST", "/batch/create", `{"inputs":[{"properties":`+d.properties()+`,"associations":[],"objectWriteTraceId":"a"},
		{"properties":{"nosuch":"x"},"associations":[],"objectWriteTraceId":"b"}]}`)
	d.call(207, "POST", "/batch/update", `{"inputs":[{"id":"`+id+`","properties":{"`+d.change+`":"x"}},{"id":"999","properties":{}}]}`)
	d.call(207, "POST", "/batch/upsert", `{"inputs":[{"id":"key-1","idProperty":"`+keyProperty+`","properties":{"`+d.change+`":"x"},"objectWriteTraceId":"a"},
		{"id":"other","idProperty":"`+keyProperty+`","properties":{"nosuch":"x"},"objectWriteTraceId":"b"}]}`)
}

func (d *objectDrive) searches() {
	page := d.call(200, "POST", "/search", `{"filterGroups":[{"filters":[{"propertyName":"`+d.search+`","operator":"GT","value":"0"}]}],
		"sorts":["hs_object_id"],"query":"","properties":["`+d.change+`"],"limit":1,"after":"0"}`)
	require.NotNil(d.t, page.at("paging"))
	d.call(200, "POST", "/search", `{}`)
	d.call(200, "POST", "/search", `{"limit":1,"sorts":[{"propertyName":"hs_object_id","direction":"DESCENDING"}]}`)
	d.call(200, "POST", "/search", `{"filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"IN","values":["1","2"]},
		{"propertyName":"hs_object_id","operator":"BETWEEN","value":"1","highValue":"2"},
		{"propertyName":"hs_object_id","operator":"HAS_PROPERTY"}]}],"sorts":[],"properties":[],"limit":200,"after":""}`)
	d.call(400, "POST", "/search", `{"after":"x"}`)
	d.call(400, "POST", "/search", `{"limit":201}`)
}

// merges drives what only some types have.
func (d *objectDrive) merges() {
	if d.kind.merges {
		a, b := d.create(), d.create()
		merged := d.call(200, "POST", "/merge", `{"primaryObjectId":"`+a+`","objectIdToMerge":"`+b+`"}`)
		d.call(200, "GET", "/"+a, "")
		d.call(400, "POST", "/merge", `{"primaryObjectId":"`+merged.str("id")+`","objectIdToMerge":"`+a+`"}`)
		d.call(404, "POST", "/merge", `{"primaryObjectId":"999","objectIdToMerge":"`+a+`"}`)
	}
	if d.kind.forgets {
		d.call(201, "POST", "", `{"properties":{"email":"ada@example.com"},"associations":[]}`)
		d.call(409, "POST", "", `{"properties":{"email":"ada@example.com"},"associations":[]}`)
		d.call(207, "POST", "/batch/create", `{"inputs":[{"properties":{"email":"ada@example.com"},"associations":[],"objectWriteTraceId":"a"}]}`)
		d.call(204, "POST", "/gdpr-delete", `{"objectId":"ada@example.com","idProperty":"email"}`)
		d.call(404, "POST", "/gdpr-delete", `{"objectId":"999"}`)
	}
}

func (d *objectDrive) leave() {
	id := d.create()
	d.call(204, "DELETE", "/"+id, "")
	d.call(204, "DELETE", "/999", "")
	d.call(404, "DELETE", "/abc", "")
	d.call(200, "GET", "?archived=true", "")
	if !d.kind.burns {
		d.call(200, "GET", "/"+id+"?archived=true", "")
		d.call(200, "POST", "/batch/read?archived=true", `{"properties":[],"propertiesWithHistory":[],"inputs":[{"id":"`+id+`"}]}`)
	}
}

// driveByID calls a type by its id, which only the generic file knows.
func driveByID(d *drive) {
	page := d.call(200, "GET", "?limit=5&associations=0-2,deals", "")
	d.call(200, "GET", "/"+page.str("results", 0, "id")+"?associations=0-2", "")
	d.do(400, "GET", strings.Replace(d.base, "0-1", "butterflies", 1), "")
}

// driveWarnings sends a date in a form that 2026-09 normalises; fact sheet 4.5.
func driveWarnings(d *drive) {
	const body = `{"properties":{"firstname":"Ada","hs_birthday":"1990-01-01T05:00:00Z"},"associations":[]}`
	if d.version != "2026-09" {
		d.call(400, "POST", "", body)
		return
	}
	require.NotEmpty(d.t, d.call(201, "POST", "", body).list("warnings"))
	d.call(201, "POST", "/batch/create", `{"inputs":[`+body+`]}`)
}

// driveDisturbances gets the answers that have nothing to do with the operation.
func driveDisturbances(d *drive) {
	for _, f := range []Fault{
		{Status: 429},
		{Status: 429, Policy: "SECONDLY"},
		{Status: 429, Policy: "DAILY"},
		{Status: 423},
		{Status: 477, RetryAfter: 60},
		{Status: 500},
		{Status: 502},
		{Status: 504},
	} {
		f.Kind, f.Count = "status", 1
		_, err := d.p.Fault(f)
		require.NoError(d.t, err)
		d.call(f.Status, "GET", "", "")
	}
	limited, rec := recorded(d.t, func(o *Options) { o.Limits = "free" })
	for range 5 {
		limited.do(200, "POST", d.base+"/search", `{"filterGroups":[],"sorts":[],"properties":[],"limit":1,"after":""}`)
	}
	limited.do(429, "POST", d.base+"/search", `{"filterGroups":[],"sorts":[],"properties":[],"limit":1,"after":""}`)
	limited.p.meter.mu.Lock()
	limited.p.meter.apps[limited.p.auth.StaticAppID] = &appUse{window: newWindow(1, burstSpan)}
	limited.p.meter.mu.Unlock()
	limited.do(200, "GET", d.base, "")
	limited.do(429, "GET", d.base, "")
	d.keep(rec)
}

// keep adds what went to another portal.
func (d *drive) keep(rec *recording) {
	mine, is := d.client.Transport.(*recording)
	require.True(d.t, is)
	mine.exchanges = append(mine.exchanges, rec.exchanges...)
}

package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const pipes = "/crm/pipelines/2026-09/"

// envelope is an error's whole body, with the correlation id of the answer.
func (r *reply) envelope(want string) {
	r.t.Helper()
	require.JSONEq(r.t, strings.ReplaceAll(want, "$id", r.header.Get("X-HubSpot-Correlation-Id")), r.raw)
}

// Fact sheet 5.1: pipelines and stages are made, replaced, changed and deleted,
// under every version.
func TestSection5_1_PipelineLifeCycle(t *testing.T) {
	t.Parallel()
	for _, root := range []string{pipes, "/crm/pipelines/2026-03/", "/crm/v3/pipelines/"} {
		a := open(t)
		made := a.do(201, "POST", root+"deals", `{"label":"Renewals","displayOrder":5,"stages":[
			{"label":"Won","displayOrder":2,"metadata":{"probability":1}},{"label":"Open","displayOrder":1,"stageId":"open","metadata":{"probability":"0.5"}}]}`)
		id := made.str("id")
		require.Regexp(t, `^\d+$`, id)
		require.Equal(t, "open", made.str("stages", 0, "id"), "in display order")
		require.Equal(t, map[string]any{"isClosed": "true", "probability": "1.0"}, made.at("stages", 1, "metadata"))
		require.Equal(t, made.raw, a.do(200, "GET", root+"deals/"+id, "").raw)
		props := a.do(200, "GET", "/crm/properties/2026-09/deals/pipeline", "")
		require.Equal(t, id, props.str("options", 1, "value"), "the property knows the pipeline at once")
		deal := a.do(201, "POST", v+"deals", fmt.Sprintf(`{"properties":{"dealname":"x","pipeline":%q,"dealstage":"open"}}`, id)).str("id")

		stage := a.do(201, "POST", root+"deals/"+id+"/stages", `{"label":"Lost","displayOrder":3,"metadata":{"probability":"0.0"}}`)
		require.Equal(t, "true", stage.str("metadata", "isClosed"))
		one := root + "deals/" + id + "/stages/" + stage.str("id")
		require.Equal(t, "Gone", a.do(200, "PATCH", one, `{"label":"Gone","metadata":{"probability":"0.1"}}`).str("label"))
		require.Equal(t, "0.3", a.do(200, "PUT", one, `{"label":"Back","displayOrder":0,"metadata":{"probability":"0.3"}}`).str("metadata", "probability"))
		require.Equal(t, "Back", a.do(200, "GET", root+"deals/"+id+"/stages", "").str("results", 0, "label"))
		a.do(204, "DELETE", one, "")
		a.do(404, "GET", one, "")
		a.do(404, "DELETE", one, "")
		require.Equal(t, false, a.do(200, "PATCH", one, `{"archived":false,"metadata":{"probability":"0.3"}}`).at("archived"))

		require.Equal(t, "Old", a.do(200, "PATCH", root+"deals/"+id, `{"label":"Old"}`).str("label"))
		r := a.do(200, "PUT", root+"deals/"+id, `{"label":"New","displayOrder":0,"stages":[{"stageId":"open","label":"Start","displayOrder":0,"metadata":{"probability":"0.2"}}]}`)
		require.Len(t, r.list("stages"), 1)
		require.Equal(t, "0.2", a.do(200, "GET", v+"deals/"+deal+"?properties=hs_deal_stage_probability", "").str("properties", "hs_deal_stage_probability"))
		a.do(204, "DELETE", v+"deals/"+deal, "")
		a.do(204, "DELETE", root+"deals/"+id, "")
		a.do(404, "GET", root+"deals/"+id, "")
		a.do(404, "PATCH", root+"deals/"+id, `{"label":"x"}`)
		require.Len(t, a.do(200, "GET", root+"deals", "").list("results"), 1)
		a.do(200, "PATCH", root+"deals/"+id, `{"archived":false}`)
		require.Len(t, a.do(200, "GET", root+"deals", "").list("results"), 2)
	}
}

// Fact sheet 5.1: what a body must have.
func TestSection5_1_PipelineRefusals(t *testing.T) {
	t.Parallel()
	a := open(t)
	for body, message := range map[string]string{
		`{}`: `Some required fields were not set: [displayOrder, label, stages]`,
		`{"label":"x","displayOrder":0,"stages":[{"label":"s"}]}`:                                                             `Some required fields were not set: [displayOrder, metadata]`,
		`{"label":"x","displayOrder":0,"stages":[{"label":"s","displayOrder":0,"metadata":{}}]}`:                              `Stage metadata must have a probability between 0.0 and 1.0`,
		`{"label":"x","displayOrder":0,"stages":[{"label":"s","displayOrder":0,"metadata":{"probability":"1.1"}}]}`:           `Stage metadata must have a probability between 0.0 and 1.0`,
		`{"label":"x","displayOrder":0,"stages":[{"label":"s","displayOrder":0,"metadata":{"probability":"NaN"}}]}`:           `Stage metadata must have a probability between 0.0 and 1.0`,
		`{"label":"x","displayOrder":0,"stages":[{"stageId":"A","label":"s","displayOrder":0,"metadata":{"probability":1}}]}`: `Stage ID must be lowercase, but given: A`,
	} {
		a.do(400, "POST", pipes+"deals", body).envelope(`{"status":"error","message":"` + message + `","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	}
	a.do(400, "POST", pipes+"tickets", `{"label":"x","displayOrder":0,"stages":[{"label":"s","displayOrder":0,"metadata":{"ticketState":"HALF"}}]}`)
	a.do(400, "POST", pipes+"contacts", `{"label":"x","displayOrder":0,"stages":[]}`)
	a.do(409, "POST", pipes+"deals", `{"label":"Sales Pipeline","displayOrder":0,"stages":[]}`).
		envelope(`{"status":"error","message":"A pipeline with the label 'Sales Pipeline' already exists.","correlationId":"$id","category":"OBJECT_ALREADY_EXISTS"}`)
	a.do(409, "POST", pipes+"deals", `{"pipelineId":"default","label":"x","displayOrder":0,"stages":[]}`)
	a.do(409, "POST", pipes+"deals", `{"label":"x","displayOrder":0,"stages":[{"stageId":"closedwon","label":"s","displayOrder":0,"metadata":{"probability":1}}]}`)
	a.do(409, "POST", pipes+"deals/default/stages", `{"label":"Closed Won","displayOrder":0,"metadata":{"probability":1}}`).
		envelope(`{"status":"error","message":"A stage with the label 'Closed Won' already exists in this pipeline.","correlationId":"$id","category":"OBJECT_ALREADY_EXISTS"}`)
	a.do(400, "PATCH", pipes+"deals/default", `{"archived":true}`)
	a.do(400, "PATCH", pipes+"deals/default", `{"archived":false}`)
	a.do(400, "PATCH", pipes+"deals/default/stages/closedwon", `{"label":"x"}`)
	a.do(400, "DELETE", pipes+"deals/default?validateReferencesBeforeDelete=false&validateDealStageUsagesBeforeDelete=false", "")
	for _, call := range [][2]string{{"POST", ""}, {"PUT", "/default"}, {"PATCH", "/default"}, {"DELETE", "/default"}, {"POST", "/default/stages"}, {"DELETE", "/default/stages/closedwon"}} {
		b := a.as(a.p.onlyScopes(t, "crm.schemas.deals.read", "crm.objects.deals.write"))
		b.do(403, call[0], pipes+"deals"+call[1], `{}`)
	}
}

// onlyScopes makes an access token with some scopes.
func (p *Portal) onlyScopes(t *testing.T, scopes ...string) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.auth.Access["limited"] = access{Grant: grant{Scopes: scopes}, Expires: p.Now().Add(3600e9).UnixMilli()}
	return "limited"
}

// Fact sheet 5.1: a hundred stages and no more.
func TestSection5_1_StageLimit(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i := range 96 {
		a.do(201, "POST", pipes+"tickets/0/stages", fmt.Sprintf(`{"label":"s%d","displayOrder":9,"metadata":{}}`, i))
	}
	a.do(400, "POST", pipes+"tickets/0/stages", `{"label":"more","displayOrder":9,"metadata":{}}`).
		envelope(`{"status":"error","message":"A pipeline may have at most 100 stages","correlationId":"$id","category":"VALIDATION_ERROR"}`)
	r := a.do(200, "GET", pipes+"tickets/0/stages", "")
	require.Equal(t, "s0", r.str("results", 4, "label"))
	require.Equal(t, "s10", r.str("results", 6, "label"), "equal orders are sorted by label")
	require.Equal(t, "OPEN", r.str("results", 4, "metadata", "ticketState"))
}

// Fact sheet 5.1 and 0: whether a stage that a record is in may go, the
// version and the flags decide, for a stage as for its pipeline.
func TestSection5_1_StageInUse(t *testing.T) {
	t.Parallel()
	a := open(t)
	made := a.do(201, "POST", pipes+"deals", `{"label":"P","displayOrder":1,"stages":[{"stageId":"s1","label":"A","displayOrder":0,"metadata":{"probability":0.1}},{"stageId":"s2","label":"B","displayOrder":1,"metadata":{"probability":0.2}}]}`)
	id := made.str("id")
	deal := a.do(201, "POST", v+"deals", fmt.Sprintf(`{"properties":{"dealname":"x","pipeline":%q,"dealstage":"s1"}}`, id)).str("id")
	want := `{"status":"error","message":"Stages [s1] are in use and cannot be deleted","correlationId":"$id","context":{"stageIds":["s1"],"objectIds":["` + deal + `"]},"category":"VALIDATION_ERROR","subCategory":"PipelineError.STAGE_ID_IN_USE"}`
	a.do(400, "DELETE", pipes+"deals/"+id+"/stages/s1", "").envelope(want)
	a.do(400, "DELETE", "/crm/v3/pipelines/deals/"+id+"/stages/s1?validateReferencesBeforeDelete=true", "").envelope(want)
	a.do(400, "DELETE", "/crm/pipelines/2026-03/deals/"+id+"/stages/s1?validateReferencesBeforeDelete=true", "").envelope(want)
	a.do(400, "DELETE", pipes+"deals/"+id, "").envelope(want)
	a.do(400, "DELETE", "/crm/pipelines/2026-03/deals/"+id+"?validateReferencesBeforeDelete=true", "").envelope(want)
	a.do(400, "DELETE", "/crm/v3/pipelines/deals/"+id+"?validateDealStageUsagesBeforeDelete=true", "").envelope(want)
	a.do(400, "PUT", pipes+"deals/"+id, `{"label":"P","displayOrder":1,"stages":[]}`).envelope(want)
	require.Len(t, a.do(200, "GET", pipes+"deals/"+id+"/stages", "").list("results"), 2)
	a.do(200, "PUT", "/crm/v3/pipelines/deals/"+id, `{"label":"P","displayOrder":1,"stages":[{"stageId":"s2","label":"B","displayOrder":1,"metadata":{"probability":0.2}}]}`)
	a.do(400, "PATCH", v+"deals/"+deal, `{"properties":{"dealstage":"s1"}}`)
	a.do(200, "PATCH", v+"deals/"+deal, `{"properties":{"dealstage":"s2"}}`)
	a.do(204, "DELETE", "/crm/pipelines/2026-03/deals/"+id, "")
	gone := a.do(200, "GET", v+"deals/"+deal+"?properties=dealstage,hs_deal_stage_probability", "")
	require.Equal(t, "s2", gone.str("properties", "dealstage"), "records keep their values")
	require.Nil(t, gone.at("properties", "hs_deal_stage_probability"), "but the stage says nothing any more")
}

// Fact sheet 5.1: what happened to pipelines and stages can be read, also after
// they are gone, and is kept in the state file.
func TestSection5_1_AuditAndState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	a := open(t, func(o *Options) { o.StateFile = file })
	id := a.do(201, "POST", pipes+"tickets", `{"label":"P","displayOrder":1,"stages":[{"stageId":"s1","label":"A","displayOrder":0,"metadata":{"ticketState":"CLOSED"}}]}`).str("id")
	a.do(200, "PATCH", pipes+"tickets/"+id, `{"label":"Q"}`)
	a.do(204, "DELETE", pipes+"tickets/"+id+"/stages/s1", "")
	require.Empty(t, a.do(200, "GET", pipes+"tickets/0/audit", "").list("results"))
	a.do(404, "GET", pipes+"tickets/1234/audit", "")
	require.NoError(t, a.p.Close())
	b := open(t, func(o *Options) { o.StateFile = file })
	r := b.do(200, "GET", pipes+"tickets/"+id+"/audit", "")
	require.Len(t, r.list("results"), 2)
	require.JSONEq(t, fmt.Sprintf(`{"portalId":%d,"identifier":%q,"action":"UPDATE","timestamp":"2026-10-05T09:30:00.250Z","message":"Pipeline updated",
		"rawObject":%s}`, b.p.portalID, id, asJSON(t, r.at("results", 0, "rawObject"))), asJSON(t, r.at("results", 0)))
	require.Equal(t, "Q", r.str("results", 0, "rawObject", "label"))
	r = b.do(200, "GET", "/crm/v3/pipelines/tickets/"+id+"/stages/s1/audit", "")
	require.Equal(t, "DELETE", r.str("results", 0, "action"))
	require.Equal(t, "CREATE", r.str("results", 1, "action"))
	require.Empty(t, b.do(200, "GET", pipes+"tickets/"+id+"/stages", "").list("results"))
}

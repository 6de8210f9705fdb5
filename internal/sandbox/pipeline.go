package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// pipeline is a sequence of stages that records of a type move through. An
// archived one stays for its audit and can be restored.
type pipeline struct {
	ID, Label        string
	Order            int
	Stages           []*stage // archived ones too
	Created, Updated int64
	Archived         int64
	Audit            []auditEntry
}

// stage is a step of a pipeline; fact sheet 5.1.
type stage struct {
	ID, Label        string
	Order            int
	Probability      float64           // of a deal's stage
	Ticket           string            // a ticket's state, OPEN or CLOSED; "" for other types
	Meta             map[string]string // of a custom object's stage: what was sent
	Closed           bool
	Created, Updated int64
	Archived         int64
	Audit            []auditEntry
}

// byOrder sorts as HubSpot's files say: by display order, then by label.
func byOrder(orderA, orderB int, labelA, labelB string) int {
	return cmp.Or(cmp.Compare(orderA, orderB), cmp.Compare(labelA, labelB))
}

// live lists the stages that are not archived, in their order.
func (pl *pipeline) live() []*stage {
	var out []*stage
	for _, s := range pl.Stages {
		if s.Archived == 0 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *stage) int { return byOrder(a.Order, b.Order, a.Label, b.Label) })
	return out
}

// lines lists a type's pipelines that are not archived, in their order.
func (p *Portal) lines(typ string) []*pipeline {
	var out []*pipeline
	for _, pl := range p.pipelines[typ] {
		if pl.Archived == 0 {
			out = append(out, pl)
		}
	}
	slices.SortStableFunc(out, func(a, b *pipeline) int { return byOrder(a.Order, b.Order, a.Label, b.Label) })
	return out
}

type pipelineJSON struct {
	Label        string      `json:"label"`
	DisplayOrder int         `json:"displayOrder"`
	ID           string      `json:"id"`
	Stages       []stageJSON `json:"stages"`
	CreatedAt    string      `json:"createdAt"`
	UpdatedAt    string      `json:"updatedAt"`
	Archived     bool        `json:"archived"`
	ArchivedAt   string      `json:"archivedAt,omitempty"`
}

type stageJSON struct {
	Label        string            `json:"label"`
	DisplayOrder int               `json:"displayOrder"`
	Metadata     map[string]string `json:"metadata"`
	ID           string            `json:"id"`
	CreatedAt    string            `json:"createdAt"`
	UpdatedAt    string            `json:"updatedAt"`
	Archived     bool              `json:"archived"`
	ArchivedAt   string            `json:"archivedAt,omitempty"`
	Permissions  string            `json:"writePermissions"`
}

func (pl *pipeline) view() pipelineJSON {
	v := pipelineJSON{
		Label: pl.Label, DisplayOrder: pl.Order, ID: pl.ID, Stages: []stageJSON{},
		CreatedAt: stamp(pl.Created), UpdatedAt: stamp(pl.Updated), Archived: pl.Archived != 0, ArchivedAt: stampOrNone(pl.Archived),
	}
	for _, s := range pl.live() {
		v.Stages = append(v.Stages, s.view())
	}
	return v
}

func (s *stage) view() stageJSON {
	meta := map[string]string{"isClosed": strconv.FormatBool(s.Closed), "probability": probability(s.Probability)}
	if s.Ticket != "" {
		meta = map[string]string{"isClosed": strconv.FormatBool(s.Closed), "ticketState": s.Ticket}
	}
	if s.Meta != nil {
		meta = map[string]string{"isClosed": "false"}
		maps.Copy(meta, s.Meta)
	}
	return stageJSON{
		Label: s.Label, DisplayOrder: s.Order, ID: s.ID, CreatedAt: stamp(s.Created), UpdatedAt: stamp(s.Updated),
		Archived: s.Archived != 0, ArchivedAt: stampOrNone(s.Archived), Metadata: meta, Permissions: "CRM_PERMISSIONS_ENFORCEMENT",
	}
}

// stampOrNone is a stamp, or "" for a time that never was.
func stampOrNone(ms int64) string {
	if ms == 0 {
		return ""
	}
	return stamp(ms)
}

// probability writes 1 as "1.0", as HubSpot does.
func probability(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if f == float64(int(f)) {
		return s + ".0"
	}
	return s
}

// supportPipeline is the ticket pipeline that every account starts with.
func supportPipeline() *pipeline {
	pl := &pipeline{ID: "0", Label: "Support Pipeline"}
	for i, label := range []string{"New", "Waiting on contact", "Waiting on us", "Closed"} {
		s := &stage{ID: strconv.Itoa(i + 1), Label: label, Order: i, Ticket: "OPEN"}
		if label == "Closed" {
			s.Ticket, s.Closed = "CLOSED", true
		}
		pl.Stages = append(pl.Stages, s)
	}
	return pl
}

// salesPipeline is the deal pipeline that every account starts with.
func salesPipeline() *pipeline {
	pl := &pipeline{ID: "default", Label: "Sales Pipeline"}
	add := func(id, label string, chance float64, closed bool) {
		pl.Stages = append(pl.Stages, &stage{ID: id, Label: label, Order: len(pl.Stages), Probability: chance, Closed: closed})
	}
	add("appointmentscheduled", "Appointment Scheduled", 0.2, false)
	add("qualifiedtobuy", "Qualified To Buy", 0.4, false)
	add("presentationscheduled", "Presentation Scheduled", 0.6, false)
	add("decisionmakerboughtin", "Decision Maker Bought-In", 0.8, false)
	add("contractsent", "Contract Sent", 0.9, false)
	add("closedwon", "Closed Won", 1, true)
	add("closedlost", "Closed Lost", 0, true)
	return pl
}

// stageOf finds a stage of a type by its id.
func (p *Portal) stageOf(typ, id string) (*pipeline, *stage) {
	for _, pl := range p.pipelines[typ] {
		for _, s := range pl.Stages {
			if s.ID == id && s.Archived == 0 && pl.Archived == 0 {
				return pl, s
			}
		}
	}
	return nil, nil
}

// refreshStages makes the options of the pipeline and stage properties what the
// pipelines say.
func (p *Portal) refreshStages() {
	for _, t := range p.tables {
		if !t.kind.piped() {
			continue
		}
		var lines, stages []option
		for _, pl := range p.lines(t.kind.plural) {
			lines = append(lines, option{Label: pl.Label, Value: pl.ID, DisplayOrder: len(lines)})
			for _, s := range pl.live() {
				stages = append(stages, option{Label: s.Label, Value: s.ID, DisplayOrder: len(stages)})
			}
		}
		if i, ok := t.byName[t.kind.pipeline]; ok {
			t.props[i].Options = lines
		}
		if i, ok := t.byName[t.kind.stage]; ok {
			t.props[i].Options = stages
		}
	}
}

func (c *call) pipelinesOf() (*table, []*pipeline, error) {
	t, err := c.table("type")
	if err != nil {
		return nil, nil, err
	}
	if err := c.need(t.kind.schemaScopes("read")...); err != nil {
		return nil, nil, err
	}
	return t, c.p.lines(t.kind.plural), nil
}

// listPipelines is GET /crm/pipelines/{v}/{type}.
func listPipelines(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	_, all, err := c.pipelinesOf()
	if err != nil {
		return answer{}, err
	}
	out := struct {
		Results []pipelineJSON `json:"results"`
	}{Results: []pipelineJSON{}}
	for _, pl := range all {
		out.Results = append(out.Results, pl.view())
	}
	return ok(out), nil
}

func getPipeline(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	pl, err := c.onePipeline()
	if err != nil {
		return answer{}, err
	}
	return ok(pl.view()), nil
}

func (c *call) onePipeline() (*pipeline, error) {
	_, all, err := c.pipelinesOf()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(pl *pipeline) bool { return pl.ID == c.r.PathValue("pipeline") })
	if i < 0 {
		return nil, noPipeline(c.r.PathValue("pipeline"))
	}
	return all[i], nil
}

func noPipeline(id string) *apiError {
	return &apiError{code: http.StatusNotFound, Message: "Pipeline with id " + id + " was not found", Category: "OBJECT_NOT_FOUND"}
}

func listStages(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	pl, err := c.onePipeline()
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]stageJSON{"results": pl.view().Stages}), nil
}

func getStage(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	pl, err := c.onePipeline()
	if err != nil {
		return answer{}, err
	}
	for _, s := range pl.live() {
		if s.ID == c.r.PathValue("stage") {
			return ok(s.view()), nil
		}
	}
	return answer{}, notFound()
}

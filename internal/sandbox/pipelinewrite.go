package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// pipelineRoutes mounts the operations of pipelines and stages; fact sheet 5.1.
func pipelineRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/crm/pipelines/{v}/{type}"+rest, "/crm/v3/pipelines/{type}"+rest)
	}
	at(listPipelines, "GET", "")
	at(createPipeline, "POST", "")
	at(getPipeline, "GET", "/{pipeline}")
	at(replacePipeline, "PUT", "/{pipeline}")
	at(updatePipeline, "PATCH", "/{pipeline}")
	at(archivePipeline, "DELETE", "/{pipeline}")
	at(auditPipeline, "GET", "/{pipeline}/audit")
	at(listStages, "GET", "/{pipeline}/stages")
	at(createStage, "POST", "/{pipeline}/stages")
	at(getStage, "GET", "/{pipeline}/stages/{stage}")
	at(replaceStage, "PUT", "/{pipeline}/stages/{stage}")
	at(updateStage, "PATCH", "/{pipeline}/stages/{stage}")
	at(archiveStage, "DELETE", "/{pipeline}/stages/{stage}")
	at(auditStage, "GET", "/{pipeline}/stages/{stage}/audit")
}

// pipelineBody is the body of a pipeline's create, replace and update.
type pipelineBody struct {
	ID       text        `json:"pipelineId"`
	Label    *string     `json:"label"`
	Order    *int        `json:"displayOrder"`
	Stages   []stageBody `json:"stages"`
	Archived *bool       `json:"archived"`
}

// whole refuses a body that lacks what a create and a replace need.
func (in pipelineBody) whole() error {
	return unset(map[string]bool{"label": blank(in.Label), "displayOrder": in.Order == nil, "stages": in.Stages == nil})
}

// blank reports whether a required text was not sent or is empty.
func blank(s *string) bool { return s == nil || strings.TrimSpace(*s) == "" }

// unset names the required fields that a body does not have.
func unset(fields map[string]bool) error {
	var names []string
	for name, missing := range fields {
		if missing {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return notSet(names...)
}

// piped opens a write to a type's pipelines: the type, and the scope.
func (c *call) piped() (*table, error) {
	t, err := c.table("type")
	if err != nil {
		return nil, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return nil, err
	}
	if !t.kind.piped() {
		return nil, invalid("Object type %s does not have pipelines", t.kind.id)
	}
	return t, nil
}

// line finds the pipeline that a path names, archived or not; nil when there is
// none.
func (c *call) line(t *table) *pipeline {
	id := c.r.PathValue("pipeline")
	i := slices.IndexFunc(c.p.pipelines[t.kind.plural], func(pl *pipeline) bool { return pl.ID == id })
	if i < 0 {
		return nil
	}
	return c.p.pipelines[t.kind.plural][i]
}

// liveLine is line for operations that need a pipeline that is not archived.
func (c *call) liveLine(t *table) (*pipeline, error) {
	pl := c.line(t)
	if pl == nil || pl.Archived != 0 {
		return nil, noPipeline(c.r.PathValue("pipeline"))
	}
	return pl, nil
}

// freeLabel refuses a label that another pipeline of the type has.
func (p *Portal) freeLabel(t *table, pl *pipeline, label string) error {
	for _, other := range p.lines(t.kind.plural) {
		if other != pl && other.Label == label {
			return exists("A pipeline with the label '" + label + "' already exists.")
		}
	}
	return nil
}

func exists(message string) *apiError {
	return &apiError{code: http.StatusConflict, Message: message, Category: "OBJECT_ALREADY_EXISTS"}
}

// createPipeline is POST /crm/pipelines/{v}/{type}.
func createPipeline(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	var in pipelineBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := in.whole(); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if err := c.p.freeLabel(t, nil, *in.Label); err != nil {
		return answer{}, err
	}
	now := c.p.nowMS()
	pl := &pipeline{ID: string(in.ID), Label: *in.Label, Order: *in.Order, Created: now, Updated: now}
	if pl.Stages, err = c.stages(t, pl, in.Stages); err != nil {
		return answer{}, err
	}
	all := c.p.pipelines[t.kind.plural]
	if slices.ContainsFunc(all, func(other *pipeline) bool { return other.ID == pl.ID }) {
		return answer{}, exists("A pipeline with the id '" + pl.ID + "' already exists.")
	}
	if pl.ID == "" {
		pl.ID = c.p.newLineID(len(pl.Stages) + 1)
	}
	c.p.pipelines[t.kind.plural] = append(all, pl)
	c.noteLine(pl, "CREATE")
	for _, s := range pl.Stages {
		c.noteStage(s, "CREATE")
	}
	c.p.repiped()
	return answer{code: http.StatusCreated, body: encodeJSON(pl.view())}, nil
}

// newLineID makes an id for a pipeline or a stage: digits, unlike any other.
// ahead are those that were made and not entered yet.
func (p *Portal) newLineID(ahead int) string {
	taken := map[string]bool{}
	for _, list := range p.pipelines {
		for _, pl := range list {
			taken[pl.ID] = true
			for _, s := range pl.Stages {
				taken[s.ID] = true
			}
		}
	}
	for n := uint64(len(taken) + ahead); ; n++ {
		if id := strconv.FormatUint(100_000_000+mix(p.salt+n)%900_000_000, 10); !taken[id] {
			return id
		}
	}
}

// repiped ends every change of pipelines.
func (p *Portal) repiped() {
	p.refreshStages()
	p.saver.touch(p)
}

// replacePipeline is PUT: stages are matched by their id, and those that are not
// in the body go.
func replacePipeline(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	var in pipelineBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := in.whole(); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	pl, err := c.liveLine(t)
	if err != nil {
		return answer{}, err
	}
	if err := c.p.freeLabel(t, pl, *in.Label); err != nil {
		return answer{}, err
	}
	next, err := c.stages(t, pl, in.Stages)
	if err != nil {
		return answer{}, err
	}
	kept := map[string]bool{}
	for _, s := range next {
		kept[s.ID] = true
	}
	var lost []string
	for _, s := range pl.live() {
		if !kept[s.ID] {
			lost = append(lost, s.ID)
		}
	}
	if c.guarded(t) {
		if err := t.stagesInUse(lost); err != nil {
			return answer{}, err
		}
	}
	c.takeStages(pl, next)
	pl.Label, pl.Order, pl.Updated = *in.Label, *in.Order, c.p.nowMS()
	c.noteLine(pl, "UPDATE")
	c.p.repiped()
	return ok(pl.view()), nil
}

// takeStages makes next the pipeline's stages and archives the others.
func (c *call) takeStages(pl *pipeline, next []*stage) {
	for _, old := range pl.Stages {
		i := slices.IndexFunc(next, func(s *stage) bool { return s.ID == old.ID })
		if i < 0 {
			next = append(next, old)
			if old.Archived == 0 {
				old.Archived = c.p.nowMS()
				c.noteStage(old, "DELETE")
			}
			continue
		}
		next[i].Created, next[i].Audit = old.Created, old.Audit
		c.noteStage(next[i], "UPDATE")
	}
	for _, s := range next {
		if len(s.Audit) == 0 && s.Archived == 0 {
			c.noteStage(s, "CREATE")
		}
	}
	pl.Stages = next
}

// updatePipeline is PATCH. Its archived restores an archived pipeline and is
// refused in any other call, as HubSpot's files say.
func updatePipeline(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	var in pipelineBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	pl := c.line(t)
	if pl == nil || pl.Archived != 0 && in.Archived == nil {
		return answer{}, noPipeline(c.r.PathValue("pipeline"))
	}
	if in.Archived != nil && (*in.Archived || pl.Archived == 0) {
		return answer{}, invalid("archived may only be given to restore an archived pipeline")
	}
	label, order := pl.Label, pl.Order
	if in.Label != nil {
		label = *in.Label
	}
	if in.Order != nil {
		order = *in.Order
	}
	if blank(&label) {
		return answer{}, invalid("A pipeline needs a label")
	}
	if err := c.p.freeLabel(t, pl, label); err != nil {
		return answer{}, err
	}
	action := "UPDATE"
	if pl.Archived != 0 {
		action = "RESTORE"
	}
	pl.Label, pl.Order, pl.Archived, pl.Updated = label, order, 0, c.p.nowMS()
	c.noteLine(pl, action)
	c.p.repiped()
	return ok(pl.view()), nil
}

// archivePipeline is DELETE; fact sheet 0 for its flags.
func archivePipeline(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	pl, err := c.liveLine(t)
	if err != nil {
		return answer{}, err
	}
	var ids []string
	for _, s := range pl.live() {
		ids = append(ids, s.ID)
	}
	if c.guarded(t) {
		if err := t.stagesInUse(ids); err != nil {
			return answer{}, err
		}
	}
	if len(c.p.lines(t.kind.plural)) == 1 && slices.Contains(t.kind.required, t.kind.pipeline) {
		return answer{}, invalid("The last pipeline of %s cannot be deleted", t.kind.plural)
	}
	pl.Archived = c.p.nowMS()
	c.noteLine(pl, "DELETE")
	c.p.repiped()
	return noContent(), nil
}

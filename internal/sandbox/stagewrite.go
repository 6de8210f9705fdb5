package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// stageMax is how many stages a pipeline may have; fact sheet 5.1. Only types
// with this limit have pipelines here.
const stageMax = 100

// stageBody is the body of a stage's create, replace and update.
type stageBody struct {
	ID       text            `json:"stageId"`
	Label    *string         `json:"label"`
	Order    *int            `json:"displayOrder"`
	Meta     map[string]text `json:"metadata"`
	Archived *bool           `json:"archived"`
}

// describe writes a body's metadata into a stage; fact sheet 5.1. A deal's
// stage needs a probability, and one of 0.0 or 1.0 is a closed one unless the
// body says otherwise.
func (in stageBody) describe(t *table, s *stage) error {
	switch t.kind.plural {
	case "deals":
		chance, err := strconv.ParseFloat(string(in.Meta["probability"]), 64)
		if err != nil || chance != chance || chance < 0 || chance > 1 {
			return invalid("Stage metadata must have a probability between 0.0 and 1.0")
		}
		s.Probability, s.Closed = chance, chance == 0 || chance == 1
		if val := in.Meta["isClosed"]; val != "" {
			s.Closed = val == "true"
		}
	case "tickets":
		s.Ticket = "OPEN"
		if val := in.Meta["ticketState"]; val != "" {
			s.Ticket = string(val)
		}
		if s.Ticket != "OPEN" && s.Ticket != "CLOSED" {
			return invalid("ticketState must be OPEN or CLOSED, but was %s", s.Ticket)
		}
		s.Closed = s.Ticket == "CLOSED"
	default:
		s.Meta = map[string]string{}
		for name, val := range in.Meta {
			s.Meta[name] = string(val)
		}
		s.Closed = s.Meta["isClosed"] == "true"
	}
	return nil
}

// stage makes a stage of a create or replace.
func (in stageBody) stage(t *table, now int64) (*stage, error) {
	if err := unset(map[string]bool{"label": blank(in.Label), "displayOrder": in.Order == nil, "metadata": in.Meta == nil}); err != nil {
		return nil, err
	}
	if id := string(in.ID); id != strings.ToLower(id) {
		return nil, invalid("Stage ID must be lowercase, but given: %s", id)
	}
	s := &stage{ID: string(in.ID), Label: *in.Label, Order: *in.Order, Created: now, Updated: now}
	return s, in.describe(t, s)
}

// stages makes the stages of a pipeline's create or replace: labels differ
// within the pipeline, ids within the type.
func (c *call) stages(t *table, pl *pipeline, sent []stageBody) ([]*stage, error) {
	if len(sent) > stageMax {
		return nil, tooManyStages()
	}
	out := []*stage{}
	for _, in := range sent {
		s, err := in.stage(t, c.p.nowMS())
		if err != nil {
			return nil, err
		}
		if err := c.p.freeStage(t, pl, s, out); err != nil {
			return nil, err
		}
		if s.ID == "" {
			s.ID = c.p.newLineID(len(out) + 1)
		}
		out = append(out, s)
	}
	return out, nil
}

func tooManyStages() error { return invalid("A pipeline may have at most %d stages", stageMax) }

// freeStage refuses a label that one of the stages beside has and an id that
// another pipeline's stage has.
func (p *Portal) freeStage(t *table, pl *pipeline, s *stage, beside []*stage) error {
	for _, other := range beside {
		if other != s && other.Label == s.Label {
			return exists("A stage with the label '" + s.Label + "' already exists in this pipeline.")
		}
		if other != s && s.ID != "" && other.ID == s.ID {
			return exists("A stage with the id '" + s.ID + "' already exists.")
		}
	}
	for _, line := range p.pipelines[t.kind.plural] {
		taken := slices.ContainsFunc(line.Stages, func(other *stage) bool { return other.ID == s.ID })
		if line != pl && taken && s.ID != "" {
			return exists("A stage with the id '" + s.ID + "' already exists.")
		}
	}
	return nil
}

// step opens a call to one stage, archived or not.
func (c *call) step(t *table) (*pipeline, *stage, error) {
	pl, err := c.liveLine(t)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(pl.Stages, func(s *stage) bool { return s.ID == c.r.PathValue("stage") })
	if i < 0 {
		return nil, nil, notFound()
	}
	return pl, pl.Stages[i], nil
}

// createStage is POST …/{pipeline}/stages.
func createStage(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	var in stageBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	pl, err := c.liveLine(t)
	if err != nil {
		return answer{}, err
	}
	s, err := in.stage(t, c.p.nowMS())
	if err != nil {
		return answer{}, err
	}
	beside := pl.live()
	if len(beside) >= stageMax {
		return answer{}, tooManyStages()
	}
	if err := c.p.freeStage(t, pl, s, beside); err != nil {
		return answer{}, err
	}
	if slices.ContainsFunc(pl.Stages, func(other *stage) bool { return other.ID == s.ID }) {
		return answer{}, exists("A stage with the id '" + s.ID + "' already exists.")
	}
	if s.ID == "" {
		s.ID = c.p.newLineID(1)
	}
	pl.Stages = append(pl.Stages, s)
	c.noteStage(s, "CREATE")
	c.p.repiped()
	return answer{code: http.StatusCreated, body: encodeJSON(s.view())}, nil
}

// replaceStage is PUT …/stages/{stage}.
func replaceStage(c *call) (answer, error) {
	return c.changeStage(func(in stageBody) error {
		return unset(map[string]bool{"label": blank(in.Label), "displayOrder": in.Order == nil, "metadata": in.Meta == nil})
	})
}

// updateStage is PATCH …/stages/{stage}. HubSpot's files require the metadata
// of it, and nothing else.
func updateStage(c *call) (answer, error) {
	return c.changeStage(func(in stageBody) error {
		return unset(map[string]bool{"metadata": in.Meta == nil})
	})
}

// changeStage checks a body and then changes the stage, all or nothing.
// archived restores, as with pipelines.
func (c *call) changeStage(check func(stageBody) error) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	var in stageBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := check(in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	pl, s, err := c.step(t)
	switch {
	case err != nil:
		return answer{}, err
	case s.Archived != 0 && in.Archived == nil:
		return answer{}, notFound()
	case in.Archived != nil && (*in.Archived || s.Archived == 0):
		return answer{}, invalid("archived may only be given to restore an archived stage")
	}
	next := *s
	if in.Label != nil {
		next.Label = *in.Label
	}
	if in.Order != nil {
		next.Order = *in.Order
	}
	if blank(&next.Label) {
		return answer{}, invalid("A stage needs a label")
	}
	if err := in.describe(t, &next); err != nil {
		return answer{}, err
	}
	beside := slices.DeleteFunc(pl.live(), func(other *stage) bool { return other == s })
	if err := c.p.freeStage(t, pl, &next, beside); err != nil {
		return answer{}, err
	}
	action := "UPDATE"
	if s.Archived != 0 {
		action = "RESTORE"
		if len(beside) >= stageMax {
			return answer{}, tooManyStages()
		}
	}
	next.Archived, next.Updated = 0, c.p.nowMS()
	*s = next
	c.noteStage(s, action)
	c.p.repiped()
	return ok(s.view()), nil
}

// archiveStage is DELETE …/stages/{stage}. A stage that a record is in stays; up
// to 2026-03 only when the flag, which 2026-09 does not have, says so.
func archiveStage(c *call) (answer, error) {
	t, err := c.piped()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	_, s, err := c.step(t)
	switch {
	case err != nil:
		return answer{}, err
	case s.Archived != 0:
		return answer{}, notFound()
	}
	if c.version == "2026-09" || c.r.URL.Query().Get("validateReferencesBeforeDelete") == "true" {
		if err := t.stagesInUse([]string{s.ID}); err != nil {
			return answer{}, err
		}
	}
	s.Archived = c.p.nowMS()
	c.noteStage(s, "DELETE")
	c.p.repiped()
	return noContent(), nil
}

// guarded reports whether a call must look for records before stages go. One
// flag is about every type, the other about deals; in 2026-09 both are on
// unless the call says otherwise, before that they are off; fact sheet 0.
func (c *call) guarded(t *table) bool {
	flag := func(name string) bool {
		if val := c.r.URL.Query().Get(name); val != "" {
			return val == "true"
		}
		return c.version == "2026-09"
	}
	return flag("validateReferencesBeforeDelete") || t.kind.plural == "deals" && flag("validateDealStageUsagesBeforeDelete")
}

// stagesInUse refuses to let stages go that live records are in.
func (t *table) stagesInUse(ids []string) error {
	prop, has := t.byName[t.kind.stage]
	if !has || len(ids) == 0 {
		return nil
	}
	var stages, records []string
	for r := range t.live.ascend(0, t.live.len()) {
		val, _ := r.cur.get(prop)
		if !slices.Contains(ids, val) {
			continue
		}
		records = append(records, strconv.FormatInt(r.cur.id, 10))
		if !slices.Contains(stages, val) {
			stages = append(stages, val)
		}
	}
	if len(records) == 0 {
		return nil
	}
	slices.Sort(stages)
	e := invalid("Stages [%s] are in use and cannot be deleted", strings.Join(stages, ", "))
	e.SubCategory = "PipelineError.STAGE_ID_IN_USE"
	e.Context = map[string][]string{"stageIds": stages, "objectIds": records}
	return e
}

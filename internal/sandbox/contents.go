package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Content is a record as the account keeps it: what no call of the API, no page
// and no index has been at.
type Content struct {
	ID       string
	Modified int64 // unix ms
	Archived bool
	Merged   []string          // ids that now stand for this record
	Values   map[string]string // of all properties that have one, computed ones too
	Links    []Linked          // to live records, in order; none of an archived record
}

// Linked is one association of a record, of one type.
type Linked struct {
	Type   string // of the other record, as in its address
	ID     string
	TypeID int
}

// Contents are all records of a type, those in the recycle bin too, in the order
// of their ids.
func (p *Portal) Contents(typ string) ([]Content, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t, err := p.kindOf(typ)
	if err != nil {
		return nil, err
	}
	out := make([]Content, 0, len(t.recs))
	for r := range t.live.ascend(0, t.live.len()) {
		out = append(out, p.content(t, r))
	}
	for r := range t.gone.ascend(0, t.gone.len()) {
		out = append(out, p.content(t, r))
	}
	slices.SortFunc(out, func(a, b Content) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

func (p *Portal) content(t *table, r *record) Content {
	d := r.cur
	c := Content{ID: strconv.FormatInt(d.id, 10), Modified: d.modified, Archived: d.archived != 0, Values: make(map[string]string, len(d.cells))}
	for _, id := range r.merged {
		c.Merged = append(c.Merged, strconv.FormatInt(id, 10))
	}
	for i, def := range t.props {
		if val, has := t.value(d, uint16(i)); has && val != "" {
			c.Values[def.Name] = val
		}
	}
	if c.Archived {
		return c
	}
	for _, l := range r.links {
		if to := p.tables[l.table]; to.shows(l.to) {
			c.Links = append(c.Links, Linked{to.kind.plural, strconv.FormatInt(l.to, 10), p.linkTypes[l.kind].ID})
		}
	}
	return c
}

// Definition is a property as the account defines it.
type Definition struct {
	Name, Label, Group, Type, Field string
	Sensitivity                     string   // non_sensitive, sensitive or highly_sensitive
	Options                         []string // their values, in order
	ReadOnly, Hidden                bool
}

// Definitions are a type's properties, but for archived ones.
func (p *Portal) Definitions(typ string) ([]Definition, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t, err := p.kindOf(typ)
	if err != nil {
		return nil, err
	}
	var out []Definition
	for _, def := range t.props {
		if def.Archived != 0 {
			continue
		}
		d := Definition{
			Name: def.Name, Label: def.Label, Group: def.Group, Type: def.Type, Field: def.FieldType, Sensitivity: def.level(),
			ReadOnly: !def.writable(), Hidden: def.Hidden,
		}
		for _, o := range def.Options {
			d.Options = append(d.Options, o.Value)
		}
		out = append(out, d)
	}
	return out, nil
}

// Stage is a stage of a pipeline as the account defines it.
type Stage struct{ Pipeline, ID, Label string }

// Stages are those of a type's pipelines, in order, but for archived ones.
func (p *Portal) Stages(typ string) []Stage {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []Stage
	for _, pl := range p.lines(typ) {
		for _, s := range pl.live() {
			out = append(out, Stage{pl.ID, s.ID, s.Label})
		}
	}
	return out
}

// RenameStage gives a stage another label, as an administrator would.
func (p *Portal) RenameStage(typ, id, label string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, s := p.stageOf(typ, id)
	if s == nil {
		return fmt.Errorf("%s have no stage %q", typ, id)
	}
	s.Label, s.Updated = label, p.nowMS()
	p.refreshStages()
	p.saver.touch(p)
	return nil
}

// Person is an owner as the account has it.
type Person struct {
	ID, Email, First, Last string
	Archived               bool
}

// People are the owners, those who left too.
func (p *Portal) People() []Person {
	p.mu.RLock()
	defer p.mu.RUnlock()
	out := make([]Person, 0, len(p.owners))
	for _, o := range p.owners {
		out = append(out, Person{strconv.FormatInt(o.ID, 10), o.Email, o.FirstName, o.LastName, o.Archived != 0})
	}
	return out
}

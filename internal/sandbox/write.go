package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// edit is a validated set of values, ready to be applied.
type edit struct {
	props    []cell
	created  int64 // new create stamp, 0 for none
	warnings []warning
}

// writer says who writes and under which version's rules.
type writer struct {
	src   *source
	dated bool // 2026-09: dates are normalised with a warning, the account's rules hold
}

// writer describes the caller of a write.
func (c *call) writer() writer {
	src := c.p.source(source{Type: "INTEGRATION", ID: strconv.FormatInt(c.who.appID, 10), Label: c.who.label})
	return writer{src: src, dated: c.version == "2026-09"}
}

// validate checks the sent values of a record; old is nil for a create. All
// that is wrong is listed at once; fact sheet 4.4.
func (p *Portal) validate(t *table, old *doc, sent values, w writer) (edit, error) {
	var e edit
	var problems []problem
	for _, name := range sent.names() {
		i, known := t.byName[name]
		if !known || t.props[i].Archived != 0 {
			problems = append(problems, *p.bad(name, "", "PROPERTY_DOESNT_EXIST", "Property \""+name+"\" does not exist"))
			continue
		}
		before := ""
		if old != nil {
			before, _ = t.value(old, i)
		}
		got, wrong := p.check(t, i, string(sent[name]), before, w.dated)
		if wrong != nil {
			problems = append(problems, *wrong)
			continue
		}
		if wrong := p.brokenRule(t, name, got.val); wrong != nil {
			problems = append(problems, *wrong)
			continue
		}
		if got.warn != nil {
			e.warnings = append(e.warnings, *got.warn)
		}
		if name == t.kind.created { // writable on deals
			if at, ok := parseTime(got.val); ok {
				e.created = at.UnixMilli()
			}
			continue
		}
		if name == "lifecyclestage" && t.backwards(i, before, got.val) {
			continue
		}
		e.props = append(e.props, cell{i, got.val})
	}
	problems = append(problems, p.checkStage(t, old, e)...)
	if len(problems) > 0 {
		return edit{}, invalidValues(problems)
	}
	if w.dated {
		if err := t.conditions(old, e); err != nil {
			return edit{}, err
		}
	}
	return e, p.checkUnique(t, old, e)
}

// backwards reports whether a stage would move back, which the API ignores: it
// must be cleared first; fact sheet 3.2.
func (t *table) backwards(prop uint16, from, to string) bool {
	if from == "" || to == "" || from == "other" {
		return false
	}
	at := func(v string) int {
		return slices.IndexFunc(t.props[prop].Options, func(o option) bool { return o.Value == v })
	}
	return at(to) < at(from)
}

// checkStage refuses a stage that is not in the record's pipeline.
func (p *Portal) checkStage(t *table, old *doc, e edit) []problem {
	if !t.kind.piped() {
		return nil
	}
	pick := func(name string) (string, bool) {
		i := t.byName[name]
		for _, c := range e.props {
			if c.prop == i {
				return c.val, true
			}
		}
		if old == nil {
			return "", false
		}
		val, _ := old.get(i)
		return val, false
	}
	line, lineSent := pick(t.kind.pipeline)
	stage, stageSent := pick(t.kind.stage)
	if stage == "" || line == "" || !lineSent && !stageSent {
		return nil
	}
	if pl, s := p.stageOf(t.kind.plural, stage); s != nil && pl.ID == line {
		return nil
	}
	return []problem{*p.bad(t.kind.stage, stage, "INVALID_OPTION", stage+" is not a stage of the pipeline "+line)}
}

// claims lists the unique values of an edit. A contact's additional addresses
// are as much its own as the first one.
func (t *table) claims(e edit) []cell {
	var out []cell
	for _, c := range e.props {
		def := t.props[c.prop]
		switch {
		case def.HasUniqueValue && c.val != "":
			out = append(out, c)
		case def.Name == "hs_additional_emails":
			for mail := range strings.SplitSeq(c.val, ";") {
				if mail = strings.TrimSpace(mail); mail != "" {
					out = append(out, cell{t.byName["email"], mail})
				}
			}
		}
	}
	return out
}

// checkUnique refuses values that another record has: an e-mail as a conflict,
// any other unique value as a validation error; fact sheet 4.4.
func (p *Portal) checkUnique(t *table, old *doc, e edit) error {
	for _, c := range t.claims(e) {
		other := t.findBy(c.prop, c.val)
		if other == nil || old != nil && other.cur.id == old.id {
			continue
		}
		id := strconv.FormatInt(other.cur.id, 10)
		name := t.props[c.prop].Name
		if name == t.kind.key {
			return &apiError{
				code: http.StatusConflict, existing: id, Message: t.kind.title + " already exists. Existing ID: " + id, Category: "CONFLICT",
			}
		}
		return invalidValues([]problem{*p.bad(name, c.val, "CONFLICTING_UNIQUE_VALUE", id+" already has that value.")})
	}
	return nil
}

// draft is a record that passed all checks and is not stored yet.
type draft struct {
	edit  edit
	links []linkSpec
}

// prepare checks a new record.
func (p *Portal) prepare(t *table, sent values, links []linkSpec, w writer) (draft, error) {
	sent = p.withDefaults(t, sent)
	missing := t.lacking(sent)
	if w.dated {
		missing = append(missing, t.unfilled(sent, missing)...)
	}
	if len(missing) > 0 {
		return draft{}, missingRequired(missing)
	}
	e, err := p.validate(t, nil, sent, w)
	if err != nil {
		return draft{}, err
	}
	return draft{e, links}, p.checkLinks(t, links)
}

// create stores a prepared record with its links.
func (p *Portal) create(t *table, dr draft, w writer) *record {
	now := p.nowMS()
	d := &doc{id: t.nextID(), created: now, modified: now}
	if dr.edit.created != 0 {
		d.created = dr.edit.created
	}
	for _, c := range dr.edit.props {
		d.cells = setCell(d.cells, c.prop, c.val)
	}
	if c, has := t.stageStamp(d, now); has {
		d.cells = setCell(d.cells, c.prop, c.val)
	}
	r := &record{cur: d, born: now, origin: w.src}
	d.rec = r
	t.put(r)
	p.reindex(t, nil, d)
	p.tellBirth(t, r, w.src)
	for _, l := range dr.links {
		p.linkAll(t, r, l)
	}
	if t.kind.activity {
		p.countActivity(r)
	}
	p.saver.touch(p)
	return r
}

// withDefaults adds what HubSpot sets on a new record.
func (p *Portal) withDefaults(t *table, sent values) values {
	out := values{}
	maps.Copy(out, sent)
	if _, has := out["lifecyclestage"]; !has && t.kind.plural == "contacts" {
		out["lifecyclestage"] = "lead"
	}
	staged := t.kind.piped() && (out[t.kind.stage] != "" || slices.Contains(t.kind.required, t.kind.pipeline))
	if lines := p.lines(t.kind.plural); staged && out[t.kind.pipeline] == "" && len(lines) == 1 {
		out[t.kind.pipeline] = text(lines[0].ID)
	}
	if t.kind.timed != "" && out["hs_timestamp"] == "" {
		out["hs_timestamp"] = out[t.kind.timed]
	}
	return out
}

// lacking lists the required properties that a new record has no value for.
func (t *table) lacking(sent values) []string {
	var names []string
	for _, name := range t.kind.required {
		if sent[name] == "" {
			names = append(names, name)
		}
	}
	if len(t.kind.oneOf) > 0 && !slices.ContainsFunc(t.kind.oneOf, func(n string) bool { return sent[n] != "" }) {
		names = append(names, t.kind.oneOf...)
	}
	return names
}

// stageStamp is the cell that says when a lifecycle stage was entered, if the
// type has one for it.
func (t *table) stageStamp(d *doc, now int64) (cell, bool) {
	at, known := t.byName[stagePrefix+t.named(d, "lifecyclestage")+stageSuffix]
	return cell{at, stamp(max(now, d.created))}, known
}

const (
	stagePrefix = "hs_lifecyclestage_"
	stageSuffix = "_date"
)

func isStageStamp(name string) bool {
	return strings.HasPrefix(name, stagePrefix) && strings.HasSuffix(name, stageSuffix)
}

// apply makes an edit on a record. Values that stay the same make no version
// and move no stamp. It returns the names of what changed.
func (p *Portal) apply(t *table, r *record, e edit, w writer) []string {
	old := r.cur
	now := max(p.nowMS(), old.modified)
	next := *old
	next.cells = slices.Clone(old.cells)
	var changed []string
	set := func(c cell, src *source) {
		before, had := old.get(c.prop)
		if before == c.val {
			return
		}
		r.remember(c.prop, before, had, version{c.val, now, src}, t.kind.history)
		next.cells = setCell(next.cells, c.prop, c.val)
		changed = append(changed, t.props[c.prop].Name)
	}
	for _, c := range e.props {
		set(c, w.src)
	}
	if e.created != 0 && e.created != old.created {
		next.created = e.created
		changed = append(changed, t.kind.created)
	}
	if len(changed) == 0 {
		return nil
	}
	sent := len(changed)
	if slices.Contains(changed, "lifecyclestage") {
		if c, has := t.stageStamp(&next, now); has {
			set(c, p.source(source{Type: "CALCULATED"}))
		}
	}
	next.modified = now
	tellComputed := p.watch(t, r)
	t.replace(r, &next)
	p.reindex(t, old, &next)
	p.tellEdit(t, &next, changed[:sent], w.src)
	tellComputed()
	p.saver.touch(p)
	return changed
}

// archive moves a record to the recycle bin, or takes it away for good where its
// type has none. No stamp moves.
func (p *Portal) archive(t *table, r *record, src *source) {
	switch {
	case r.cur.archived != 0:
		return
	case t.kind.burns:
		p.forget(t, r, src)
		return
	}
	p.rearchive(t, r, p.nowMS(), src)
}

func (p *Portal) rearchive(t *table, r *record, at int64, src *source) {
	old := r.cur
	next := *old
	next.archived = at
	t.replace(r, &next)
	p.reindex(t, old, &next)
	kind := hasGone
	if at == 0 {
		kind = hasReturned
	}
	p.tell(happening{kind: kind, t: t, id: next.id, src: src})
	p.saver.touch(p)
}

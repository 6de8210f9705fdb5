package workspace

import (
	"context"
	"strings"

	"satchel/internal/crm"
)

// maxWindow bounds how many records one call returns.
const maxWindow = 500

// Page is a window of a list with what its rows show beside themselves.
type Page struct {
	crm.ListPage
	Spec      crm.Spec
	Companies map[crm.LocalID]crm.Brief // the primary company of each row that has one
}

// List answers a window of a type's records. With mine only the rep's own are
// listed, all when the rep's owner is not known.
func (w *Workspace) List(ctx context.Context, q crm.ListQuery, mine bool) (Page, error) {
	spec, err := w.typeOf(ctx, string(q.Type))
	if err != nil {
		return Page{}, err
	}
	q.Type = spec.Type
	if q.Offset < 0 || q.Limit < 0 {
		return Page{}, invalid("Offset and limit of a list cannot be negative.")
	}
	q.Limit = min(q.Limit, maxWindow)
	if q.Sort.Prop != "" && q.Sort.Prop != crm.SortTitle {
		if _, err := w.property(ctx, spec, q.Sort.Prop); err != nil {
			return Page{}, err
		}
	}
	for i, f := range q.Filters {
		if q.Filters[i], err = w.filter(ctx, spec, f); err != nil {
			return Page{}, err
		}
	}
	if mine {
		q.Owner = w.o.Owner(ctx)
	}
	page, err := w.o.Store.List(ctx, q)
	if err != nil {
		return Page{}, err
	}
	out := Page{ListPage: page, Spec: spec}
	if spec.Type != crm.Companies && len(page.Records) > 0 {
		out.Companies, err = w.o.Store.PrimaryCompanies(ctx, spec.Type, idsOf(page.Records))
	}
	return out, err
}

func idsOf(records []crm.Record) []crm.LocalID {
	ids := make([]crm.LocalID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}

// filter checks a condition and brings its value into HubSpot's form.
func (w *Workspace) filter(ctx context.Context, spec crm.Spec, f crm.Filter) (crm.Filter, error) {
	p, err := w.property(ctx, spec, f.Prop)
	if err != nil {
		return f, err
	}
	switch f.Op {
	case crm.IsSet, crm.IsEmpty, crm.Contains:
		return f, nil
	case crm.More, crm.MoreEq, crm.Less, crm.LessEq, crm.Equal, crm.NotEqual:
	default:
		return f, invalid("A filter compares with one of = != > >= < <= ~ is_set is_empty; got " + quote(string(f.Op)) + ".")
	}
	p.ReadOnly = false // read-only properties can be compared
	f.Value, err = p.Normal(f.Value)
	return f, err
}

// ParseFilter reads a condition as people write it: amount>1000,
// dealname~acme, email=, closedate<2026-12-31.
func ParseFilter(text string) (crm.Filter, error) {
	at := strings.IndexAny(text, "=!<>~")
	if at > 0 {
		prop, rest := strings.TrimSpace(text[:at]), text[at:]
		for _, op := range []crm.FilterOp{crm.MoreEq, crm.LessEq, crm.NotEqual, crm.Equal, crm.More, crm.Less, crm.Contains} {
			value, ok := strings.CutPrefix(rest, string(op))
			if !ok {
				continue
			}
			value = strings.TrimSpace(value)
			switch {
			case value != "":
				return crm.Filter{Prop: prop, Op: op, Value: value}, nil
			case op == crm.Equal:
				return crm.Filter{Prop: prop, Op: crm.IsEmpty}, nil
			case op == crm.NotEqual:
				return crm.Filter{Prop: prop, Op: crm.IsSet}, nil
			}
		}
	}
	return crm.Filter{}, invalid("The filter " + quote(text) + " is not of the form property, comparison, value, as in amount>1000 or dealname~acme.")
}

// View is a record opened.
type View struct {
	crm.Record
	Spec    crm.Spec
	Pending map[string]crm.Badge    // property -> how its edit stands
	Links   []crm.Linked            // associated records
	Known   map[crm.ObjectType]bool // types whose associations have been pulled
	Portal  crm.Portal
}

// Open reads one record, by local or HubSpot's id.
func (w *Workspace) Open(ctx context.Context, name, id string) (View, error) {
	spec, err := w.typeOf(ctx, name)
	if err != nil {
		return View{}, err
	}
	r, err := w.o.Store.Record(ctx, spec.Type, strings.TrimSpace(id))
	if err != nil {
		return View{}, err
	}
	v := View{Record: r, Spec: spec, Pending: map[string]crm.Badge{}}
	if v.Links, v.Known, err = w.o.Store.Links(ctx, spec.Type, r.ID, briefProps()); err != nil {
		return View{}, err
	}
	for i := range v.Links {
		if err := w.staged(ctx, &v.Links[i].Brief); err != nil {
			return View{}, err
		}
	}
	if err := w.allKnown(ctx, spec, v.Known); err != nil {
		return View{}, err
	}
	if v.Portal, _, err = w.o.Store.Portal(ctx); err != nil {
		return View{}, err
	}
	if r.Badge == crm.BadgeNone {
		return v, nil
	}
	ops, err := w.o.Store.UnfinishedOf(ctx, r.ID)
	if err != nil {
		return View{}, err
	}
	for _, op := range ops {
		for _, f := range op.Fields {
			v.Pending[f.Name] = fieldBadge(op, f.Name)
		}
	}
	return v, nil
}

// allKnown marks the types whose associations are certainly all here.
func (w *Workspace) allKnown(ctx context.Context, spec crm.Spec, known map[crm.ObjectType]bool) error {
	for _, t := range spec.Links {
		if known[t] {
			continue
		}
		complete, err := w.o.Complete(ctx)
		if err != nil || !complete {
			return err
		}
		known[t] = true
	}
	return nil
}

func fieldBadge(op crm.Op, field string) crm.Badge {
	if op.State != crm.InDispute {
		return op.State.Badge()
	}
	for _, d := range op.Disputes {
		if d.Field == field {
			return crm.BadgeConflict
		}
	}
	return crm.BadgeSaved
}

// briefProps are the properties that a second line under a name needs.
func briefProps() map[crm.ObjectType][]string {
	return map[crm.ObjectType][]string{
		crm.Contacts:  {"jobtitle", "email"},
		crm.Companies: {"domain", "industry", "city"},
		crm.Deals:     {"amount", "deal_currency_code", "dealstage", "closedate"},
		crm.Tickets:   {"hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority"},
		crm.LineItems: {"quantity", "price", "amount", "hs_line_item_currency_code"},
		crm.Products:  {"hs_sku", "price"},
	}
}

// Search finds records by text in all types but activities and those that stand
// aside, or in one. Activities are looked for after them, with SearchActivities:
// their texts hold almost every word.
func (w *Workspace) Search(ctx context.Context, text, name string, limit int) ([]crm.Brief, error) {
	var types []crm.ObjectType
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range specs {
		if !s.Aside && !s.Activity {
			types = append(types, s.Type)
		}
	}
	if name != "" {
		spec, err := w.typeOf(ctx, name)
		if err != nil {
			return nil, err
		}
		types = []crm.ObjectType{spec.Type}
	}
	if strings.TrimSpace(text) == "" {
		return []crm.Brief{}, nil
	}
	if limit <= 0 {
		limit = 20
	}
	hits, err := w.o.Store.Search(ctx, text, types, w.o.Owner(ctx), min(limit, maxWindow), briefProps())
	for i := range hits {
		if err := w.staged(ctx, &hits[i]); err != nil {
			return nil, err
		}
	}
	return hits, err
}

// staged looks the label of a ticket's stage up; one that is not known here
// stays "".
func (w *Workspace) staged(ctx context.Context, b *crm.Brief) error {
	if b.Type != crm.Tickets {
		return nil
	}
	pipes, err := w.o.Store.Pipelines(ctx, b.Type)
	for _, p := range pipes {
		for _, s := range p.Stages {
			if p.ID == b.Values["hs_pipeline"] && s.ID == b.Values["hs_pipeline_stage"] {
				b.Stage = s.Label
			}
		}
	}
	return err
}

// Counts are the numbers of live records per type, and of operations that
// wait, are in dispute or need the rep.
func (w *Workspace) Counts(ctx context.Context) (map[crm.ObjectType]int, int, error) {
	counts, err := w.o.Store.Counts(ctx)
	if err != nil {
		return nil, 0, err
	}
	waiting, conflicts, parked, err := w.o.Store.Badges(ctx)
	return counts, waiting + conflicts + parked, err
}

// Owners are all owners of the portal.
func (w *Workspace) Owners(ctx context.Context) ([]crm.Owner, error) { return w.o.Store.Owners(ctx) }

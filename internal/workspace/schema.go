package workspace

import (
	"context"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// Schema is what a type's records are made of, and which of it is shown first.
type Schema struct {
	Spec       crm.Spec
	Properties []crm.Property // by group, in the portal's order; hidden ones left out
	Columns    []string       // of the list, after the title
	Key        []string       // first in the record panel
	Create     []string       // in the create form
	Required   []string
	Pipelines  []crm.Pipeline // of a type whose records go through stages, in the portal's order
}

// Schema describes a type. Before the first pull it has no properties.
func (w *Workspace) Schema(ctx context.Context, name string) (Schema, error) {
	spec, err := w.typeOf(ctx, name)
	if err != nil {
		return Schema{}, err
	}
	all, err := w.o.Store.Properties(ctx, spec.Type)
	if err != nil {
		return Schema{}, err
	}
	s := Schema{Spec: spec}
	if spec.Pipeline != "" {
		if s.Pipelines, err = w.o.Store.Pipelines(ctx, spec.Type); err != nil {
			return Schema{}, err
		}
	}
	known := map[string]bool{}
	for _, p := range all {
		if !p.Hidden && p.Name != crm.KeyProperty {
			s.Properties = append(s.Properties, withStages(p, s))
			known[p.Name] = true
		}
	}
	slices.SortStableFunc(s.Properties, func(a, b crm.Property) int { return strings.Compare(a.Group, b.Group) })
	only := func(names ...string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return !known[n] })
	}
	s.Required = only(slices.Clone(spec.Required)...)
	switch spec.Type {
	case crm.Contacts:
		s.Columns = only("email", "phone", "hubspot_owner_id", "lifecyclestage", "lastmodifieddate")
		s.Key = only("email", "phone", "jobtitle", "lifecyclestage", "hs_lead_status", "hubspot_owner_id")
		s.Create = only("firstname", "lastname", "email", "phone", "jobtitle", "lifecyclestage", "hubspot_owner_id")
	case crm.Companies:
		s.Columns = only("domain", "industry", "country", "hubspot_owner_id", "hs_lastmodifieddate")
		s.Key = only("domain", "phone", "industry", "city", "country", "annualrevenue", "hubspot_owner_id")
		s.Create = only("name", "domain", "industry", "phone", "city", "country", "hubspot_owner_id")
	case crm.Deals:
		s.Columns = only("amount", "dealstage", "closedate", "hubspot_owner_id", "hs_lastmodifieddate")
		s.Key = only("amount", "deal_currency_code", "dealstage", "closedate", "hs_next_step", "hubspot_owner_id")
		s.Create = only("dealname", "amount", "deal_currency_code", "pipeline", "dealstage", "closedate", "hubspot_owner_id")
	case crm.Tickets:
		s.Columns = only("hs_pipeline_stage", "hs_ticket_priority", "createdate", "hubspot_owner_id", "hs_lastmodifieddate")
		s.Key = only("hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category", "content", "hubspot_owner_id")
		s.Create = only("subject", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "content", "hubspot_owner_id")
	case crm.LineItems:
		s.Columns = only("quantity", "price", "amount", "hs_sku", "hs_lastmodifieddate")
		s.Key = only("quantity", "price", "hs_discount_percentage", "amount", "hs_line_item_currency_code", "hs_sku", "description")
		s.Create = only("name", "quantity", "price", "hs_sku")
	case crm.Products:
		s.Columns = only("hs_sku", "price", "hs_product_type", "recurringbillingfrequency", "hs_lastmodifieddate")
		s.Key = only("hs_sku", "price", "hs_cost_of_goods_sold", "recurringbillingfrequency", "description")
		s.Create = only("name", "hs_sku", "price", "description")
	case crm.Notes, crm.Calls, crm.Emails, crm.Meetings, crm.Tasks:
		s.Columns = only(activityColumns(spec.Type)...)
		for _, p := range s.Properties {
			s.Key = append(s.Key, p.Name)
		}
	}
	return s, nil
}

// activityColumns are what a list of activities shows beside the title: when,
// what came of it, and whose it is.
func activityColumns(t crm.ObjectType) []string {
	own := map[crm.ObjectType][]string{
		crm.Calls:    {"hs_call_direction", "hs_call_status", "hs_call_duration"},
		crm.Emails:   {"hs_email_direction", "hs_email_status"},
		crm.Meetings: {"hs_meeting_end_time", "hs_meeting_outcome", "hs_meeting_location"},
		crm.Tasks:    {"hs_task_status", "hs_task_priority", "hs_task_type"},
	}[t]
	return slices.Concat([]string{crm.TimestampProperty}, own, []string{"hubspot_owner_id"})
}

// withStages gives the properties with the pipeline and the stage their labels:
// HubSpot keeps them with the pipelines, and not all of them in the definition.
func withStages(p crm.Property, s Schema) crm.Property {
	if len(s.Pipelines) == 0 || p.Name != s.Spec.Pipeline && p.Name != s.Spec.Stage {
		return p
	}
	p.Options = nil
	for _, pipe := range s.Pipelines {
		if p.Name == s.Spec.Pipeline {
			p.Options = append(p.Options, crm.Option{Value: pipe.ID, Label: pipe.Label})
			continue
		}
		for _, stage := range pipe.Stages {
			p.Options = append(p.Options, crm.Option{Value: stage.ID, Label: stage.Label})
		}
	}
	return p
}

// property finds a type's property by name; the sentence of the error lists
// near names.
func (w *Workspace) property(ctx context.Context, spec crm.Spec, name string) (crm.Property, error) {
	all, err := w.o.Store.Properties(ctx, spec.Type)
	if err != nil {
		return crm.Property{}, err
	}
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	if len(all) == 0 {
		return crm.Property{}, invalid("The portal's properties are not on this computer yet. Connect and sync once, then try again; nothing was changed.")
	}
	msg := "There is no property " + quote(name) + " on " + string(spec.Type) + " in this portal. Nothing was changed."
	if near := nearest(name, all); len(near) > 0 {
		msg += " Did you mean " + strings.Join(near, " or ") + "?"
	}
	return crm.Property{}, &crm.Error{Kind: crm.Invalid, Msg: msg, Fields: map[string]string{name: msg}}
}

// nearest are up to three names that contain the word, or that it contains.
func nearest(name string, all []crm.Property) []string {
	var out []string
	low := strings.ToLower(name)
	for _, p := range all {
		if len(out) == 3 {
			break
		}
		if p.Hidden || len(low) < 3 {
			continue
		}
		n := strings.ToLower(p.Name)
		if strings.Contains(n, low) || strings.Contains(low, n) || strings.EqualFold(p.Label, name) {
			out = append(out, p.Name)
		}
	}
	return out
}

// normal checks values against the portal's definitions and brings them into
// HubSpot's form. All wrong fields are named at once.
func (w *Workspace) normal(ctx context.Context, spec crm.Spec, in crm.Values) (crm.Values, error) {
	out := make(crm.Values, len(in))
	bad := map[string]string{}
	for name, value := range in {
		p, err := w.property(ctx, spec, name)
		if err == nil {
			value, err = p.Normal(value)
		}
		if err == nil {
			err = w.exists(ctx, spec, p, value, in)
		}
		if err != nil {
			if crm.KindOf(err) != crm.Invalid {
				return nil, err
			}
			bad[name] = crm.Message(err)
			continue
		}
		out[name] = value
	}
	if len(bad) == 0 {
		return out, nil
	}
	names := make([]string, 0, len(bad))
	for n := range bad {
		names = append(names, n)
	}
	slices.Sort(names)
	msgs := make([]string, 0, len(bad))
	for _, n := range names {
		msgs = append(msgs, bad[n])
	}
	return nil, &crm.Error{Kind: crm.Invalid, Msg: strings.Join(msgs, " "), Fields: bad}
}

// exists checks values that point to something else: owners, stages.
func (w *Workspace) exists(ctx context.Context, spec crm.Spec, p crm.Property, value string, _ crm.Values) error {
	if value == "" {
		return nil
	}
	switch {
	case p.Refers == "OWNER":
		owners, err := w.o.Store.Owners(ctx)
		if err != nil || len(owners) == 0 {
			return err
		}
		if !slices.ContainsFunc(owners, func(o crm.Owner) bool { return string(o.ID) == value }) {
			return invalid("There is no owner with the id " + quote(value) + " in this portal.")
		}
	case p.Name == spec.Stage:
		if _, _, err := w.stage(ctx, spec, value); err != nil {
			return err
		}
	case p.Name == spec.Pipeline:
		pipes, err := w.o.Store.Pipelines(ctx, spec.Type)
		if err != nil || len(pipes) == 0 {
			return err
		}
		if !slices.ContainsFunc(pipes, func(x crm.Pipeline) bool { return x.ID == value }) {
			return invalid("There is no pipeline " + quote(value) + " in this portal.")
		}
	}
	return nil
}

// stage finds a stage in all pipelines of a type.
func (w *Workspace) stage(ctx context.Context, spec crm.Spec, id string) (crm.Pipeline, crm.Stage, error) {
	pipes, err := w.o.Store.Pipelines(ctx, spec.Type)
	if err != nil {
		return crm.Pipeline{}, crm.Stage{}, err
	}
	var names []string
	for _, p := range pipes {
		for _, s := range p.Stages {
			if s.ID == id {
				return p, s, nil
			}
			names = append(names, s.ID)
		}
	}
	return crm.Pipeline{}, crm.Stage{}, invalid("There is no " + spec.One + " stage " + quote(id) + " in this portal; it has " + strings.Join(names, ", ") + ".")
}

package desktop

import (
	"strings"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

func wireSchema(s workspace.Schema) wire.Schema {
	out := wire.Schema{
		Type: string(s.Spec.Type), Groups: []wire.PropertyGroup{}, Title: crm.SortTitle,
		Columns: notNil(s.Columns), Key: notNil(s.Key), Create: notNil(s.Create),
		Required: notNil(append(append([]string(nil), s.Required...), only(s.Spec.RequiredAny)...)),
		Sortable: append(append([]string{crm.SortTitle}, s.Spec.Text...), s.Spec.Numeric...),
		Pipeline: s.Spec.Pipeline, Stage: s.Spec.Stage, Pipelines: wirePipelines(s.Pipelines),
	}
	at := map[string]int{}
	for _, p := range s.Properties {
		i, ok := at[p.Group]
		if !ok {
			i = len(out.Groups)
			at[p.Group] = i
			label := p.GroupLabel
			if label == "" {
				label = p.Group
			}
			out.Groups = append(out.Groups, wire.PropertyGroup{Name: p.Group, Label: label, Properties: []wire.Property{}})
		}
		out.Groups[i].Properties = append(out.Groups[i].Properties, wireProperty(p))
	}
	return out
}

// only gives a list of one back, and nothing for more: where any of several
// properties will do, none of them is required by itself.
func only(names []string) []string {
	if len(names) == 1 {
		return names
	}
	return nil
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func wireProperty(p crm.Property) wire.Property {
	out := wire.Property{
		Name: p.Name, Label: p.Label, Description: p.Description, Type: string(p.Type), Field: p.Field,
		Options: []wire.Option{}, ReadOnly: p.ReadOnly, Owner: p.Refers == "OWNER",
	}
	for _, o := range p.Options {
		if !o.Hidden {
			out.Options = append(out.Options, wire.Option{Value: o.Value, Label: o.Label})
		}
	}
	return out
}

func wirePage(q wire.ListQuery, page workspace.Page) wire.ListPage {
	out := wire.ListPage{Token: q.Token, Total: page.Total, Capped: page.Capped, Offset: q.Offset, Rows: make([]wire.Row, len(page.Records))}
	for i, r := range page.Records {
		view := r.View()
		row := wire.Row{
			ID: string(r.ID), RemoteID: string(r.RemoteID), Type: string(r.Type), Title: page.Spec.TitleOf(view),
			Badge: string(r.Badge), Values: make(map[string]string, len(q.Columns)), Modified: millis(r.Modified),
		}
		for _, c := range q.Columns {
			if v, ok := view[c]; ok {
				row.Values[c] = v
			}
		}
		if b, ok := page.Companies[r.ID]; ok {
			row.Company = wireRef(b)
		}
		out.Rows[i] = row
	}
	return out
}

func wireRecord(v workspace.View) wire.Record {
	view := v.View()
	out := wire.Record{
		ID: string(v.ID), RemoteID: string(v.RemoteID), Type: string(v.Type), Title: v.Spec.TitleOf(view),
		Badge: string(v.Badge), Archived: v.Archived, Values: view, Pending: map[string]string{},
		Links: []wire.RefGroup{}, Lines: wireLines(v), Created: millis(v.Created), Modified: millis(v.Modified), URL: URLOf(v),
	}
	for name, b := range v.Pending {
		out.Pending[name] = string(b)
	}
	for _, t := range v.Spec.Links {
		g := wire.RefGroup{Type: string(t), Known: v.Known[t] || v.RemoteID == "", Items: []wire.Ref{}}
		shown := map[crm.LocalID]bool{}
		for _, l := range v.Links {
			if l.Type != t || shown[l.ID] {
				continue
			}
			shown[l.ID] = true
			ref := wireRef(l.Brief)
			ref.Badge = string(l.Pending)
			g.Items = append(g.Items, ref)
		}
		out.Links = append(out.Links, g)
	}
	return out
}

// URLOf is the record's page in HubSpot's own UI; "" until it has one, and for
// types that have none there: a line item is seen on its deal.
func URLOf(v workspace.View) string {
	if v.Spec.Activity || v.Spec.Type == crm.LineItems || v.RemoteID == "" || v.Portal.UIDomain == "" {
		return ""
	}
	return "https://" + v.Portal.UIDomain + "/contacts/" + v.Portal.ID + "/record/" + v.Spec.ID + "/" + string(v.RemoteID)
}

func wireRef(b crm.Brief) wire.Ref {
	return wire.Ref{Type: string(b.Type), ID: string(b.ID), RemoteID: string(b.RemoteID), Title: b.Title, Note: note(b)}
}

// note is the second line under a name.
func note(b crm.Brief) string {
	var parts []string
	add := func(names ...string) {
		for _, n := range names {
			if v := b.Values[n]; v != "" {
				parts = append(parts, v)
			}
		}
	}
	switch b.Type {
	case crm.Contacts:
		add("jobtitle", "email")
	case crm.Companies:
		add("domain", "city")
	case crm.Deals:
		add("amount", "deal_currency_code")
		return strings.Join(parts, " ")
	case crm.Tickets:
		return b.Stage
	case crm.LineItems, crm.Products:
		add("hs_sku")
	case crm.Notes, crm.Calls, crm.Emails, crm.Meetings, crm.Tasks:
	}
	return strings.Join(parts, " · ")
}

// wireLines are a deal's line items with their figures, each once.
func wireLines(v workspace.View) []wire.Line {
	out := []wire.Line{}
	shown := map[crm.LocalID]bool{}
	for _, l := range v.Links {
		if l.Type != crm.LineItems || shown[l.ID] {
			continue
		}
		shown[l.ID] = true
		currency := l.Values["hs_line_item_currency_code"]
		if currency == "" {
			currency = v.View()["deal_currency_code"]
		}
		out = append(out, wire.Line{
			ID: string(l.ID), Title: l.Title, Badge: string(l.Pending), Currency: currency,
			Quantity: l.Values["quantity"], Price: l.Values["price"], Amount: l.Values["amount"],
		})
	}
	return out
}

func wirePipelines(pipes []crm.Pipeline) []wire.Pipeline {
	out := make([]wire.Pipeline, len(pipes))
	for i, p := range pipes {
		out[i] = wire.Pipeline{ID: p.ID, Label: p.Label, Stages: make([]wire.Stage, len(p.Stages))}
		for j, s := range p.Stages {
			out[i].Stages[j] = wireStage(s)
		}
	}
	return out
}

func wireActed(a workspace.Acted) wire.EditResult {
	out := wire.EditResult{ID: string(a.ID), RemoteID: string(a.RemoteID), State: "queued", Undo: string(a.Undo), UndoUntil: millis(a.UndoUntil)}
	if !a.Changed {
		out.State, out.Undo = "unchanged", ""
	}
	return out
}

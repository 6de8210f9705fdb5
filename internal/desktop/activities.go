package desktop

import (
	"context"
	"strings"

	"satchel/internal/crm"
	"satchel/internal/safehtml"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Activities is records' timelines.
type Activities struct {
	c *Caller
	w *workspace.Workspace
}

// NewActivities makes the facade.
func NewActivities(c *Caller, w *workspace.Workspace) *Activities { return &Activities{c, w} }

// Timeline answers a record's activities.
func (f *Activities) Timeline(typ, id string) (wire.Timeline, error) {
	return run(f.c.given(typ, id), "Activities.Timeline", callTime, func(ctx context.Context) (wire.Timeline, error) {
		items, whole, err := f.w.Timeline(ctx, workspace.Target{Type: typ, ID: id})
		out := wire.Timeline{Items: make([]wire.Activity, len(items)), Whole: whole}
		for i, r := range items {
			out.Items[i] = wireActivity(r)
		}
		return out, err
	})
}

// Search finds activities by text.
func (f *Activities) Search(q wire.SearchQuery) (wire.FoundActivities, error) {
	return run(f.c.given(q), "Activities.Search", callTime, func(ctx context.Context) (wire.FoundActivities, error) {
		hits, err := f.w.SearchActivities(ctx, q.Text, q.Limit)
		out := wire.FoundActivities{Token: q.Token, Hits: make([]wire.FoundActivity, len(hits))}
		for i, h := range hits {
			a := wireActivity(h.Record)
			out.Hits[i] = wire.FoundActivity{
				ID: a.ID, RemoteID: a.RemoteID, Type: a.Type, Badge: a.Badge, At: a.At, On: wireRef(h.On),
				Title: excerpt(a.Title, q.Text), Text: excerpt(a.Text, q.Text),
			}
		}
		return out, err
	})
}

// Body answers an activity's body with its formatting, cleaned.
func (f *Activities) Body(typ, id string) (wire.ActivityBody, error) {
	return run(f.c.given(typ, id), "Activities.Body", callTime, func(ctx context.Context) (wire.ActivityBody, error) {
		r, err := f.w.Activity(ctx, workspace.Target{Type: typ, ID: id})
		if err != nil {
			return wire.ActivityBody{}, err
		}
		spec, _ := crm.SpecOf(string(r.Type)) // it was found by it
		body := safehtml.Clean(r.View()[spec.HTML])
		return wire.ActivityBody{HTML: body.HTML, Pictures: body.Pictures, Cut: body.Cut}, nil
	})
}

// Log makes an activity here; it is sent when HubSpot can be reached.
func (f *Activities) Log(r wire.ActivityRequest) (wire.EditResult, error) {
	return run(f.c.given(r), "Activities.Log", callTime, func(ctx context.Context) (wire.EditResult, error) {
		in := workspace.NewActivity{Kind: r.Kind, On: workspace.Target{Type: r.Type, ID: r.ID}, Text: r.Text, Values: r.Values}
		for _, l := range r.Also {
			in.Also = append(in.Also, workspace.Target{Type: l.Type, ID: l.ID})
		}
		a, err := f.w.Log(ctx, in)
		return wireActed(a), err
	})
}

func wireActivity(r crm.Record) wire.Activity {
	view := r.View()
	out := wire.Activity{
		ID: string(r.ID), RemoteID: string(r.RemoteID), Type: string(r.Type), Badge: string(r.Badge), Values: crm.Values{},
	}
	spec, ok := crm.SpecOf(string(r.Type))
	if !ok {
		return out
	}
	out.Text, out.Rich = said(spec, view), safehtml.Rich(view[spec.HTML])
	if out.Title = view[spec.Title[0]]; out.Title == "" || spec.Title[0] == spec.Body {
		out.Title, _, _ = strings.Cut(out.Text, "\n")
	}
	if at, ok := crm.Number(crm.TypeDateTime, view[crm.TimestampProperty]); ok {
		out.At = int64(at)
	}
	for _, p := range crm.ActivityProperties(r.Type) {
		if v := view[p.Name]; v != "" && p.Name != spec.Body && p.Name != spec.HTML {
			out.Values[p.Name] = v
		}
	}
	return out
}

// said is an activity's body as plain text. Where HubSpot keeps it both ways
// the plain one is text as it stands.
func said(spec crm.Spec, view crm.Values) string {
	if spec.HTML != spec.Body && strings.TrimSpace(view[spec.Body]) != "" {
		return strings.TrimSpace(view[spec.Body])
	}
	return safehtml.Text(view[spec.HTML])
}

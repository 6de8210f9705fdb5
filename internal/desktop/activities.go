package desktop

import (
	"context"

	"satchel/internal/crm"
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
	out.Title, out.Text = spec.TitleOf(view), crm.PlainText(view[spec.Body])
	if at, ok := crm.Number(crm.TypeDateTime, view[crm.TimestampProperty]); ok {
		out.At = int64(at)
	}
	for _, p := range crm.ActivityProperties(r.Type) {
		if v := view[p.Name]; v != "" && p.Name != spec.Body {
			out.Values[p.Name] = v
		}
	}
	return out
}

package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// A refill brings the values of properties that were not asked for when a type's
// records were pulled: they are new in the portal, or were hidden. No stamp moves
// for that. Its JSON is the cursor.
type refill struct {
	Props []string     `json:"props"`
	After crm.RemoteID `json:"after,omitempty"`
}

// plan notes that values of these properties are missing. A type whose backfill
// has not begun will ask for them anyway.
func (e *Engine) plan(ctx context.Context, t crm.ObjectType, props []string) error {
	if len(props) == 0 {
		return nil
	}
	known, err := e.load(ctx, fillPrefix+string(t), &place{})
	if err != nil || !known {
		return err
	}
	var r refill
	if _, err := e.load(ctx, refillPrefix+string(t), &r); err != nil {
		return err
	}
	r.Props = append(r.Props, props...)
	slices.Sort(r.Props)
	r = refill{Props: slices.Compact(r.Props)} // from the start: the new ones are missing everywhere
	return e.store.SetCursor(ctx, cursorOf(refillPrefix+string(t), r))
}

// gainedOf are the names of properties that are asked for now and were not
// before.
func gainedOf(had, have []crm.Property) []string {
	var out []string
	for _, p := range have {
		asked := slices.ContainsFunc(had, func(q crm.Property) bool { return q.Name == p.Name && !q.Hidden })
		if !p.Hidden && !asked {
			out = append(out, p.Name)
		}
	}
	return out
}

// gained are the properties of a type of which values are missing still.
func (e *Engine) gained(ctx context.Context, t crm.ObjectType) ([]string, error) {
	var r refill
	_, err := e.load(ctx, refillPrefix+string(t), &r)
	return r.Props, err
}

// refillStep reads one page for a refill; false when there is none to do.
func (e *Engine) refillStep(ctx context.Context) (bool, error) {
	due, err := e.store.Cursors(ctx, refillPrefix)
	if err != nil {
		return false, err
	}
	specs := e.known()
	for _, c := range due {
		i := slices.IndexFunc(specs, func(s crm.Spec) bool { return refillPrefix+string(s.Type) == c.Name })
		var r refill
		if i < 0 || json.Unmarshal([]byte(c.Value), &r) != nil {
			return true, e.store.DropCursors(ctx, c.Name)
		}
		s := specs[i]
		var p place
		if _, err := e.load(ctx, fillPrefix+string(s.Type), &p); err != nil {
			return false, err
		}
		if !p.Done || e.stopped(s.Type) {
			continue
		}
		if err := e.refillPage(ctx, s, r); err != nil {
			return false, fmt.Errorf("refill %s: %w", strings.Join(r.Props, ", "), err)
		}
		return true, nil
	}
	return false, nil
}

func (e *Engine) refillPage(ctx context.Context, s crm.Spec, r refill) error {
	props, err := e.props(ctx, s)
	if err != nil {
		return err
	}
	page, err := e.remote.List(ctx, s.Type, crm.ListCall{After: string(r.After), Limit: e.size.list, Props: props})
	if err != nil {
		return err
	}
	next := crm.RemoteID(page.Next)
	p := crm.Pulled{Type: s.Type, Records: page.Records, Props: props, Gained: r.Props}
	switch {
	case next == "":
		p.Drop = []string{refillPrefix + string(s.Type)}
	case !before(r.After, next):
		return &crm.Error{Kind: crm.Upstream, Op: "list from " + string(r.After), Err: errors.New("does not move on"), Msg: "HubSpot's list does not move on. What is here is kept; it is tried again."}
	default:
		p.Cursors = []crm.Cursor{cursorOf(refillPrefix+string(s.Type), refill{r.Props, next})}
	}
	a, err := e.store.Apply(ctx, p)
	if err != nil {
		return err
	}
	e.changed(s.Type, a)
	return nil
}

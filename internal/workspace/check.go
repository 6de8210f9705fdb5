package workspace

import (
	"context"
	"time"

	"satchel/internal/crm"
)

// Checked is what can be said about values before they are saved, in sentences
// by property.
type Checked struct {
	Wrong map[string]string // cannot be saved like this
	Warn  map[string]string // can be saved, and HubSpot will ask or refuse
}

// lookAround is how long a check may look for another record with the same
// value: it is asked while the rep types.
const lookAround = 150 * time.Millisecond

// Check tells while the rep types what HubSpot would refuse later: values of
// another type, options that there are not, read-only properties, and values
// that another record here has where HubSpot wants each only once. at.ID is
// empty for a record that is being made.
func (w *Workspace) Check(ctx context.Context, at Target, values crm.Values) (Checked, error) {
	out := Checked{Wrong: map[string]string{}, Warn: map[string]string{}}
	spec, err := w.typeOf(ctx, at.Type)
	if err != nil {
		return out, err
	}
	var self crm.LocalID
	if at.ID != "" {
		r, err := w.target(ctx, at)
		if err != nil {
			return out, err
		}
		self = r.ID
	}
	good := crm.Values{}
	for name, value := range values {
		one, err := w.normal(ctx, spec, crm.Values{name: value})
		switch {
		case err == nil:
			good[name] = one[name]
		case crm.KindOf(err) == crm.Invalid:
			out.Wrong[name] = crm.Message(err)
		default:
			return out, err
		}
	}
	for name, value := range good {
		p, err := w.property(ctx, spec, name)
		if err != nil {
			return out, err
		}
		if value == "" || !p.Unique && (spec.Type != crm.Contacts || name != "email") {
			continue
		}
		end, stop := context.WithTimeout(ctx, lookAround)
		other, ok, err := w.o.Store.Holder(end, spec.Type, name, value, self)
		late := err != nil && end.Err() != nil && ctx.Err() == nil
		stop()
		if late {
			continue // too many to look at while somebody types
		}
		if err != nil {
			return out, err
		}
		if ok {
			out.Warn[name] = quote(other.Title) + " has this already, and HubSpot keeps it only once."
		}
	}
	return out, nil
}

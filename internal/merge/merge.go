// Package merge decides, field by field, what becomes of an edit when HubSpot
// may hold something else than what the rep saw. It is pure: values in,
// verdicts out. It never looks at clocks: who was later does not make anybody
// right.
package merge

import (
	"slices"
	"strings"

	"satchel/internal/crm"
)

// Result sorts the fields of one edit.
type Result struct {
	Send     []crm.Field   // HubSpot still holds what the rep saw
	Settled  []string      // HubSpot already holds what the rep wants
	Disputes []crm.Dispute // both sides changed it
	Yielded  []crm.Dispute // both sides changed it, and HubSpot's value stands
}

// Fields compares an edit with what HubSpot holds now. props gives the types
// by which values are compared; a property that is not in it is compared as
// text. Where a property takes several values, both sides' additions and
// removals are made, and nothing is in dispute: what is sent then is based on
// what HubSpot holds, and not on what the rep saw.
func Fields(props map[string]crm.Property, edit []crm.Field, theirs crm.Values) Result {
	var r Result
	for _, f := range edit {
		p, ok := props[f.Name]
		if !ok {
			p = crm.Property{Name: f.Name, Type: crm.TypeString}
		}
		now := theirs[f.Name]
		switch {
		case p.Same(now, f.Value):
			r.Settled = append(r.Settled, f.Name)
		case p.Same(now, f.Base):
			r.Send = append(r.Send, f)
		case p.Multiple():
			both := union(f, now)
			if p.Same(now, both) {
				r.Settled = append(r.Settled, f.Name)
				continue
			}
			r.Send = append(r.Send, crm.Field{Name: f.Name, Base: now, Value: both})
		default:
			r.Disputes = append(r.Disputes, crm.Dispute{Field: f.Name, Base: f.Base, Mine: f.Value, Theirs: now})
		}
	}
	slices.SortFunc(r.Disputes, func(a, b crm.Dispute) int { return strings.Compare(a.Field, b.Field) })
	return r
}

// union makes the rep's additions and removals in what HubSpot holds, in its
// order.
func union(f crm.Field, now string) string {
	base, mine, theirs := set(f.Base), set(f.Value), set(now)
	out := slices.DeleteFunc(slices.Clone(theirs), func(v string) bool {
		return slices.Contains(base, v) && !slices.Contains(mine, v)
	})
	for _, v := range mine {
		if !slices.Contains(base, v) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return strings.Join(out, ";")
}

func set(value string) []string {
	var out []string
	for v := range strings.SplitSeq(value, ";") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Decide settles disputes by the policies of their properties; what has none
// stays in dispute.
func (r *Result) Decide(policies map[string]crm.Policy) {
	left := r.Disputes[:0]
	for _, d := range r.Disputes {
		switch p := policies[d.Field]; {
		case p == crm.Mine:
			r.Send = append(r.Send, crm.Field{Name: d.Field, Base: d.Theirs, Value: d.Mine})
		case p == crm.Theirs, p == crm.Workflows && d.ByWorkflow():
			r.Yielded = append(r.Yielded, d)
		default:
			left = append(left, d)
		}
	}
	r.Disputes = left
}

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
}

// Fields compares an edit with what HubSpot holds now. props gives the types
// by which values are compared; a property that is not in it is compared as
// text.
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
		default:
			r.Disputes = append(r.Disputes, crm.Dispute{Field: f.Name, Base: f.Base, Mine: f.Value, Theirs: now})
		}
	}
	slices.SortFunc(r.Disputes, func(a, b crm.Dispute) int { return strings.Compare(a.Field, b.Field) })
	return r
}

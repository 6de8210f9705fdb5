package outbox

import (
	"context"

	"satchel/internal/crm"
)

// lookUpOnParent recognises activities of ours. HubSpot documents no unique
// property on them, so they are looked for among the activities of the record
// that they were made on, which are made with them in one call: ours was made
// while we were sending, and holds every value that we sent, its time stamp
// among them. rest are those that HubSpot certainly does not have.
func (e *Engine) lookUpOnParent(ctx context.Context, u unit) (out []crm.Outcome, rest []crm.Op, err error) {
	props, err := e.properties(ctx, u.typ)
	if err != nil {
		return nil, nil, err
	}
	parents := map[crm.ObjectType][]crm.RemoteID{}
	names := map[string]bool{"hs_createdate": true}
	for _, op := range u.ops {
		parents[op.To] = append(parents[op.To], op.ToRemote)
		for _, f := range op.Fields {
			names[f.Name] = true
		}
	}
	on := map[crm.RemoteID][]crm.RemoteID{} // by the record's id: its activities
	var ids []crm.RemoteID
	for typ, of := range parents {
		links, err := e.o.Remote.Associations(ctx, typ, u.typ, of)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range links {
			on[l.FromID] = append(on[l.FromID], l.ToID)
			ids = append(ids, l.ToID)
		}
	}
	found := map[crm.RemoteID]crm.RemoteRecord{}
	if len(ids) > 0 {
		read, err := e.o.Remote.BatchRead(ctx, u.typ, ids, sorted(names))
		if err != nil {
			return nil, nil, err
		}
		for _, r := range read.Found {
			found[r.ID] = r
		}
	}
	taken := map[crm.RemoteID]bool{} // by another one that looks the same
	made, err := e.o.Queue.Made(ctx, u.typ, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range made {
		taken[id] = true
	}
	for _, op := range u.ops {
		match := crm.RemoteID("")
		for _, id := range on[op.ToRemote] {
			r, ok := found[id]
			if ok && !taken[id] && ours(op, r, props) {
				match = id
				break
			}
		}
		if match == "" {
			rest = append(rest, op)
			continue
		}
		taken[match] = true
		out = append(out, e.adopted(op, found[match], "found "+string(match)))
	}
	return out, rest, nil
}

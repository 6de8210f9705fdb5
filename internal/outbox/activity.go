package outbox

import (
	"context"

	"satchel/internal/crm"
)

// lookUpOnParent recognises activities of ours. HubSpot documents no unique
// property on them, so they are looked for among the activities of the record
// that they were made on, which are made with them in one call: ours holds every
// value that we sent. Its time stamp is among them, which is the rep's own to the
// millisecond; when it was made there says nothing, since the clocks may differ. rest are those that HubSpot certainly does not have.
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
	on := activitiesOn{}
	for typ, of := range parents {
		if err := e.readActivities(ctx, typ, u.typ, of, on); err != nil {
			return nil, nil, err
		}
	}
	var ids []crm.RemoteID
	for _, list := range on {
		ids = append(ids, list...)
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
			if ok && !taken[id] && holds(op, r, props) {
				match = id
				break
			}
		}
		if _, there := on[op.ToRemote]; match == "" && !there {
			o := e.untold(op)
			o.Reason = "The answer to this was lost, and HubSpot no longer has the record that it was made on, so nobody can tell whether HubSpot has it. Look for it in HubSpot: discard it here if it is there."
			out = append(out, o)
			continue
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

// activitiesOn are the activities of records, by the records' ids as the
// operations know them. A record that HubSpot no longer has is not in it.
type activitiesOn map[crm.RemoteID][]crm.RemoteID

// readActivities reads them, and only then whether the records are still there:
// of one that was archived or merged away HubSpot says that it has none. Those of
// a merged one are the survivor's.
func (e *Engine) readActivities(ctx context.Context, typ, activity crm.ObjectType, ids []crm.RemoteID, into activitiesOn) error {
	links, err := e.o.Remote.Associations(ctx, typ, activity, ids)
	if err != nil {
		return err
	}
	alive, err := e.o.Remote.BatchRead(ctx, typ, ids, nil)
	if err != nil {
		return err
	}
	for _, r := range alive.Found {
		into[r.ID] = []crm.RemoteID{}
	}
	for _, id := range ids {
		if into[id] != nil {
			continue
		}
		r, err := e.o.Remote.Get(ctx, typ, id, nil)
		if crm.KindOf(err) == crm.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		into[id] = []crm.RemoteID{}
		if r.ID == id {
			continue
		}
		more, err := e.o.Remote.Associations(ctx, typ, activity, []crm.RemoteID{r.ID})
		if err != nil {
			return err
		}
		for _, l := range more {
			into[id] = append(into[id], l.ToID)
		}
	}
	for _, l := range links {
		if into[l.FromID] != nil {
			into[l.FromID] = append(into[l.FromID], l.ToID)
		}
	}
	return nil
}

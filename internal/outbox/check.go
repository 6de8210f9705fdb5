package outbox

import (
	"context"
	"log/slog"
	"slices"

	"satchel/internal/crm"
)

// checkSize is HubSpot's limit of inputs in one batch read with history.
const checkSize = 50

// Check compares what was written with the properties' histories, until nothing
// is left to compare: between our reading a field and our writing it somebody
// else may have written it, and HubSpot lets nobody ask for that to be refused.
// It returns how many fields of others were found overwritten. It needs no
// flush to be over, and none waits for it; ctx should be in the background lane.
func (e *Engine) Check(ctx context.Context) (found int, err error) {
	for {
		ops, err := e.o.Queue.Unchecked(ctx, checkSize)
		if err != nil || len(ops) == 0 {
			return found, err
		}
		n, err := e.check(ctx, ops)
		if err != nil {
			return found, err
		}
		found += n
	}
}

func (e *Engine) check(ctx context.Context, ops []crm.Op) (found int, err error) {
	props, err := e.properties(ctx, ops[0].Type)
	if err != nil {
		return 0, err
	}
	var ids []crm.RemoteID
	var done []crm.OpID
	names := map[string]bool{}
	for _, op := range ops {
		done = append(done, op.ID)
		if !slices.Contains(ids, op.RemoteID) {
			ids = append(ids, op.RemoteID)
		}
		for _, f := range op.Fields {
			names[f.Name] = true
		}
	}
	history, err := e.histories(ctx, ops[0].Type, ids, sorted(names))
	switch k := crm.KindOf(err); {
	case err == nil:
	case k == crm.Forbidden || k == crm.Invalid || k == crm.NotFound:
		// It cannot be told, now or later.
		e.o.Log.WarnContext(ctx, "no history to compare with", slog.String("kind", k.String()), slog.Int("operations", len(ops)))
	default:
		return 0, err
	}
	lost := map[crm.OpID][]crm.Dispute{}
	for _, op := range ops {
		for _, f := range op.Fields {
			if d, over := overwrote(f, history[op.RemoteID][f.Name], props[f.Name]); over {
				lost[op.ID] = append(lost[op.ID], d)
				found++
			}
		}
	}
	if err := e.o.Queue.Checked(ctx, done, lost); err != nil {
		return 0, err
	}
	if found > 0 {
		e.notify(ops, nil)
	}
	return found, nil
}

// histories are the versions of records, those that were merged away included:
// their past is in the record that was made of them.
func (e *Engine) histories(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, names []string) (map[crm.RemoteID]map[string][]crm.Version, error) {
	history, err := e.o.Remote.History(ctx, t, ids, names)
	if err != nil {
		return nil, err
	}
	into := map[crm.RemoteID]crm.RemoteID{}
	var more []crm.RemoteID
	for _, id := range ids {
		if history[id] != nil {
			continue
		}
		r, err := e.o.Remote.Get(ctx, t, id, nil)
		if k := crm.KindOf(err); k == crm.NotFound || k == crm.Forbidden {
			continue
		}
		if err != nil {
			return nil, err
		}
		into[id] = r.ID
		more = append(more, r.ID)
	}
	if len(more) == 0 {
		return history, nil
	}
	merged, err := e.o.Remote.History(ctx, t, more, names)
	for id, now := range into {
		history[id] = merged[now]
	}
	return history, err
}

// overwrote says whether our value stands in the history right over one that
// the rep had not seen. Versions are newest first; a record that is gone has
// none.
func overwrote(f crm.Field, versions []crm.Version, p crm.Property) (crm.Dispute, bool) {
	i := carried(f, versions, p)
	if i < 0 || i+1 >= len(versions) {
		return crm.Dispute{}, false
	}
	was := versions[i+1]
	if p.Same(was.Value, f.Base) {
		return crm.Dispute{}, false
	}
	return crm.Dispute{
		Field: f.Name, Base: f.Base, Mine: f.Value, Theirs: was.Value, Who: was.By, When: was.At, Source: was.Source,
	}, true
}

// carried is the version that brought the field's value to HubSpot, -1 without one:
// the newest with that value when HubSpot answered, because the value may have
// been written again since. Stamps that say it came later are taken as they are.
func carried(f crm.Field, versions []crm.Version, p crm.Property) int {
	found := -1
	for i, v := range versions {
		if !p.Same(v.Value, f.Value) {
			continue
		}
		found = i
		if f.Stamp == 0 || v.At <= f.Stamp {
			break
		}
	}
	return found
}

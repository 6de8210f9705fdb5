package outbox

import (
	"context"
	"maps"
	"slices"

	"satchel/internal/crm"
)

// sendArchives archives records one by one: the call is idempotent, and one
// that HubSpot refuses must not stop the others.
func (e *Engine) sendArchives(ctx context.Context, u unit) (crm.FlushResult, error) {
	var total crm.FlushResult
	for _, op := range u.ops {
		one := u
		one.ops = []crm.Op{op}
		if err := e.begin(ctx, &one); err != nil {
			return total, err
		}
		if len(one.ops) == 0 {
			continue // taken back meanwhile
		}
		err := e.o.Remote.Archive(ctx, u.typ, op.RemoteID)
		done := crm.Outcome{Op: op.ID, State: crm.Acked, Attempts: op.Attempts + 1, At: e.now(), Answer: "archived " + string(op.RemoteID)}
		out, stop := []crm.Outcome{done}, error(nil)
		if err != nil && crm.KindOf(err) != crm.NotFound {
			out, stop = e.failed([]crm.Op{op}, err)
		}
		res, err := e.settle(ctx, u, out)
		total = total.Add(res)
		if err != nil {
			return total, err
		}
		if stop != nil {
			return total, stop
		}
	}
	return total, nil
}

// sendLinks associates or parts up to a hundred pairs. Both have set semantics,
// so an operation whose answer was lost is simply sent again. When HubSpot
// refuses the batch, its pairs are sent one by one, and only the guilty park.
func (e *Engine) sendLinks(ctx context.Context, u unit) (crm.FlushResult, error) {
	if err := e.begin(ctx, &u); err != nil || len(u.ops) == 0 {
		return crm.FlushResult{}, err
	}
	err := e.link(ctx, u, u.ops)
	if k := crm.KindOf(err); err != nil && len(u.ops) > 1 && (k == crm.Invalid || k == crm.NotFound || k == crm.Conflict || k == crm.Forbidden) {
		return e.linkSingly(ctx, u)
	}
	return e.linked(ctx, u, u.ops, err)
}

func (e *Engine) linkSingly(ctx context.Context, u unit) (crm.FlushResult, error) {
	var total crm.FlushResult
	for i, op := range u.ops {
		res, err := e.linked(ctx, u, []crm.Op{op}, e.link(ctx, u, []crm.Op{op}))
		total = total.Add(res)
		if err == nil {
			continue
		}
		// The rest was committed as sending but never sent.
		out, _ := e.failed(u.ops[i+1:], err)
		res, settleErr := e.settle(ctx, u, out)
		if settleErr != nil {
			err = settleErr
		}
		return total.Add(res), err
	}
	return total, nil
}

func (e *Engine) link(ctx context.Context, u unit, ops []crm.Op) error {
	pairs := make([]crm.Pair, len(ops))
	for i, op := range ops {
		pairs[i] = crm.Pair{FromID: op.RemoteID, ToID: op.ToRemote}
	}
	if u.kind == crm.OpAssociate {
		return e.o.Remote.Associate(ctx, u.typ, u.to, pairs)
	}
	return e.o.Remote.Detach(ctx, u.typ, u.to, pairs)
}

func (e *Engine) linked(ctx context.Context, u unit, ops []crm.Op, err error) (crm.FlushResult, error) {
	if err != nil {
		out, stop := e.failed(ops, err)
		res, err := e.settle(ctx, u, out)
		if err != nil {
			return res, err
		}
		return res, stop
	}
	out := make([]crm.Outcome, len(ops))
	for i, op := range ops {
		out[i] = crm.Outcome{
			Op: op.ID, State: crm.Acked, Attempts: op.Attempts + 1, At: e.now(),
			Answer: string(u.kind) + " " + string(op.RemoteID) + " " + string(op.ToRemote),
		}
	}
	return e.settle(ctx, u, out)
}

func sorted(names map[string]bool) []string { return slices.Sorted(maps.Keys(names)) }

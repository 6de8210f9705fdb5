package desktop

import (
	"context"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Outbox is what waits, and what was sent.
type Outbox struct {
	c *Caller
	w *workspace.Workspace
	s Syncer
}

// NewOutbox makes the facade.
func NewOutbox(c *Caller, w *workspace.Workspace, s Syncer) *Outbox { return &Outbox{c, w, s} }

// View reads the outbox.
func (f *Outbox) View() (wire.Outbox, error) {
	return run(f.c, "Outbox.View", callTime, func(ctx context.Context) (wire.Outbox, error) {
		box, err := f.w.Outbox(ctx)
		if err != nil {
			return wire.Outbox{}, err
		}
		status, err := f.s.Status(ctx)
		out := wire.Outbox{Paused: status.Paused, Sending: []wire.Op{}, Waiting: []wire.Op{}, Needs: []wire.Op{}, Overwritten: []wire.Op{}, Receipts: []wire.Op{}}
		for _, q := range box.Open {
			op := wireOp(q)
			switch q.State {
			case crm.Sending:
				out.Sending = append(out.Sending, op)
			case crm.Parked, crm.InDispute:
				out.Needs = append(out.Needs, op)
			case crm.Queued, crm.RetryWait, crm.Ambiguous, crm.Acked, crm.Discarded:
				out.Waiting = append(out.Waiting, op)
			}
		}
		for _, q := range box.Overwritten {
			op := wireOp(q)
			op.Disputes = disputes(q, q.Overwrote)
			out.Overwritten = append(out.Overwritten, op)
		}
		for _, q := range box.Receipts {
			if len(q.Overwrote) > 0 {
				continue // among the overwritten
			}
			out.Receipts = append(out.Receipts, wireOp(q))
		}
		return out, err
	})
}

// Flush sends everything that is due and waits for it.
func (f *Outbox) Flush() (wire.FlushResult, error) {
	return run(f.c, "Outbox.Flush", netTime, func(ctx context.Context) (wire.FlushResult, error) {
		r, err := f.s.Flush(ctx)
		return wire.FlushResult(r), err
	})
}

// Retry queues an operation again.
func (f *Outbox) Retry(id string) error {
	return do(f.c.given(id), "Outbox.Retry", callTime, func(ctx context.Context) error { return f.w.Retry(ctx, id) })
}

// Discard drops an operation.
func (f *Outbox) Discard(id string) error {
	return do(f.c.given(id), "Outbox.Discard", callTime, func(ctx context.Context) error { return f.w.Discard(ctx, id) })
}

// Resolve decides a conflict.
func (f *Outbox) Resolve(r wire.ResolveRequest) error {
	return do(f.c.given(r), "Outbox.Resolve", netTime, func(ctx context.Context) error {
		return f.w.Resolve(ctx, r.ID, r.Choices)
	})
}

func wireOp(q workspace.Queued) wire.Op {
	op := wire.Op{
		ID: string(q.ID), Kind: string(q.Kind), State: string(q.State), Badge: string(q.State.Badge()),
		Type: string(q.Type), RecordID: string(q.Record), RemoteID: string(q.RemoteID), Title: q.Title,
		Fields: make([]wire.FieldChange, len(q.Fields)), Made: millis(q.Made), NextAt: millis(q.NextAt),
		Finished: millis(q.Finished), Attempts: q.Attempts, Reason: q.Reason, Existing: string(q.Existing),
		Disputes:   disputes(q, q.Disputes),
		CanRetry:   q.State == crm.Parked || q.State == crm.RetryWait,
		CanDiscard: q.State == crm.Queued || q.State == crm.RetryWait || q.State == crm.Parked || q.State == crm.InDispute,
	}
	for i, f := range q.Fields {
		op.Fields[i] = wire.FieldChange{Name: f.Name, Label: label(q, f.Name), From: f.Base, To: f.Value}
	}
	if q.ToRecord != "" {
		op.To = wire.Ref{Type: string(q.To), ID: string(q.ToRecord), RemoteID: string(q.ToRemote), Title: q.ToTitle}
	}
	if q.State != crm.Discarded && q.State != crm.Sending && q.State != crm.Ambiguous && (q.State != crm.Acked || undoable(q.Kind)) {
		op.Undo = string(q.Group)
	}
	return op
}

func disputes(q workspace.Queued, list []crm.Dispute) []wire.Dispute {
	out := make([]wire.Dispute, len(list))
	for i, d := range list {
		out[i] = wire.Dispute{
			Name: d.Field, Label: label(q, d.Field), Base: d.Base, Mine: d.Mine, Theirs: d.Theirs,
			Who: q.Who(d), When: millis(d.When), Source: d.Source,
		}
	}
	return out
}

// undoable says whether HubSpot's API can take back what it has acknowledged.
func undoable(k crm.OpKind) bool {
	return k == crm.OpUpdate || k == crm.OpAssociate || k == crm.OpDetach
}

func label(q workspace.Queued, name string) string {
	if l := q.Labels[name]; l != "" {
		return l
	}
	return name
}

// Policies are the properties whose conflicts are decided without asking.
func (f *Outbox) Policies() ([]wire.Policy, error) {
	return run(f.c, "Outbox.Policies", callTime, func(ctx context.Context) ([]wire.Policy, error) {
		lines, err := f.w.Policies(ctx)
		out := make([]wire.Policy, len(lines))
		for i, l := range lines {
			out[i] = wire.Policy{Type: string(l.Type), Name: l.Property, Label: l.Label, Policy: string(l.Policy)}
		}
		return out, err
	})
}

// SetPolicy decides what becomes of a property's conflicts from now on.
func (f *Outbox) SetPolicy(p wire.Policy) error {
	return do(f.c.given(p), "Outbox.SetPolicy", callTime, func(ctx context.Context) error {
		return f.w.SetPolicy(ctx, p.Type, p.Name, crm.Policy(p.Policy))
	})
}

package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"

	"satchel/internal/crm"
)

// maxAttempts is how often an operation is tried before it is parked. Waits
// that HubSpot asked for, and times without a network, burn none.
const maxAttempts = 12

// Options are what an Engine works with. All fields are required but
// Policies, Notify, Log and Rand.
type Options struct {
	Queue  Queue
	Remote Remote
	// Keyed says whether the portal keeps crm.KeyProperty for a type, so that a
	// create can be recognised by it.
	Keyed func(ctx context.Context, t crm.ObjectType) (bool, error)
	Clock func() time.Time
	// Policies are the properties of a type whose conflicts are decided without
	// asking; nil for none.
	Policies func(ctx context.Context, t crm.ObjectType) (map[string]crm.Policy, error)
	// Notify is told what changed, after it was committed.
	Notify func(topics ...crm.Topic)
	Log    *slog.Logger
	// Rand gives numbers in [0,1) for the jitter of waits; math/rand/v2 when nil.
	Rand func() float64
}

// Engine flushes the outbox. It is safe for concurrent use; flushes run one
// after the other.
type Engine struct {
	o    Options
	busy chan struct{} // full during a flush
}

// New makes an engine. It does nothing until it is called.
func New(o Options) *Engine {
	if o.Notify == nil {
		o.Notify = func(...crm.Topic) {}
	}
	if o.Policies == nil {
		o.Policies = func(context.Context, crm.ObjectType) (map[string]crm.Policy, error) { return nil, nil }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	return &Engine{o: o, busy: make(chan struct{}, 1)}
}

// Flush sends everything that is due and returns when nothing is, or at the
// first error that stops all of it: no network, no sign-in, a rate limit, or a
// store that cannot commit. What was not sent is still in the outbox. It waits for
// another flush to end, for as long as ctx lasts.
func (e *Engine) Flush(ctx context.Context) (crm.FlushResult, error) {
	select {
	case e.busy <- struct{}{}:
	case <-ctx.Done():
		return crm.FlushResult{}, &crm.Error{Kind: crm.Canceled, Op: "flush", Err: ctx.Err()}
	}
	defer func() { <-e.busy }()
	var total crm.FlushResult
	for {
		ops, err := e.o.Queue.Unfinished(ctx)
		if err != nil {
			return total, err
		}
		total.Left = left(ops)
		if lost := orphans(ops); len(lost) > 0 {
			if _, err := e.settle(ctx, unit{ops: lost}, e.lost(lost)); err != nil {
				return total, err
			}
			continue
		}
		u := plan(ops, e.now())
		if len(u.ops) == 0 {
			return total, nil
		}
		res, err := e.send(ctx, u)
		total = total.Add(res)
		if err != nil {
			total.Left -= res.Acked + res.Conflicts + res.Parked
			return total, err
		}
	}
}

// orphans are operations that are on their way although nobody is sending: the
// store could not commit what became of them.
func orphans(ops []crm.Op) []crm.Op {
	var out []crm.Op
	for _, op := range ops {
		if op.State == crm.Sending {
			out = append(out, op)
		}
	}
	return out
}

func (e *Engine) lost(ops []crm.Op) []crm.Outcome {
	out := make([]crm.Outcome, len(ops))
	for i, op := range ops {
		out[i] = crm.Outcome{
			Op: op.ID, State: crm.Ambiguous, Unsure: true, Attempts: op.Attempts, At: e.now(),
			Reason: "What HubSpot answered could not be saved. It is looked up before it is sent again.",
		}
	}
	return out
}

// Next is when the next operation becomes due; ok is false when none waits for
// time alone. A time in the past means now.
func (e *Engine) Next(ctx context.Context) (at crm.Millis, ok bool, err error) {
	ops, err := e.o.Queue.Unfinished(ctx)
	if err != nil {
		return 0, false, err
	}
	at, ok = next(ops)
	// Nobody is sending: what is on its way has to be looked at.
	if len(e.busy) == 0 && len(orphans(ops)) > 0 {
		return 0, true, nil
	}
	return at, ok, nil
}

func (e *Engine) now() crm.Millis { return crm.At(e.o.Clock()) }

func (e *Engine) send(ctx context.Context, u unit) (crm.FlushResult, error) {
	switch u.kind {
	case crm.OpCreate:
		return e.sendCreates(ctx, u)
	case crm.OpUpdate:
		return e.sendUpdates(ctx, u)
	case crm.OpArchive:
		return e.sendArchives(ctx, u)
	case crm.OpAssociate, crm.OpDetach:
		return e.sendLinks(ctx, u)
	}
	return crm.FlushResult{}, &crm.Error{Kind: crm.Internal, Op: "flush: unknown operation " + string(u.kind)}
}

// begin commits the operations of a unit as sending: from here on HubSpot may
// have them, edits of their fields become operations of their own, and undo has
// to wait. It leaves those in the unit that are still as they were read.
func (e *Engine) begin(ctx context.Context, u *unit) error {
	begun, err := e.o.Queue.Begin(ctx, u.ops, e.now())
	if err != nil {
		return err
	}
	u.ops = begun
	e.notify(begun, nil)
	return nil
}

// settle commits outcomes. It ignores a cancellation that came while HubSpot
// was answering: the answer is known now, and forgetting it would only make
// work of what is done.
func (e *Engine) settle(ctx context.Context, u unit, out []crm.Outcome) (crm.FlushResult, error) {
	if len(out) == 0 {
		return crm.FlushResult{}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	changed, err := e.o.Queue.Settle(ctx, out)
	if err != nil {
		return crm.FlushResult{}, err
	}
	e.notify(u.ops, changed)
	return count(out), nil
}

func count(out []crm.Outcome) crm.FlushResult {
	var r crm.FlushResult
	for _, o := range out {
		switch o.State {
		case crm.Acked:
			r.Acked++
		case crm.InDispute:
			r.Conflicts++
		case crm.Parked:
			r.Parked++
		case crm.Queued, crm.Sending, crm.RetryWait, crm.Ambiguous, crm.Discarded:
		}
	}
	return r
}

func left(ops []crm.Op) int {
	n := 0
	for _, op := range ops {
		if op.State != crm.InDispute && op.State != crm.Parked {
			n++
		}
	}
	return n
}

func (e *Engine) notify(ops []crm.Op, changed []crm.LocalID) {
	topics := []crm.Topic{crm.TopicOutbox, crm.TopicSync}
	lists := map[crm.ObjectType]bool{}
	for _, op := range ops {
		topics = append(topics, crm.RecordTopic(op.Record))
		if !lists[op.Type] {
			lists[op.Type] = true
			topics = append(topics, crm.ListTopic(op.Type))
		}
		if op.ToRecord != "" {
			topics = append(topics, crm.RecordTopic(op.ToRecord))
		}
	}
	for _, id := range changed {
		topics = append(topics, crm.RecordTopic(id))
	}
	e.o.Notify(topics...)
}

// failed turns an error of a whole call into the outcome of each operation in
// it, and says whether the flush has to stop.
func (e *Engine) failed(ops []crm.Op, err error) (out []crm.Outcome, stop error) {
	now := e.now()
	for _, op := range ops {
		o := crm.Outcome{Op: op.ID, At: now, Attempts: op.Attempts, Reason: crm.Message(err), Unsure: uncertain(op)}
		switch crm.KindOf(err) {
		case crm.Uncertain:
			o.State, o.Unsure, o.Attempts = crm.Ambiguous, true, op.Attempts+1
			o.NextAt = now + e.wait(o.Attempts)
		case crm.Canceled: // stopped before anything left
			o.State, o.NextAt, o.Reason = op.State, op.NextAt, op.Reason
			stop = err
		case crm.Offline, crm.Unauthorized:
			o.State, o.NextAt = op.State, now
			stop = err
		case crm.RateLimited:
			o.State, o.NextAt = was(op), now+retryAfter(err, 10*time.Second)
			stop = err
		case crm.Forbidden, crm.Invalid, crm.NotFound, crm.Conflict:
			o.State = crm.Parked
		case crm.Upstream:
			// HubSpot is not well, and says so. However long that takes, it is no
			// reason to give an edit up.
			o.State, o.NextAt = was(op), now+max(patience(now-op.Made), retryAfter(err, 0))
		case crm.Internal, crm.Corrupt, crm.Storage, crm.InUse:
			o.State, o.Attempts = was(op), op.Attempts+1
			o.NextAt = now + e.wait(o.Attempts)
		}
		if o.Attempts >= maxAttempts && o.Attempts > op.Attempts {
			o.State, o.NextAt = crm.Parked, 0
		}
		out = append(out, o)
	}
	return out, stop
}

// patience is how long an operation rests that HubSpot could not take at the
// moment: an eighth of its age, from two seconds to ten minutes.
func patience(age crm.Millis) crm.Millis { return min(max(age/8, 2_000), 600_000) }

// was is the state to which an operation goes back when nothing was done this
// time: what was ambiguous before still is.
func was(op crm.Op) crm.OpState {
	if op.State == crm.Ambiguous {
		return crm.Ambiguous
	}
	return crm.RetryWait
}

func retryAfter(err error, otherwise time.Duration) crm.Millis {
	if e, ok := crm.AsError(err); ok && e.RetryAfter > 0 {
		otherwise = e.RetryAfter
	}
	return crm.Millis(otherwise.Milliseconds())
}

// wait is how long an operation rests after its n-th attempt: from one second
// to ten minutes, growing, with jitter.
func (e *Engine) wait(n int) crm.Millis {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = time.Second, 10*time.Minute
	b.Multiplier, b.RandomizationFactor = 2, 0
	d := b.InitialInterval
	for range min(n, 20) {
		d = b.NextBackOff()
	}
	return crm.Millis(float64(d.Milliseconds()) * (0.7 + 0.6*e.o.Rand()))
}

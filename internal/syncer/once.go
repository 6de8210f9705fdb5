package syncer

import (
	"context"
	"time"

	"satchel/internal/crm"
)

// patient is how long Once waits for operations that are held back or are to
// be tried again.
const patient = time.Minute

// Result is what one round did.
type Result struct {
	Pushed crm.FlushResult
	Pulled map[crm.ObjectType]int
	Filled time.Duration // what pulling everything took; 0 when only changes were pulled
}

// Once makes one complete round and returns when it is done: push, pull (the
// schema, what is missing of the backfill or, with full, everything, and the
// delta), and push again, waiting up to a minute for operations that are held
// back or are to be tried again. It works beside Run and while paused. The
// Result says what was done even when there is an error.
func (s *Syncer) Once(ctx context.Context, full bool) (Result, error) {
	before := s.puller.Pulled()
	var r Result
	var err error
	r.Pushed, err = s.once(ctx, full, &r.Filled)
	r.Pulled = s.puller.Pulled()
	for t := range r.Pulled {
		r.Pulled[t] -= before[t]
	}
	return r, err
}

func (s *Syncer) once(ctx context.Context, full bool, filled *time.Duration) (crm.FlushResult, error) {
	ctx = crm.WithLane(ctx, crm.Interactive) // somebody waits for it; a backfill is in the background all the same
	r, first := s.flushNow(ctx)
	if hopeless(first) {
		return r, first
	}
	err := s.demand(ctx, &s.pull, func(ctx context.Context) error { return s.round(ctx, full, filled) })
	if err != nil {
		return r, err
	}
	s.fresh()
	s.afterOnce(ctx)
	if first != nil {
		rest(ctx, first)
	}
	more, err := s.flushAll(ctx)
	if err == nil {
		err = s.demand(ctx, &s.check, s.lookBack)
	}
	return r.Add(more), err
}

// round is the pull of one round.
func (s *Syncer) round(ctx context.Context, full bool, filled *time.Duration) error {
	if err := s.puller.Schema(ctx); err != nil {
		return err
	}
	done, err := s.puller.Complete(ctx)
	if err != nil {
		return err
	}
	if full || !done {
		began := s.clock()
		if full {
			err = s.puller.Full(ctx)
		} else {
			err = s.puller.Backfill(ctx)
		}
		if *filled = max(s.clock().Sub(began), 1); err != nil {
			return err
		}
	}
	return s.puller.Delta(ctx)
}

// flushNow sends what is due now.
func (s *Syncer) flushNow(ctx context.Context) (r crm.FlushResult, err error) {
	err = s.demand(ctx, &s.push, func(ctx context.Context) (err error) {
		r, err = s.pusher.Flush(ctx)
		return err
	})
	s.flushed(r, err)
	if err != nil {
		ring(s.wakePush) // what it had in hand is due again, of which the loop does not know
	}
	return r, err
}

// flushAll sends until nothing is left that is due within patient.
func (s *Syncer) flushAll(ctx context.Context) (crm.FlushResult, error) {
	var sum crm.FlushResult
	var last error
	began := s.clock()
	for stalls := 0; ; {
		wait, err := s.dueWithin(ctx, patient-s.clock().Sub(began))
		if err != nil {
			return sum, err
		}
		if wait < 0 {
			return sum, last
		}
		sleep(ctx, wait, nil)
		var r crm.FlushResult
		r, last = s.flushNow(ctx)
		sum = sum.Add(r)
		if ctx.Err() != nil || hopeless(last) {
			return sum, last
		}
		if r.Acked+r.Conflicts+r.Parked > 0 {
			stalls = 0
			continue
		}
		if last != nil {
			rest(ctx, last)
		} else {
			sleep(ctx, s.grow(stallFirst, stallLast, stalls), nil)
		}
		stalls++
	}
}

// dueWithin is how long until the next operation is due; negative when there
// is none within the time.
func (s *Syncer) dueWithin(ctx context.Context, limit time.Duration) (time.Duration, error) {
	at, ok, err := s.pusher.Next(ctx)
	if err != nil || !ok || limit < 0 {
		return -1, err
	}
	if at == 0 {
		return 0, nil
	}
	wait := max(at.Time().Sub(s.clock()), 0)
	if wait > limit {
		return -1, nil
	}
	return wait, nil
}

// demand runs a step that the rep asked for: paused or not, but never without
// a portal.
func (s *Syncer) demand(ctx context.Context, d *side, step func(context.Context) error) error {
	connected := false
	err := s.hold(ctx, d, func() bool {
		connected = s.st.connected
		return connected
	}, step)
	if !connected && ctx.Err() == nil {
		return &crm.Error{Kind: crm.Unauthorized, Op: "sync", Msg: "No HubSpot account is connected. Connect one first; what is here is kept."}
	}
	s.judge(ctx, d, err)
	if err == nil {
		s.update(func() { s.st.online = true })
	}
	return err
}

// rest waits as long as an error asks for, or a little, but not for long.
func rest(ctx context.Context, err error) {
	wait := busyFirst
	if e, ok := crm.AsError(err); ok && e.RetryAfter > 0 {
		wait = min(e.RetryAfter, patient)
	}
	sleep(ctx, wait, nil)
}

// hopeless says that another call would not fare better now.
func hopeless(err error) bool {
	switch crm.KindOf(err) {
	case crm.RateLimited, crm.Upstream, crm.Uncertain, crm.Conflict, crm.Invalid, crm.NotFound, crm.Forbidden:
		return false
	case crm.Internal, crm.Unauthorized, crm.Offline, crm.Corrupt, crm.Canceled, crm.Storage, crm.InUse:
	}
	return err != nil
}

package syncer

import (
	"context"
	"log/slog"
	"time"

	"satchel/internal/crm"
)

// Delays after trouble. Each doubles up to its longest, with a random quarter
// on top, so that the desktops of a team do not come back in step.
const (
	probeFirst  = 2 * time.Second
	probeLast   = time.Minute
	busyFirst   = 5 * time.Second // HubSpot cannot, or asked us to wait without saying how long
	busyLast    = 5 * time.Minute
	defectFirst = 30 * time.Second // our own trouble: a full disk, a defect
	defectLast  = 15 * time.Minute
	hintLast    = 25 * time.Hour // the longest wait that HubSpot may ask for: to its midnight
)

// grow is the delay of the n-th failure in a row, from 0.
func (s *Syncer) grow(first, last time.Duration, n int) time.Duration {
	d := last
	if n < 16 {
		d = min(first<<n, last)
	}
	return min(d+share(d/4, s.rand), last)
}

// share is a random part of a time.
func share(d time.Duration, rnd func() float64) time.Duration {
	return time.Duration(rnd() * float64(d))
}

// work runs one step of a side, alone, with a context that Pause and
// Disconnect can end. It does nothing when the state no longer allows it.
func (s *Syncer) work(ctx context.Context, d *side, step func(context.Context) error) error {
	return s.hold(ctx, d, func() bool { return s.st.connected && !s.st.signin && !s.st.paused }, step)
}

// hold is work under a condition of one's own. Its error is of kind Canceled
// only when ctx, Pause or Disconnect ended the step, or kept it from starting.
func (s *Syncer) hold(ctx context.Context, d *side, allowed func() bool, step func(context.Context) error) error {
	if err := d.slot.take(ctx); err != nil {
		return err
	}
	defer d.slot.give()
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	may := false
	s.update(func() {
		if may = allowed(); may {
			d.busy, d.cancel = true, cancel
		}
	})
	if !may {
		return context.Canceled
	}
	defer s.update(func() { d.busy, d.cancel = false, nil })
	err := step(run)
	switch {
	case err == nil:
		return nil
	case run.Err() != nil:
		return context.Canceled
	case crm.KindOf(err) == crm.Canceled: // by somebody else, who gave up
		return &crm.Error{Kind: crm.Upstream, Op: d.name, Msg: "HubSpot took too long to answer. Nothing is lost; it is tried again.", Err: err}
	}
	return err
}

// judge is where the errors of the steps end: it decides what comes next.
func (s *Syncer) judge(ctx context.Context, d *side, err error) {
	if err == nil {
		s.update(d.clear)
		return
	}
	kind := crm.KindOf(err)
	switch kind {
	case crm.Canceled:
		return
	case crm.Offline:
		s.log.InfoContext(ctx, "offline", slog.String("side", d.name), slog.Any("err", err))
		s.update(func() {
			if s.st.online {
				s.st.online, s.st.nextProbe = false, s.clock().Add(probeFirst)
			}
			s.st.message = crm.Message(err)
		})
	case crm.Unauthorized:
		s.log.WarnContext(ctx, "signed out", slog.String("side", d.name), slog.Any("err", err))
		s.update(func() { s.st.signin, s.st.message = true, crm.Message(err) })
	case crm.RateLimited, crm.Upstream, crm.Uncertain:
		s.log.WarnContext(ctx, "hubspot is busy", slog.String("side", d.name), slog.Any("err", err))
		s.postpone(d, err, busyFirst, busyLast)
	case crm.Internal, crm.Invalid, crm.NotFound, crm.Conflict, crm.Forbidden, crm.Corrupt, crm.Storage, crm.InUse:
		if ctx.Err() != nil { // a deadline of ours
			return
		}
		s.log.ErrorContext(ctx, "sync step", slog.String("side", d.name), slog.String("kind", kind.String()), slog.Any("err", err))
		s.postpone(d, err, defectFirst, defectLast)
	}
}

func (s *Syncer) postpone(d *side, err error, first, last time.Duration) {
	s.update(func() {
		delay := s.grow(first, last, d.fails)
		if e, ok := crm.AsError(err); ok && e.RetryAfter > 0 {
			delay = min(e.RetryAfter, hintLast)
		}
		d.fails++
		d.from, d.wait, d.message = s.clock(), delay, crm.Message(err)
	})
}

// patience is how long a side has still to wait. A clock that was set back
// ends the wait.
func (s *Syncer) patience(d *side) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return left(d.from, s.clock(), d.wait)
}

// lineLoop tries HubSpot while it is not reached, so that neither side has to.
func (s *Syncer) lineLoop(ctx context.Context) {
	fails, down := 0, false
	var up time.Time
	for s.await(ctx, s.cut) {
		if !down && s.clock().Sub(up) > probeLast { // it had held for a while
			fails = 0
		}
		down = true
		delay := s.grow(probeFirst, probeLast, fails)
		s.update(func() { s.st.nextProbe = s.clock().Add(delay) })
		sleep(ctx, delay, s.wakeProbe)
		if !s.is(s.cut) || ctx.Err() != nil {
			down = false
			continue
		}
		fails++
		err := s.probe(crm.WithLane(ctx, crm.Flush)) // edits wait for it
		switch {
		case ctx.Err() != nil || crm.KindOf(err) == crm.Offline:
			continue
		case crm.KindOf(err) == crm.Unauthorized:
			s.judge(ctx, &s.pull, err)
			continue
		}
		up, down = s.clock(), false // any answer of HubSpot's will do
		s.log.InfoContext(ctx, "online")
		s.update(func() { s.st.online, s.st.message = true, "" })
		ring(s.wakePush)
	}
}

// cut says, under the lock, whether the line is to be tried.
func (s *Syncer) cut() bool {
	return s.st.connected && !s.st.signin && !s.st.paused && !s.st.online
}

func (s *Syncer) is(holds func() bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return holds()
}

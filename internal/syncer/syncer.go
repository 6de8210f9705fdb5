package syncer

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

// Refresher keeps the local copy fresh.
type Refresher interface {
	// Schema pulls what the records are made of; without types, of all.
	Schema(ctx context.Context, types ...crm.ObjectType) error
	// Backfill pulls everything once, from where it was stopped.
	Backfill(ctx context.Context) error
	// Delta pulls what changed since the last one; without types, of all.
	Delta(ctx context.Context, types ...crm.ObjectType) error
	// Full pulls everything again.
	Full(ctx context.Context) error
}

// Sweeper finds what deltas do not show.
type Sweeper interface {
	// Sweep takes one step.
	Sweep(ctx context.Context) (crm.Swept, error)
	// Reread reads records again, with their associations.
	Reread(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) error
}

// Puller is the way from HubSpot to here. Of its Refresher's methods one runs
// at a time; the Syncer sees to that.
type Puller interface {
	Refresher
	Sweeper
	// Types are those that are pulled, in the order of the navigation.
	Types() []crm.ObjectType
	// Complete says whether Backfill has nothing left to do.
	Complete(ctx context.Context) (bool, error)
	// Pulled counts records since the start of the process.
	Pulled() map[crm.ObjectType]int
}

// Pusher is the way from here to HubSpot.
type Pusher interface {
	// Flush sends everything that is due.
	Flush(ctx context.Context) (crm.FlushResult, error)
	// Next is when the next unfinished operation is due, 0 for now; ok is false
	// when there is none.
	Next(ctx context.Context) (at crm.Millis, ok bool, err error)
	// Check compares what was sent with the properties' histories, and returns
	// how many values of others were found overwritten.
	Check(ctx context.Context) (found int, err error)
}

// Options are what a Syncer stands on.
type Options struct {
	Puller Puller
	Pusher Pusher
	// Bus is told when Status or the outbox changed; nil means nobody listens.
	Bus *bus.Bus
	// Probe is the cheapest call that shows whether HubSpot can be reached. Nil
	// means the schema of one type.
	Probe func(ctx context.Context) error
	// Crowded says whether others search on the same limit, which makes the polls
	// fewer; nil means never.
	Crowded func() bool
	// After is what follows a delta that succeeded, or the pull of all that a start
	// needs, in the background and in nobody's way; several may be followed once. Nil
	// means nothing does.
	After func(ctx context.Context) error
	// Streamed says that somebody tells us what changes, so that nothing has to be
	// asked for; nil means never.
	Streamed func() bool
	// Connected says that a portal is connected; without one nothing is called
	// until Resume.
	Connected bool
	// Clock is our own clock; nil means time.Now.
	Clock func() time.Time
	// Rand gives numbers in [0,1) for the jitter of waits; math/rand/v2 when nil.
	Rand func() float64
	// Log is where errors end; nil discards.
	Log *slog.Logger
}

// Syncer runs the engines. Its methods may be called at any time and from
// anywhere.
type Syncer struct {
	puller Puller
	pusher Pusher
	bus    *bus.Bus
	probe  func(context.Context) error
	clock  func() time.Time
	crowd  func() bool
	after  func(context.Context) error
	stream func() bool
	rand   func() float64
	log    *slog.Logger

	wakePush  chan struct{} // there may be something to send
	wakeProbe chan struct{} // the network may be back
	wakePull  chan struct{} // another type is on screen
	wakeCheck chan struct{} // something was sent
	wakeAfter chan struct{} // a pull succeeded

	mu      sync.Mutex
	st      state
	changed chan struct{} // closed and replaced when st changes
	pull    side
	push    side
	check   side
	later   side
}

// New makes a syncer. It does nothing before Run or Once.
func New(o Options) *Syncer {
	s := &Syncer{
		puller: o.Puller, pusher: o.Pusher, bus: o.Bus, probe: o.Probe, clock: o.Clock, crowd: o.Crowded, stream: o.Streamed, after: o.After, rand: o.Rand, log: o.Log,
		wakePush: make(chan struct{}, 1), wakeProbe: make(chan struct{}, 1), wakePull: make(chan struct{}, 1), wakeCheck: make(chan struct{}, 1), wakeAfter: make(chan struct{}, 1),
		changed: make(chan struct{}),
		st:      state{connected: o.Connected, online: true},
		pull:    side{name: "pull", slot: make(slot, 1)},
		push:    side{name: "push", slot: make(slot, 1)},
		check:   side{name: "check", slot: make(slot, 1)},
		later:   side{name: "after", slot: make(slot, 1)},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.crowd == nil {
		s.crowd = func() bool { return false }
	}
	if s.stream == nil {
		s.stream = func() bool { return false }
	}
	if s.rand == nil {
		s.rand = rand.Float64
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.probe == nil {
		s.probe = s.probeSchema
	}
	return s
}

// Run pulls, pushes and watches the line until ctx is done, which is not an
// error. It runs once at a time.
func (s *Syncer) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { s.pushLoop(ctx) })
	wg.Go(func() { s.pullLoop(ctx) })
	wg.Go(func() { s.checkLoop(ctx) })
	if s.after != nil {
		wg.Go(func() { s.afterLoop(ctx) })
	}
	wg.Go(func() { s.lineLoop(ctx) })
	wg.Wait()
	return nil
}

// Wake says that there is something to send, or that the network may be back:
// the outbox is looked at, and while offline HubSpot is tried at once.
func (s *Syncer) Wake() {
	ring(s.wakePush)
	ring(s.wakeProbe)
}

// Refresh is the rep's "sync now": what Wake does, and the deltas of all types
// at once, as far as the minute's budget of calls goes.
func (s *Syncer) Refresh() {
	s.update(func() { s.st.refresh = true })
	ring(s.wakePull)
	s.Wake()
}

// SetFocus says which type is on screen, which is asked for more often; "" for
// none.
func (s *Syncer) SetFocus(t crm.ObjectType) {
	s.update(func() { s.st.focus = t })
	ring(s.wakePull)
}

// Show says which record has come on screen, or is still there: it is read again
// at once, whatever its type's turn, and its topic is published then. One that was
// just read is not, and one that HubSpot does not have yet cannot be.
func (s *Syncer) Show(t crm.ObjectType, id crm.RemoteID, local crm.LocalID) {
	at := shown{t, id, local}
	wanted := false
	s.update(func() {
		wanted = id != "" && (s.st.verified != at || left(s.st.verifyAt, s.clock(), verifyAgain) == 0)
		if wanted {
			s.st.shown = at
		}
	})
	if wanted {
		ring(s.wakePull)
	}
}

// verifyAgain is how long a record that was read again counts as just read.
const verifyAgain = time.Minute

// Pause stops pulling at once and pushing after what is being sent, or lets
// both go on.
func (s *Syncer) Pause(on bool) {
	s.update(func() {
		s.st.paused = on
		if on {
			s.pull.stop()
		}
	})
	s.Wake()
}

// Resume begins, or goes on after the rep has signed in.
func (s *Syncer) Resume() {
	s.update(func() {
		s.st.connected, s.st.signin, s.st.online, s.st.message = true, false, true, ""
		s.st.portals++
		s.pull.clear()
		s.push.clear()
		s.check.clear()
		s.later.clear()
		select {
		case <-s.wakeAfter: // it was about the portal before
		default:
		}
	})
	ring(s.wakePull)
	s.Wake()
}

// Again looks once more for what is missing of the backfill: the rep has picked
// other types.
func (s *Syncer) Again() {
	s.update(func() { s.st.portals++ })
	ring(s.wakePull)
}

// Disconnect stops everything until Resume, and returns when nothing runs any
// more: then the local copy may be wiped. What was being sent has then either
// been answered or is known to be uncertain.
func (s *Syncer) Disconnect(ctx context.Context) error {
	s.update(func() {
		s.st.connected = false
		s.pull.stop()
		s.push.stop()
		s.check.stop()
		s.later.stop()
	})
	for _, sl := range []slot{s.pull.slot, s.push.slot, s.check.slot, s.later.slot} {
		if err := sl.take(ctx); err != nil {
			return err
		}
		sl.give()
	}
	return nil
}

// probeSchema is the probe of last resort.
func (s *Syncer) probeSchema(ctx context.Context) error {
	return s.work(ctx, &s.pull, func(ctx context.Context) error {
		return s.puller.Schema(ctx, s.types()[0])
	})
}

func (s *Syncer) types() []crm.ObjectType { return s.puller.Types() }

func (s *Syncer) streamed() bool { return s.stream() }

// A slot is held by whoever runs an engine: the loops, or Once.
type slot chan struct{}

func (s slot) take(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s slot) give() { <-s }

// ring leaves a token that somebody will find.
func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// sleep waits for a time, a token or the end of ctx.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-ctx.Done():
	}
}

package budget

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"satchel/internal/crm"
)

// grant answers a waiter: a ticket or an error.
type grant struct {
	ticket *Ticket
	err    error
}

type waiter struct {
	lane    crm.Lane
	granted chan grant // holds one
}

// bucket is one limit. All its decisions are made under its mutex by grant,
// which runs whenever something changes and when the timer says so.
type bucket struct {
	which   Bucket
	timeout time.Duration // of a ticket that never comes back
	maxWait time.Duration
	rand    func() float64
	day     *day // nil where calls do not count for the day

	mu     sync.Mutex
	limit  Limit
	others int // per cent of the limit, left to other programs
	held   []*Ticket
	queues [crm.LaneCount][]*waiter
	fair   fair
	timer  *time.Timer
	smooth *rate.Limiter // spreads the pull
	flow   *rate.Limiter // spreads a long flush
	stop   pause
	peers  peers
	nobody *atomic.Bool // the answers of some bucket say that nobody else is there; shared by all
	calls  int
	use    [crm.LaneCount]usage

	flushed time.Time // when the last call of a flush was let go
	opened  time.Time // when the first call of the pull was
}

func newBucket(which Bucket, l Limit, timeout, maxWait time.Duration, rnd func() float64) *bucket {
	k := &bucket{which: which, timeout: timeout, maxWait: maxWait, rand: rnd, limit: l, fair: newFair(), nobody: &atomic.Bool{}}
	k.peers.pace = startPace
	k.smooth = rate.NewLimiter(k.pullRate(time.Now()), k.smoothBurst(time.Now()))
	k.flow = rate.NewLimiter(k.flowRate(), k.flowBurst())
	return k
}

// inherit takes slots, as if their calls had been answered then.
func (k *bucket) inherit(calls int, then time.Time) {
	for range calls {
		k.held = append(k.held, &Ticket{done: true, free: then.Add(k.hold())})
	}
}

// hold is how long a slot stays taken after its answer: the window, and a
// little for clocks and for a limiter that is not as exact as ours.
func (k *bucket) hold() time.Duration {
	return k.limit.Window + k.limit.Window/200 + 5*time.Millisecond
}

// usable is what the limit has without what is left to other programs.
func (k *bucket) usable() int {
	return max(1, k.limit.Calls-part(k.limit.Calls, k.others))
}

// reserve is what the pull leaves to the rep: a tenth. Where there are few calls
// in a short window, as for search, the next slot comes free soon enough.
func (k *bucket) reserve() int {
	if u := k.usable(); u >= 10 {
		return u / 10
	}
	return 0
}

// keep is how many slots a lane leaves free for more urgent ones that may come.
// While one of these waits already, whose turn it is decides.
func (k *bucket) keep(lane crm.Lane) int {
	switch {
	case lane == crm.Interactive || len(k.queues[crm.Interactive]) > 0:
		return 0
	case k.reserve() < 2:
		return 0
	case lane == crm.Flush || len(k.queues[crm.Flush]) > 0:
		return max(1, k.reserve()/4)
	}
	return k.reserve() / 2
}

// room is how many slots a lane may hold, of which others may need some.
func (k *bucket) room(lane crm.Lane, now time.Time) int {
	room := min(k.usable(), k.limit.Calls-k.peers.count(now, k.limit))
	return max(room-k.keep(lane), 1)
}

// share is what the pull may use of a window: all but the reserve, of which half
// is enough while nothing is flushed.
func (k *bucket) share(now time.Time) float64 {
	if k.flushing(now) {
		return float64(k.usable() - k.reserve())
	}
	return float64(k.usable() - k.reserve()/2)
}

// flushing says whether edits were sent in the last window.
func (k *bucket) flushing(now time.Time) bool {
	return !k.flushed.IsZero() && now.Sub(k.flushed) <= k.limit.Window
}

func (k *bucket) pullRate(now time.Time) rate.Limit {
	return rate.Limit(k.share(now) * k.haste(now) / k.limit.Window.Seconds() * k.peers.pace)
}

// haste is how much faster than at its rate the pull goes while a tenth of its
// slots and more is free, as it is at first: so the first window is used as well,
// and what needs no more than half of a window's calls does not wait for it to
// pass. Beside a flush it does not hurry.
func (k *bucket) haste(now time.Time) float64 {
	if k.peers.pace < 1 || k.flushing(now) {
		return 1
	}
	first := k.opened.IsZero() || now.Sub(k.opened) < k.limit.Window
	switch room := k.room(crm.Backfill, now); {
	case first && k.reserve() > 1 && 2*len(k.held) < room:
		return 4
	case 10*len(k.held) < 9*room:
		return 1.5
	}
	return 1
}

// smoothBurst lets a third of a second's worth go at once.
func (k *bucket) smoothBurst(now time.Time) int {
	return max(1, int(float64(k.pullRate(now))/3))
}

// flowRate and flowBurst let an eighth of a window's worth of a flush go at once,
// and nearly all of the limit in the long run, so that slots come free one after
// the other, for whoever waits. What the rep waits for keeps to it when others
// wait too and it has had its head start.
func (k *bucket) flowRate() rate.Limit {
	return rate.Limit((float64(k.usable()) - float64(k.reserve())/4) / k.limit.Window.Seconds())
}

func (k *bucket) flowBurst() int { return max(1, k.usable()/8) }

func (k *bucket) enqueue(lane crm.Lane) *waiter {
	w := &waiter{lane: lane, granted: make(chan grant, 1)}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.queues[lane] = append(k.queues[lane], w)
	k.grant(time.Now())
	return w
}

// leave takes a waiter that gave up out of the queue, or gives back the ticket
// that it got in the same moment.
func (k *bucket) leave(w *waiter) {
	k.mu.Lock()
	defer k.mu.Unlock()
	q := k.queues[w.lane]
	if i := slices.Index(q, w); i >= 0 {
		k.queues[w.lane] = slices.Delete(q, i, i+1)
	}
	select {
	case g := <-w.granted:
		if g.ticket != nil {
			g.ticket.done = true
			k.drop(g.ticket)
		}
	default:
	}
	k.grant(time.Now())
}

// grant lets go whoever may, in the order of fair, and sets the timer for the
// next one. The caller holds the mutex.
func (k *bucket) grant(now time.Time) {
	k.held = slices.DeleteFunc(k.held, func(t *Ticket) bool { return !t.free.After(now) })
	if k.timer != nil {
		k.timer.Stop()
	}
	k.refuse(now)
	for {
		lane, at, any := k.turn(now)
		switch {
		case !any:
			return
		case at.After(now):
			k.wake(at.Sub(now))
			return
		}
		w := k.queues[lane][0]
		k.queues[lane] = k.queues[lane][1:]
		k.fair.served(lane, k.peers.about(now, k.limit))
		w.granted <- grant{ticket: k.issue(lane, now)}
	}
}

// turn is whose call goes next, and when, and whether anybody waits. What a call
// that goes now takes has been taken.
func (k *bucket) turn(now time.Time) (next crm.Lane, at time.Time, waits bool) {
	order := k.fair.order(func(l crm.Lane) bool { return len(k.queues[l]) > 0 }, k.limit.Calls)
	for _, lane := range order {
		t := k.earliest(lane, now)
		if !waits || t.Before(at) {
			next, at, waits = lane, t, true
		}
		if !t.After(now) {
			break
		}
	}
	return next, at, waits
}

func (k *bucket) wake(d time.Duration) {
	if k.timer != nil {
		k.timer.Reset(d)
		return
	}
	k.timer = time.AfterFunc(d, func() { k.regrant(time.Now()) })
}

// regrant looks again at who may go.
func (k *bucket) regrant(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.grant(now)
}

func (k *bucket) issue(lane crm.Lane, now time.Time) *Ticket {
	k.calls++
	k.use[lane].calls++
	k.use[lane].minute.add(now)
	switch {
	case lane == crm.Flush:
		k.flushed = now
	case !lane.Edits() && k.opened.IsZero():
		k.opened = now
	}
	if k.day != nil {
		k.day.spent(now)
	}
	t := &Ticket{bucket: k, lane: lane, issued: now, free: now.Add(k.timeout + k.hold()), seq: k.calls}
	k.held = append(k.held, t)
	t.held = len(k.held)
	return t
}

// earliest is when the lane's next call may go, now at the earliest. A time
// in the far future is right too: Done asks again.
func (k *bucket) earliest(lane crm.Lane, now time.Time) time.Time {
	if until, _ := k.paused(now); until.After(now) {
		return until
	}
	if at := k.slot(lane, now); at.After(now) {
		return at
	}
	pull := !lane.Edits()
	if pull && k.day != nil {
		if at := k.day.next(now); at.After(now) {
			return at
		}
	}
	switch {
	case pull || k.peers.about(now, k.limit):
		k.peers.keepUp(now, k.limit, k.share(now), k.nobody.Load() && !k.flushing(now))
		if at := pace(k.smooth, now, k.pullRate(now), k.smoothBurst(now)); at.After(now) {
			return at
		}
	case lane == crm.Flush || k.contended() && !k.fair.ahead(lane):
		if at := pace(k.flow, now, k.flowRate(), k.flowBurst()); at.After(now) {
			return at
		}
	}
	if pull && k.day != nil {
		k.day.take(now)
	}
	return now
}

// contended says whether more than one lane waits.
func (k *bucket) contended() bool {
	n := 0
	for _, q := range k.queues {
		n += min(len(q), 1)
	}
	return n > 1
}

// slot is when there is a slot for the lane.
func (k *bucket) slot(lane crm.Lane, now time.Time) time.Time {
	if over := len(k.held) - k.room(lane, now); over >= 0 {
		return nth(k.held, over)
	}
	if lane != crm.Sweep {
		return now
	}
	var sweeps []*Ticket
	for _, t := range k.held {
		if t.lane == crm.Sweep {
			sweeps = append(sweeps, t)
		}
	}
	if over := len(sweeps) - sweepCap(k.usable()); over >= 0 {
		return nth(sweeps, over)
	}
	return now
}

// nth is when the slots of so many tickets, and of one more, are free.
func nth(ts []*Ticket, n int) time.Time {
	if n == 0 {
		return slices.MinFunc(ts, func(a, b *Ticket) int { return a.free.Compare(b.free) }).free
	}
	free := make([]time.Time, len(ts))
	for i, t := range ts {
		free[i] = t.free
	}
	slices.SortFunc(free, time.Time.Compare)
	return free[min(n, len(free)-1)]
}

// pace takes a token of the limiter, at its rate of now, or says when there is one.
func pace(l *rate.Limiter, now time.Time, r rate.Limit, burst int) time.Time {
	l.SetLimitAt(now, r)
	l.SetBurstAt(now, burst)
	token := l.ReserveN(now, 1)
	if d := token.DelayFrom(now); d > 0 {
		token.CancelAt(now)
		return now.Add(d)
	}
	return now
}

// refuse answers waiters who would wait too long.
func (k *bucket) refuse(now time.Time) {
	until, policy := k.paused(now)
	paused := until.Sub(now) > k.maxWait
	for lane := range k.queues {
		if len(k.queues[lane]) == 0 {
			continue
		}
		var err error
		switch {
		case paused:
			err = tooLong(k.which, policy, until.Sub(now))
		case k.day != nil && !crm.Lane(lane).Edits():
			if wait := k.day.next(now).Sub(now); wait > k.maxWait {
				err = slowDay(k.which, wait)
			}
		}
		if err == nil {
			continue
		}
		for _, w := range k.queues[lane] {
			w.granted <- grant{err: err}
		}
		k.queues[lane] = nil
	}
}

// setLeave says how much of the limit is other programs'.
func (k *bucket) setLeave(percent int, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.others = percent
	k.grant(now)
}

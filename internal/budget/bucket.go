package budget

import (
	"net/http"
	"slices"
	"sync"
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

	mu       sync.Mutex
	limit    Limit
	held     []*Ticket
	queues   [crm.LaneCount][]*waiter
	timer    *time.Timer
	smooth   *rate.Limiter // spreads the background
	stop     pauses
	peers    peers
	calls    int
	rejected int
	daily    int
	dayLeft  int
}

// pauses are what HubSpot asked for.
type pauses struct {
	until           time.Time // all lanes
	policy          string
	backgroundUntil time.Time // the day's rest is kept for interactive calls
}

func newBucket(which Bucket, l Limit, timeout, maxWait time.Duration, rnd func() float64) *bucket {
	k := &bucket{which: which, timeout: timeout, maxWait: maxWait, rand: rnd, limit: l}
	k.peers.pace = startPace
	k.smooth = rate.NewLimiter(k.backgroundRate(), k.smoothBurst())
	return k
}

// inherit takes all slots, as if their calls had been answered now.
func (k *bucket) inherit(now time.Time) {
	for range k.limit.Calls {
		k.held = append(k.held, &Ticket{done: true, free: now.Add(k.hold())})
	}
}

// hold is how long a slot stays taken after its answer: the window, and a
// little for clocks and for a limiter that is not as exact as ours.
func (k *bucket) hold() time.Duration {
	return k.limit.Window + k.limit.Window/200 + 5*time.Millisecond
}

// reserve is what the background leaves: one call of search, a tenth of the
// others.
func (k *bucket) reserve() int {
	switch {
	case k.limit.Calls < 2:
		return 0
	case k.which == Search:
		return 1
	}
	return max(1, k.limit.Calls/10)
}

// room is how many slots a lane may hold, of which others may need some.
func (k *bucket) room(lane crm.Lane, now time.Time) int {
	room := k.limit.Calls - k.peers.count(now, k.limit)
	if !lane.Edits() {
		room -= k.reserve() / 2
	}
	return max(room, 1)
}

// share is what the background may use of a window when it is alone.
func (k *bucket) share() float64 { return float64(k.limit.Calls - k.reserve()) }

func (k *bucket) backgroundRate() rate.Limit {
	return rate.Limit(k.share() / k.limit.Window.Seconds() * k.peers.pace)
}

// smoothBurst lets a third of a second's worth go at once.
func (k *bucket) smoothBurst() int {
	return max(1, int(float64(k.backgroundRate())/3))
}

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

// grant lets go whoever may, first the interactive calls, and sets the timer
// for the next one. The caller holds the mutex.
func (k *bucket) grant(now time.Time) {
	k.held = slices.DeleteFunc(k.held, func(t *Ticket) bool { return !t.free.After(now) })
	if k.timer != nil {
		k.timer.Stop()
	}
	k.refuse(now)
	for lane := range k.queues {
		for len(k.queues[lane]) > 0 {
			at := k.earliest(crm.Lane(lane), now)
			if at.After(now) {
				k.wake(at.Sub(now))
				return // the background is never let past an interactive call
			}
			w := k.queues[lane][0]
			k.queues[lane] = k.queues[lane][1:]
			w.granted <- grant{ticket: k.issue(now)}
		}
	}
}

func (k *bucket) wake(d time.Duration) {
	if k.timer != nil {
		k.timer.Reset(d)
		return
	}
	k.timer = time.AfterFunc(d, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.grant(time.Now())
	})
}

func (k *bucket) issue(now time.Time) *Ticket {
	k.calls++
	t := &Ticket{bucket: k, free: now.Add(k.timeout + k.hold()), seq: k.calls}
	k.held = append(k.held, t)
	t.held = len(k.held)
	return t
}

// earliest is when the lane's next call may go, now at the earliest. A time
// in the far future is right too: Done asks again.
func (k *bucket) earliest(lane crm.Lane, now time.Time) time.Time {
	if until, _ := k.paused(lane); until.After(now) {
		return until
	}
	if over := len(k.held) - k.room(lane, now); over >= 0 {
		free := make([]time.Time, len(k.held))
		for i, t := range k.held {
			free[i] = t.free
		}
		slices.SortFunc(free, time.Time.Compare)
		return free[min(over, len(free)-1)]
	}
	if !lane.Edits() || k.peers.about(now, k.limit) {
		k.peers.keepUp(now, k.limit, k.share())
		k.smooth.SetLimitAt(now, k.backgroundRate())
		k.smooth.SetBurstAt(now, k.smoothBurst())
		r := k.smooth.ReserveN(now, 1)
		if d := r.DelayFrom(now); d > 0 {
			r.CancelAt(now)
			return now.Add(d)
		}
	}
	return now
}

func (k *bucket) paused(lane crm.Lane) (time.Time, string) {
	if !lane.Edits() && k.stop.backgroundUntil.After(k.stop.until) {
		return k.stop.backgroundUntil, PolicyDaily
	}
	return k.stop.until, k.stop.policy
}

// refuse answers waiters whose pause is too long to sit out.
func (k *bucket) refuse(now time.Time) {
	for lane := range k.queues {
		until, policy := k.paused(crm.Lane(lane))
		if wait := until.Sub(now); wait > k.maxWait {
			for _, w := range k.queues[lane] {
				w.granted <- grant{err: tooLong(k.which, policy, wait)}
			}
			k.queues[lane] = nil
		}
	}
}

// done takes a ticket back; false when it was back already.
func (k *bucket) done(t *Ticket, a Answer, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.done {
		return false
	}
	t.done = true
	t.free = now.Add(k.hold())
	if a.Unsent {
		k.drop(t)
	}
	k.learn(t, a, now)
	if a.Status == http.StatusTooManyRequests {
		k.rejected++
		k.peers.refused(now, k.limit)
		if a.Policy != PolicyDaily {
			k.setPause(now.Add(k.pauseFor(a, now)), a.Policy)
		}
	}
	k.grant(now)
	return true
}

func (k *bucket) drop(t *Ticket) {
	if i := slices.Index(k.held, t); i >= 0 {
		k.held = slices.Delete(k.held, i, i+1)
	}
}

// learn reads the burst headers. Only burst answers carry their own bucket's
// figures: search has none, and what associations send is not documented.
func (k *bucket) learn(t *Ticket, a Answer, now time.Time) {
	if k.which != Burst {
		return
	}
	most, ok := number(a.Header, "X-HubSpot-RateLimit-Max")
	if !ok || most < 1 || most > 5000 {
		return
	}
	k.limit.Calls = most
	if ms, ok := number(a.Header, "X-HubSpot-RateLimit-Interval-Milliseconds"); ok && ms >= 100 && ms <= 60_000 {
		k.limit.Window = time.Duration(ms) * time.Millisecond
	}
	if left, ok := number(a.Header, "X-HubSpot-RateLimit-Remaining"); ok && left <= most {
		ours := t.held + k.calls - t.seq // at most so many of ours were in HubSpot's window
		k.peers.observe(now, k.limit, most-left-ours, most-left)
	}
}

// pauseFor is how long a 429 stops the bucket: what Retry-After says, else
// until the window of its policy is over, and a little jitter, so that forty
// desktops do not come back in the same millisecond.
func (k *bucket) pauseFor(a Answer, now time.Time) time.Duration {
	d, ok := RetryAfter(a.Header, now)
	switch {
	case ok:
	case a.Policy == PolicyTenSecondly && k.peers.count(now, k.limit) > k.limit.Calls/2:
		// All of them were refused now, and the window is a rolling one.
		return 10*time.Second + time.Duration(k.rand()*float64(10*time.Second))
	case a.Policy == PolicyTenSecondly:
		d = 10 * time.Second
	case a.Policy == PolicySecondly && k.peers.again:
		// Others were refused in this second too, and all would be back in the next.
		return time.Second + time.Duration(k.rand()*float64(1900*time.Millisecond))
	case a.Policy == PolicySecondly:
		d = time.Second
	default:
		d = k.limit.Window
	}
	return d + time.Duration(k.rand()*0.1*float64(max(d, time.Second)))
}

func (k *bucket) setPause(until time.Time, policy string) {
	if until.After(k.stop.until) {
		k.stop.until, k.stop.policy = until, policy
	}
}

// lonely is how long after a refusal others count as gone.
const lonely = 5 * time.Minute

func (k *bucket) crowded(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.peers.slowed.IsZero() && now.Sub(k.peers.slowed) < lonely
}

func (k *bucket) pause(now, until time.Time, policy string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.setPause(until, policy)
	k.grant(now)
}

// pauseBackground keeps the day's last calls for interactive work, or ends
// that.
func (k *bucket) pauseBackground(now time.Time, low bool, until time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stop.backgroundUntil = time.Time{}
	if low {
		k.stop.backgroundUntil = until
	}
	k.grant(now)
}

func (k *bucket) sawDaily(all, left int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.daily, k.dayLeft = all, left
}

func (k *bucket) dailyStats() (all, left int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.daily, k.dayLeft
}

func (k *bucket) stats(now time.Time) BucketStats {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := BucketStats{
		Calls: k.calls, Rejected: k.rejected, Limit: k.limit.Calls, Window: k.limit.Window,
		Peers: k.peers.count(now, k.limit),
	}
	for _, q := range k.queues {
		s.Waiting += len(q)
	}
	for _, t := range k.held {
		if t.free.After(now) {
			s.Held++
		}
	}
	if k.stop.until.After(now) {
		s.PausedUntil, s.Policy = k.stop.until, k.stop.policy
	}
	return s
}

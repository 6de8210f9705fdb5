package budget

import (
	"net/http"
	"slices"
	"time"
)

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
		k.use[t.lane].rejected++
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
		k.nobody.Store(k.peers.certainly())
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

// pause is what HubSpot asked for.
type pause struct {
	until  time.Time
	policy string
}

func (k *bucket) setPause(until time.Time, policy string) {
	if until.After(k.stop.until) {
		k.stop = pause{until, policy}
	}
}

// paused is until when HubSpot has stopped the bucket, and by which limit. One
// that seems to be longer than any day was set by a clock that was wrong.
func (k *bucket) paused(now time.Time) (time.Time, string) {
	if k.stop.until.Sub(now) > longest {
		k.stop = pause{}
	}
	return k.stop.until, k.stop.policy
}

// lonely is how long after a refusal others count as gone.
const lonely = 5 * time.Minute

func (k *bucket) crowded(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.peers.slowed.IsZero() && now.Sub(k.peers.slowed) < lonely
}

func (k *bucket) stopFor(now, until time.Time, policy string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.setPause(until, policy)
	k.grant(now)
}

package budget

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"satchel/internal/crm"
)

// Ticket allows one call. It must be handed back with Done exactly when the
// answer has been read to its end, or the call has failed.
type Ticket struct {
	budget *Budget
	bucket *bucket
	lane   crm.Lane
	issued time.Time
	free   time.Time // when the slot is free again; set by the bucket
	held   int       // slots taken when it was handed out, its own included
	seq    int       // how many tickets the bucket had handed out by then
	done   bool
}

// Answer is what became of a call.
type Answer struct {
	Status int         // 0 when there was no answer
	Header http.Header // of the answer; may be nil
	Policy string      // policyName of a 429's body
	// Unsent says that certainly nothing reached HubSpot (the dial failed), so
	// the slot is free at once.
	Unsent bool
}

// Done hands the ticket back. Only the first call counts.
func (t *Ticket) Done(a Answer) {
	now := time.Now()
	if !t.bucket.done(t, a, now) {
		return
	}
	day := t.budget.day
	all, left, told := dailyOf(a.Header)
	switch {
	case t.bucket.day == nil:
	case told:
		day.observe(t.issued, now, all, left)
	default:
		day.back()
	}
	var until time.Time
	if a.Status == http.StatusTooManyRequests && a.Policy == PolicyDaily {
		until = day.refused(t.issued, now)
	}
	for _, which := range counted() {
		k := t.budget.buckets[which]
		switch {
		case until.After(now) && (k == t.bucket || !t.bucket.alone()):
			k.stopFor(now, until, PolicyDaily)
		case told:
			k.regrant(now)
		}
	}
}

// alone says whether the bucket has a daily limit of its own: associations have
// one where calls as such have none.
func (k *bucket) alone() bool { return k.which == Associations && !k.day.limited() }

// dailyOf reads the daily headers, which OAuth apps' answers do not have.
func dailyOf(h http.Header) (all, left int, told bool) {
	all, okAll := number(h, "X-HubSpot-RateLimit-Daily")
	left, okLeft := number(h, "X-HubSpot-RateLimit-Daily-Remaining")
	return all, left, okAll && okLeft && all > 0
}

func number(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	return n, err == nil && n >= 0
}

// maxPause bounds what a Retry-After may ask for; only the daily limit pauses
// longer.
const maxPause = 15 * time.Minute

// RetryAfter reads the header in both its forms, seconds and a date, clamped
// to 15 minutes. ok is false when it is absent or unreadable.
func RetryAfter(h http.Header, now time.Time) (d time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if s, err := strconv.Atoi(v); err == nil {
		return min(max(time.Duration(min(s, int(maxPause/time.Second)))*time.Second, 0), maxPause), true
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxPause), true
}

package budget

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"satchel/internal/crm"
)

// Bucket is one of the limits that HubSpot counts on its own.
type Bucket int

// The buckets. Search and the batch endpoints of associations are exempt from
// the ten-second limit and have their own (x-hubspot-rate-limit-exemptions in
// HubSpot's OpenAPI files); the token endpoint is limited by itself.
const (
	Burst Bucket = iota
	Search
	Associations
	OAuth
	bucketCount
)

// String names the bucket for logs and statistics.
func (b Bucket) String() string {
	switch b {
	case Burst:
		return "burst"
	case Search:
		return "search"
	case Associations:
		return "associations"
	case OAuth:
		return "oauth"
	case bucketCount:
	}
	return "unknown"
}

// HubSpot's names of its limits, as in a 429's policyName.
const (
	PolicyTenSecondly = "TEN_SECONDLY_ROLLING"
	PolicySecondly    = "SECONDLY"
	PolicyDaily       = "DAILY"
)

// Limit is a number of calls per window.
type Limit struct {
	Calls  int
	Window time.Duration
}

// Reserve is what is left to other programs, in per cent of a limit, 0 to
// MaxReserve. The burst is an app's own; its part counts for associations as well.
// Search is shared by all apps of an account, and the daily limit by its private
// apps. Edits go into the reserve of the day: they are few, and must not wait for
// tomorrow.
type Reserve struct {
	Burst  int
	Search int
	Daily  int
}

// MaxReserve is the largest reserve: something is always Satchel's.
const MaxReserve = 90

// Options say what is known in advance. Every zero value is good.
type Options struct {
	// Burst is corrected by the headers of the first answer. Zero is 110 calls
	// per 10 s, an OAuth app's limit per portal; the lowest plan of a pasted
	// token has 100.
	Burst Limit
	// Search is 5 calls per second and portal when zero. Its answers carry no
	// headers to learn from.
	Search Limit
	// Associations is 100 calls per 10 s when zero: the lowest of the plans
	// (Professional and Enterprise have 150), since no answer tells.
	Associations Limit
	// OAuth is 20 calls per 10 s when zero. HubSpot limits its token endpoint
	// and does not say how; a desktop needs two an hour.
	OAuth Limit
	// MaxWait is how long Acquire waits for a pause to end, 30 s when zero. A
	// longer one (DAILY) is an error at once, so that it can be shown.
	MaxWait time.Duration
	// CallTimeout is when a ticket that was never handed back counts as
	// answered, 60 s when zero. It must exceed the caller's own timeout.
	CallTimeout time.Duration
	// Zone is the portal's, where the daily limit starts anew; UTC when nil.
	Zone *time.Location
	// Reserve is what is left to other programs at first.
	Reserve Reserve
	// Heir says that a process before this one may have called until a moment ago,
	// as after a crash: its searches, of which no header tells, count as ours. What
	// it used of the burst is learned from the first answer.
	Heir bool
	// Spent is what that process counted at its end, where that is known: what is
	// still in HubSpot's window is then known to be ours, and nobody else's.
	Spent map[Bucket]Spent
	// Rand gives numbers in [0,1) for jitter; math/rand/v2 when nil.
	Rand func() float64
}

// Spent is how many slots of a bucket were taken, and when.
type Spent struct {
	Calls int
	At    time.Time
}

// Budget is safe for concurrent use. Make one with New, one per portal and
// app.
type Budget struct {
	maxWait time.Duration
	buckets [bucketCount]*bucket
	day     *day
}

// New makes a budget of which nothing is used yet.
func New(o Options) *Budget {
	b := &Budget{maxWait: or(o.MaxWait, 30*time.Second), day: newDay(o.Zone, o.Reserve.Daily)}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	timeout := or(o.CallTimeout, time.Minute)
	limits := [bucketCount]Limit{
		Burst:        orLimit(o.Burst, Limit{110, 10 * time.Second}),
		Search:       orLimit(o.Search, Limit{5, time.Second}),
		Associations: orLimit(o.Associations, Limit{100, 10 * time.Second}),
		OAuth:        orLimit(o.OAuth, Limit{20, 10 * time.Second}),
	}
	for i, l := range limits {
		b.buckets[i] = newBucket(Bucket(i), l, timeout, b.maxWait, o.Rand)
	}
	for _, which := range counted() {
		b.buckets[which].day = b.day
		b.buckets[which].nobody = b.buckets[Burst].nobody
	}
	b.SetReserve(o.Reserve)
	now := time.Now()
	if o.Heir {
		k := b.buckets[Search]
		k.inherit(k.limit.Calls, now)
	}
	for which, s := range o.Spent {
		if !s.At.After(now) { // else a clock was wrong
			b.buckets[which].inherit(min(s.Calls, b.buckets[which].limit.Calls), s.At)
		}
	}
	return b
}

func or(d, fallback time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return fallback
}

func orLimit(l, fallback Limit) Limit {
	if l.Calls > 0 && l.Window > 0 {
		return l
	}
	return fallback
}

// Crowded says whether others search on the same limit: HubSpot has refused a
// search within the last minutes, although we keep below it by ourselves.
func (b *Budget) Crowded() bool { return b.buckets[Search].crowded(time.Now()) }

// SetZone tells the budget the portal's time zone once it is known.
func (b *Budget) SetZone(z *time.Location) {
	if z == nil {
		return
	}
	b.day.setZone(z)
}

// SetReserve changes what is left to other programs, at once.
func (b *Budget) SetReserve(r Reserve) {
	now := time.Now()
	b.day.setLeave(r.Daily)
	b.buckets[Burst].setLeave(r.Burst, now)
	b.buckets[Search].setLeave(r.Search, now)
	b.buckets[Associations].setLeave(r.Burst, now)
}

// counted are the buckets whose calls count for the day.
func counted() []Bucket { return []Bucket{Burst, Search, Associations} }

// Acquire waits until one more call of the bucket may leave, in the lane of
// ctx, and returns its ticket, which must be handed back with Done. Nothing
// has been sent when it fails: with kind RateLimited when HubSpot has paused
// the bucket for longer than Options.MaxWait or the deadline of ctx allows,
// with kind Canceled when ctx was.
func (b *Budget) Acquire(ctx context.Context, which Bucket) (*Ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, stopped(which, err)
	}
	k := b.buckets[which]
	w := k.enqueue(crm.LaneOf(ctx))
	select {
	case g := <-w.granted:
		if g.ticket != nil {
			g.ticket.budget = b
		}
		return g.ticket, g.err
	case <-ctx.Done():
		k.leave(w)
		return nil, stopped(which, ctx.Err())
	}
}

func stopped(which Bucket, cause error) error {
	op := "wait for the " + which.String() + " budget"
	if errors.Is(cause, context.DeadlineExceeded) {
		return &crm.Error{
			Kind: crm.RateLimited, Op: op, Err: cause,
			Msg: "HubSpot's limit of calls is used up at the moment. Nothing was lost; it is tried again by itself.",
		}
	}
	return &crm.Error{Kind: crm.Canceled, Op: op, Err: cause, Msg: "Stopped. Nothing was lost."}
}

func tooLong(which Bucket, policy string, wait time.Duration) error {
	msg := fmt.Sprintf("HubSpot asked Satchel to wait for %s. Your edits are kept and go out by themselves then.", wait.Round(time.Second))
	if policy == PolicyDaily {
		msg = "The portal's daily limit of HubSpot calls is used up. It starts anew at midnight in the portal's time zone. Satchel tries again in " +
			wait.Round(time.Minute).String() + ". Your edits are kept and go out by themselves then."
	}
	return &crm.Error{
		Kind: crm.RateLimited, Op: "wait for the " + which.String() + " budget", Msg: msg,
		RetryAfter: wait, Policy: policy,
	}
}

func slowDay(which Bucket, wait time.Duration) error {
	return &crm.Error{
		Kind: crm.RateLimited, Op: "wait for the " + which.String() + " budget", Policy: PolicyDaily, RetryAfter: min(wait, daySoon),
		Msg: "What is left of the portal's daily limit of HubSpot calls is being made to last until midnight in the portal's time zone, " +
			"so that edits can still go out. Pulling goes on by itself as far as it lasts; your edits are sent as usual.",
	}
}

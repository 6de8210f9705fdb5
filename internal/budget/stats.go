package budget

import (
	"time"

	"satchel/internal/crm"
)

// Stats is what the budget has seen since it was made.
type Stats struct {
	Burst        BucketStats
	Search       BucketStats
	Associations BucketStats
	OAuth        BucketStats
	Day          DayStats
}

// BucketStats is the state of one bucket.
type BucketStats struct {
	Calls       int // tickets handed out
	Rejected    int // 429s
	Limit       int
	Window      time.Duration
	Reserve     int // of Limit, left to other programs
	Held        int // slots taken: on their way, or answered less than a window ago
	Waiting     int
	Peers       int       // calls of other programs in the current window, as far as is known
	PausedUntil time.Time // zero when HubSpot has not paused it
	Policy      string    // the limit that paused it
	Lanes       []LaneStats
}

// LaneStats is who uses a bucket.
type LaneStats struct {
	Lane       string
	Calls      int
	Rejected   int // 429s
	Waiting    int
	LastMinute int // calls
}

// DayStats is the daily limit; all of it is zero for sign-ins that have none.
type DayStats struct {
	Limit   int
	Left    int // by HubSpot's count, for all programs
	Ours    int // calls of this program since the day, or the program, began
	Others  int // calls of other programs since then, as far as is known
	Reserve int // of Limit, left to other programs by the pull
	Edits   int // of Limit, kept for edits
	Ends    time.Time
	// Slow says that the pull is spread so that the day's calls last until Ends, and
	// Next when its next call may go.
	Slow bool
	Next time.Time
}

// Calls is the number of calls of all buckets.
func (s Stats) Calls() int {
	return s.Burst.Calls + s.Search.Calls + s.Associations.Calls + s.OAuth.Calls
}

// Rejected is the number of 429s of all buckets.
func (s Stats) Rejected() int {
	return s.Burst.Rejected + s.Search.Rejected + s.Associations.Rejected + s.OAuth.Rejected
}

// Stats takes a snapshot.
func (b *Budget) Stats() Stats {
	now := time.Now()
	return Stats{
		Burst:        b.buckets[Burst].stats(now),
		Search:       b.buckets[Search].stats(now),
		Associations: b.buckets[Associations].stats(now),
		OAuth:        b.buckets[OAuth].stats(now),
		Day:          b.day.stats(now),
	}
}

func (k *bucket) stats(now time.Time) BucketStats {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := BucketStats{
		Calls: k.calls, Limit: k.limit.Calls, Window: k.limit.Window,
		Reserve: k.limit.Calls - k.usable(), Peers: k.peers.count(now, k.limit),
	}
	for l := range crm.LaneCount {
		u := &k.use[l]
		s.Lanes = append(s.Lanes, LaneStats{
			Lane: l.String(), Calls: u.calls, Rejected: u.rejected, Waiting: len(k.queues[l]), LastMinute: u.minute.sum(now),
		})
		s.Rejected += u.rejected
		s.Waiting += len(k.queues[l])
	}
	for _, t := range k.held {
		if t.free.After(now) {
			s.Held++
		}
	}
	if until, policy := k.paused(now); until.After(now) {
		s.PausedUntil, s.Policy = until, policy
	}
	return s
}

func (d *day) stats(now time.Time) DayStats {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all == 0 {
		return DayStats{}
	}
	at, slow := d.plan(now)
	_, end := dayOf(now, d.zone)
	s := DayStats{
		Limit: d.all, Left: d.left, Ours: d.ours, Reserve: d.others(), Edits: d.edits(), Ends: end, Slow: slow,
	}
	if d.first > 0 {
		s.Others = max(d.first-d.left-d.ours, 0)
	}
	if slow {
		s.Next = at
	}
	return s
}

// usage is what one lane has done with a bucket.
type usage struct {
	calls    int
	rejected int
	minute   minute
}

// minute counts what happened in the last sixty seconds, by the second.
type minute struct {
	second [60]int64
	n      [60]int
}

func (m *minute) add(now time.Time) {
	s := now.Unix()
	i := s % 60
	if m.second[i] != s {
		m.second[i], m.n[i] = s, 0
	}
	m.n[i]++
}

func (m *minute) sum(now time.Time) int {
	s, sum := now.Unix(), 0
	for i, at := range m.second {
		if at > s-60 && at <= s {
			sum += m.n[i]
		}
	}
	return sum
}

package budget

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// account is an account with a daily limit: HubSpot's side of it.
type account struct {
	zone *time.Location
	all  int

	mu     sync.Mutex
	used   int
	date   string
	hours  [24]int // calls of ours by the hour
	denied int
}

// spend takes calls of the day, of whatever program, and says how many are left.
func (a *account) spend(n int) (left int, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now().In(a.zone)
	if date := now.Format(time.DateOnly); date != a.date {
		a.date, a.used = date, 0
	}
	if a.used+n > a.all {
		a.denied++
		return 0, false
	}
	a.used += n
	return a.all - a.used, true
}

func (a *account) call(ctx context.Context, b *Budget) error {
	t, err := b.Acquire(ctx, Burst)
	if err != nil {
		return err
	}
	time.Sleep(50 * time.Millisecond)
	left, ok := a.spend(1)
	answer := Answer{Status: 200, Header: daily(a.all, left)}
	if !ok {
		answer.Status, answer.Policy = 429, PolicyDaily
	}
	a.mu.Lock()
	a.hours[time.Now().In(a.zone).Hour()]++
	a.mu.Unlock()
	t.Done(answer)
	return nil
}

// pull calls for ever, as the syncer does: refused, it comes back when it is told.
func (a *account) pull(ctx context.Context, b *Budget) {
	for ctx.Err() == nil {
		err := a.call(ctx, b)
		if e, ok := crm.AsError(err); ok && ctx.Err() == nil {
			select {
			case <-time.After(max(e.RetryAfter, time.Second)):
			case <-ctx.Done():
			}
		}
	}
}

func daily(all, left int) http.Header {
	return http.Header{
		"X-Hubspot-Ratelimit-Daily": {strconv.Itoa(all)}, "X-Hubspot-Ratelimit-Daily-Remaining": {strconv.Itoa(left)},
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// A pull that never ends: it runs freely at first, has something left for every
// hour of the day, and never touches what is kept for edits and for others.
func TestDay_LastsUntilMidnight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is midnight UTC
		z := zone(t, "America/New_York") // 19:00
		a := &account{zone: z, all: 20_000}
		b := New(Options{Zone: z, Reserve: Reserve{Daily: 20}})
		time.Sleep(5 * time.Hour) // its midnight
		ctx, cancel := context.WithTimeout(background(t), 24*time.Hour-time.Second)
		defer cancel()
		var pulls sync.WaitGroup
		for range 3 {
			pulls.Go(func() { a.pull(ctx, b) })
		}
		pulls.Wait()
		used := a.used
		plan := 20_000 - 1_000 - 4_000
		t.Logf("%d of %d calls, by the hour %v", used, plan, a.hours)
		require.Greater(t, a.hours[0], plan/6, "a first backfill runs freely")
		for h := range 24 {
			require.Greater(t, a.hours[h], plan/50, "hour %d", h)
		}
		require.LessOrEqual(t, used, plan)
		require.Greater(t, used, plan*95/100)
		require.Zero(t, a.denied)
		require.GreaterOrEqual(t, b.Stats().Day.Left, 5_000)
	})
}

// What an answer says of the day is without the calls that are still on their way;
// and an answer that was overtaken by a later one says nothing.
func TestDay_CountsWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		leave := func() *Ticket {
			ticket, err := b.Acquire(background(t), Burst)
			require.NoError(t, err)
			return ticket
		}
		left := func() int { return b.Stats().Day.Left }
		told := func(ticket *Ticket, n int) { ticket.Done(Answer{Status: 200, Header: daily(1000, n)}) }
		one, two, three, four := leave(), leave(), leave(), leave()
		time.Sleep(time.Second)
		told(one, 900)
		require.Equal(t, 897, left())
		time.Sleep(time.Second)
		told(three, 898)
		require.Equal(t, 896, left())
		told(two, 899) // it was before three, and came after it
		require.Equal(t, 896, left())
		four.Done(Answer{}) // no answer: HubSpot may have counted it
		require.Equal(t, 896, left())
		five := leave()
		require.Equal(t, 895, left())
		time.Sleep(time.Second)
		told(five, 950) // the day has more than it had
		require.Equal(t, 950, left())
	})
}

// Others use the day up in the afternoon. The pull slows down and stops, edits
// still go out, and after midnight of the portal all is as before.
func TestDay_EditsKeepTheirReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := zone(t, "Asia/Kolkata") // 05:30
		a := &account{zone: z, all: 10_000}
		b := New(Options{Zone: z})
		edits := crm.WithLane(t.Context(), crm.Flush)
		require.NoError(t, a.call(background(t), b))
		time.Sleep(9 * time.Hour)
		left, ok := a.spend(9_600) // 14:30
		require.True(t, ok)
		require.Equal(t, 399, left)
		require.NoError(t, a.call(edits, b)) // which tells
		for _, lane := range []crm.Lane{crm.Delta, crm.Backfill, crm.Sweep} {
			err := a.call(crm.WithLane(t.Context(), lane), b)
			e, is := crm.AsError(err)
			require.True(t, is, "%s", lane)
			require.Equal(t, crm.RateLimited, e.Kind)
			require.Contains(t, e.Msg, "midnight")
			require.Contains(t, e.Msg, "edits")
			require.Equal(t, daySoon, e.RetryAfter)
		}
		for range 300 {
			require.NoError(t, a.call(edits, b))
			time.Sleep(time.Minute)
		}
		s := b.Stats().Day
		require.Equal(t, 98, s.Left)
		require.Equal(t, 9_600, s.Others)
		require.Equal(t, 302, s.Ours)
		require.True(t, s.Slow)
		require.Equal(t, "2000-01-02 00:00", s.Ends.In(z).Format("2006-01-02 15:04"))
		time.Sleep(time.Until(s.Ends) + time.Second)
		require.NoError(t, a.call(background(t), b))
		require.Zero(t, a.denied)
	})
}

// Between free and stopped the pull gets what is left, spread over what is left
// of the day.
func TestDay_SlowIsSpreadEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &account{zone: time.UTC, all: 10_000}
		b := New(Options{})
		require.NoError(t, a.call(background(t), b))
		time.Sleep(12 * time.Hour)
		a.spend(8_499) // 1500 left, 1000 of them to spare, for 12 hours
		require.NoError(t, a.call(crm.WithLane(t.Context(), crm.Flush), b))
		ctx, cancel := context.WithTimeout(background(t), 6*time.Hour)
		defer cancel()
		before := a.used
		a.pull(ctx, b)
		require.InDelta(t, 500, a.used-before, 40)
		require.True(t, b.Stats().Day.Slow)
	})
}

// A refusal for the day is believed for this day only: not when the call left
// yesterday, and not for long when our clock may be ahead of HubSpot's.
func TestDay_RefusalsAroundMidnight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{}) // midnight
		time.Sleep(24*time.Hour - time.Second)
		late, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		told, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		late.Done(Answer{Status: 429, Policy: PolicyDaily})
		told.Done(Answer{Status: 200, Header: daily(1000, 0)})
		fresh, err := b.Acquire(background(t), Burst)
		require.NoError(t, err, "it was yesterday's limit")
		fresh.Done(Answer{Status: 429, Policy: PolicyDaily}) // by HubSpot's clock it still is
		_, err = b.Acquire(t.Context(), Burst)
		e, ok := crm.AsError(err)
		require.True(t, ok)
		require.Equal(t, disagree, e.RetryAfter)
		time.Sleep(disagree)
		last, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		last.Done(Answer{Status: 429, Policy: PolicyDaily})
		_, err = b.Acquire(t.Context(), Burst)
		e, ok = crm.AsError(err)
		require.True(t, ok)
		require.InDelta(t, (24*time.Hour - disagree).Seconds(), e.RetryAfter.Seconds(), 5)
	})
}

// Where calls have no daily limit, that of associations is theirs alone.
func TestDay_AssociationsHaveTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		ticket, err := b.Acquire(t.Context(), Associations)
		require.NoError(t, err)
		ticket.Done(Answer{Status: 429, Policy: PolicyDaily})
		_, err = b.Acquire(t.Context(), Associations)
		require.Equal(t, crm.RateLimited, crm.KindOf(err))
		for _, which := range []Bucket{Burst, Search} {
			_, err = b.Acquire(t.Context(), which)
			require.NoError(t, err)
		}
	})
}

// What the rep leaves to others counts at once.
func TestDay_ReserveHoldsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		ticket, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		ticket.Done(Answer{Status: 200, Header: daily(1000, 400)})
		time.Sleep(20 * time.Hour)
		_, err = b.Acquire(background(t), Burst)
		require.NoError(t, err)
		b.SetReserve(Reserve{Daily: 50})
		_, err = b.Acquire(background(t), Burst)
		require.Equal(t, crm.RateLimited, crm.KindOf(err))
		_, err = b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		b.SetReserve(Reserve{})
		_, err = b.Acquire(background(t), Burst)
		require.NoError(t, err)
	})
}

// A pause that a wrong clock has made years long is over when the clock is right.
func TestPause_OfAWrongClockIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		ticket, err := b.Acquire(t.Context(), Burst)
		require.NoError(t, err)
		ticket.Done(Answer{Status: 200, Header: daily(1000, 999)})
		k, ahead := b.buckets[Burst], time.Now().AddDate(4, 0, 0)
		k.setPause(ahead, PolicyDaily) // made while the clock was four years ahead
		b.day.turn(ahead)
		_, err = b.Acquire(background(t), Burst)
		require.NoError(t, err)
		require.Zero(t, b.Stats().Burst.PausedUntil)
	})
}

func TestDayOf(t *testing.T) {
	for _, c := range []struct{ zone, now, start, end string }{
		{"UTC", "2026-03-08T12:00:00Z", "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"},
		{"America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}, // 23 hours
		{"America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // 25 hours
		{"Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		{"Africa/Cairo", "2026-04-23T21:59:59Z", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"}, // the clocks skip midnight
		{"Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"}, // and there
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T20:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"}, // by half an hour
		{"Asia/Kathmandu", "2026-12-31T18:15:00Z", "2026-12-31T18:15:00Z", "2027-01-01T18:15:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		require.NoError(t, err)
		start, end := dayOf(now, zone(t, c.zone))
		require.Equal(t, c.start, start.UTC().Format(time.RFC3339), "%s %s", c.zone, c.now)
		require.Equal(t, c.end, end.UTC().Format(time.RFC3339), "%s %s", c.zone, c.now)
	}
}

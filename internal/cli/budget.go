package cli

import (
	"fmt"
	"strings"
	"time"

	"satchel/internal/wire"
)

// sayBudget tells how HubSpot's limits are used, and by whom.
func (a *app) sayBudget(b wire.Budget, now time.Time) error {
	if !b.Known {
		return nil
	}
	calls := 0
	for _, k := range b.Buckets {
		calls += k.Calls
	}
	lines := []string{}
	if calls > 0 {
		lines = append(lines, fmt.Sprintf("Calls to HubSpot, as counted %s:", clockOf(b.At, now)))
	} else {
		lines = append(lines, "HubSpot's limits; no call was made yet:")
	}
	for _, k := range b.Buckets {
		if k.Name == "oauth" && k.Refused == 0 {
			continue // a sign-in or two
		}
		lines = append(lines, "  "+bucketLine(k, now))
	}
	if b.Day.Limit > 0 {
		lines = append(lines, "  "+dayLine(b.Day, now))
	}
	lines = append(lines, fmt.Sprintf("  left to other programs: %d %% of the burst, %d %% of search, %d %% of the day", b.Reserve.Burst, b.Reserve.Search, b.Reserve.Daily))
	return a.say("%s", strings.Join(lines, "\n"))
}

func bucketLine(k wire.BudgetBucket, now time.Time) string {
	out := fmt.Sprintf("%-13s %d in %s", k.Name, k.Limit, time.Duration(k.SpanMs)*time.Millisecond)
	var users []string
	for _, l := range k.Lanes {
		if l.Calls > 0 {
			users = append(users, fmt.Sprintf("%s %d", l.Name, l.Calls))
		}
	}
	if len(users) > 0 {
		out += fmt.Sprintf("; %d calls: %s", k.Calls, strings.Join(users, ", "))
	}
	if k.Refused > 0 {
		out += fmt.Sprintf("; %d refused", k.Refused)
	}
	if k.Others > 0 {
		out += fmt.Sprintf("; other programs use about %d", k.Others)
	}
	if k.PausedUntil > now.UnixMilli() {
		out += fmt.Sprintf("; HubSpot has paused it until %s (%s)", clockOf(k.PausedUntil, now), k.Why)
	}
	return out
}

func dayLine(d wire.BudgetDay, now time.Time) string {
	out := fmt.Sprintf("%-13s %d, of which %d are left until %s", "day", d.Limit, d.Left, clockOf(d.Ends, now))
	if d.Slow {
		out += "; pulling is slowed down so that they last, edits go out as usual"
	}
	return out
}

// clockOf is a moment on the clock of this computer, with the date when it is
// another day's.
func clockOf(ms int64, now time.Time) string {
	at := time.UnixMilli(ms).In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return at.Format("2006-01-02 15:04:05")
}

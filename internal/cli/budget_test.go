package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

// What status says of the limits: who used them, what is refused, paused, left.
func TestSayBudget(t *testing.T) {
	now := time.Date(2026, 11, 27, 15, 4, 5, 0, time.UTC)
	at := func(d time.Duration) int64 { return now.Add(d).UnixMilli() }
	var out bytes.Buffer
	a := &app{io: Streams{Out: &out, Err: &out}}
	require.NoError(t, a.sayBudget(wire.Budget{}, now))
	require.Empty(t, out.String())
	require.NoError(t, a.sayBudget(wire.Budget{
		Known: true, At: at(0), Reserve: wire.Reserve{Search: 20, Daily: 25},
		Buckets: []wire.BudgetBucket{
			{
				Name: "burst", Limit: 110, SpanMs: 10_000, Calls: 42, Refused: 3, Others: 7, PausedUntil: at(9 * time.Hour), Why: "DAILY",
				Lanes: []wire.BudgetLane{{Name: "interactive", Calls: 2}, {Name: "flush", Calls: 40}, {Name: "sweep"}},
			},
			{Name: "search", Limit: 5, SpanMs: 1000, PausedUntil: at(-time.Second)},
			{Name: "oauth", Limit: 20, SpanMs: 10_000, Calls: 1},
		},
		Day: wire.BudgetDay{Limit: 1000, Left: 300, Ends: at(8 * time.Hour), Slow: true},
	}, now))
	require.Equal(t, strings.TrimPrefix(`
Calls to HubSpot, as counted 15:04:05:
  burst         110 in 10s; 42 calls: interactive 2, flush 40; 3 refused; other programs use about 7; HubSpot has paused it until 2026-11-28 00:04:05 (DAILY)
  search        5 in 1s
  day           1000, of which 300 are left until 23:04:05; pulling is slowed down so that they last, edits go out as usual
  left to other programs: 0 % of the burst, 20 % of search, 25 % of the day
`, "\n"), out.String())
}

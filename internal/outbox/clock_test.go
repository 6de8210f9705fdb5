package outbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// clock_jump: the computer sleeps for a day, and its clock jumps either way, before
// a colleague's edit or after it: what is due is sent once, and who was later does
// not win by it.
func TestR24_ClockJumpsChangeNoWinner(t *testing.T) {
	for _, jump := range []time.Duration{24 * time.Hour, 2 * time.Hour, -2 * time.Hour} {
		for _, before := range []bool{false, true} {
			w := newWorld(t, sandbox.Options{})
			list := w.some(crm.Contacts, 3)
			if before {
				w.clock = w.clock.Add(jump)
			}
			w.edit(list[0], crm.Values{"firstname": "Mine"})
			op := w.edit(list[1], crm.Values{"firstname": "Mine"})
			_, err := w.portal.Fault(sandbox.Fault{Match: sandbox.Match{Path: "/crm/**/batch/update"}, Kind: "status", Status: 503, Count: 1})
			require.NoError(t, err)
			_, err = w.outbox.Flush(t.Context())
			require.NoError(t, err)
			w.colleague(list[1], map[string]string{"firstname": "Theirs"})
			if !before {
				w.clock = w.clock.Add(jump)
			}
			requests := w.portal.Stats().Requests["burst"]
			w.flush()
			require.LessOrEqual(t, w.portal.Stats().Requests["burst"]-requests, int64(6), "no burst")
			require.Equal(t, "Mine", w.there(crm.Contacts, list[0].RemoteID, "firstname")["firstname"])
			require.Equal(t, "Theirs", w.there(crm.Contacts, list[1].RemoteID, "firstname")["firstname"])
			require.Equal(t, crm.InDispute, w.op(op.ID).State)

			// The answer is lost, and the value is a colleague's again: by a clock that is
			// wrong, too, it is known that ours arrived before.
			third := w.edit(list[2], crm.Values{"firstname": "Mine"})
			w.fault("drop_after_apply", "POST", "/crm/**/batch/update", 1)
			_, err = w.outbox.Flush(t.Context())
			require.NoError(t, err)
			require.Equal(t, crm.Ambiguous, w.op(third.ID).State)
			w.colleague(list[2], map[string]string{"firstname": "Later"})
			w.flush()
			require.Equal(t, "Later", w.there(crm.Contacts, list[2].RemoteID, "firstname")["firstname"], "jump %s, before %v", jump, before)
		}
	}
}

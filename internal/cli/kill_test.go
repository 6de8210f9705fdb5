package cli

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// A pull that is killed again and again goes on where it was: in the end
// everything is here, and nothing twice.
func TestKill_MiddleOfAPull(t *testing.T) {
	t.Parallel()
	p := newProgram(t, sandbox.Options{Contacts: 3000, Limits: "off", Latency: 5 * time.Millisecond})
	p.run("connect", "--sandbox")
	killed := 0
	for range 6 {
		if p.kill(700*time.Millisecond, "sync", "--once") {
			killed++
		}
	}
	require.Positive(t, killed, "no round was killed: the pull is too fast for this test")
	p.run("sync", "--once")
	for typ, want := range p.portal.Stats().Records {
		if typ != "contacts" && typ != "companies" && typ != "deals" {
			continue
		}
		rows := p.rows(typ)
		ids := map[string]bool{}
		for _, r := range rows {
			ids[r.RemoteID] = true
		}
		require.Len(t, rows, int(want), typ)
		require.Len(t, ids, int(want), "%s: some are here twice", typ)
	}
}

// A flush that is killed again and again sends every operation once: on a
// portal that keeps our key, and on one that refuses it, where contacts are
// recognised by their address.
func TestKill_MiddleOfAFlush(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, refuse bool) {
		t.Helper()
		p := newProgram(t, sandbox.Options{Contacts: 40, Limits: "off", Latency: 60 * time.Millisecond, RefuseUniqueProperties: refuse})
		p.run("connect", "--sandbox")
		p.run("sync", "--once")
		deal := p.rows("deals")[0]
		p.run("set", "deal", deal.RemoteID, "amount=424242")
		const made = 6
		killed := 0
		for i := range made {
			p.run("create", "contact", fmt.Sprintf("email=kill%d@satchel.example", i), "firstname=Kill", fmt.Sprintf("lastname=%d", i))
			if p.kill(350*time.Millisecond, "outbox", "flush") {
				killed++
			}
		}
		require.Positive(t, killed)
		p.run("sync", "--once")
		require.Contains(t, p.run("outbox", "list"), "Everything is in HubSpot")
		for i := range made {
			require.Equal(t, 1, p.total("contacts", "email", fmt.Sprintf("kill%d@satchel.example", i)), "contact %d", i)
		}
		require.Equal(t, 1, p.total("deals", "amount", "424242"))
		require.Len(t, p.rows("contacts"), 40+made)
	})
}

package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// A change that HubSpot refuses needs the rep, and nothing else waits for it. On
// the command line it can be read with what was typed, written to a file, sent
// again, and corrected.
func TestR25_ARefusedChangeCanBeExportedRetriedAndEdited(t *testing.T) {
	p := newProgram(t, sandbox.Options{Contacts: 20, Limits: "off"})
	p.run("connect", "--sandbox")
	p.run("sync", "--once")
	rows := p.rows("contacts")
	bad, good := rows[0], rows[1]
	const typed = "nobody at nowhere"
	p.run("set", "contact", bad.ID, "email="+typed)
	p.run("set", "contact", good.ID, "jobtitle=Captain")
	_, code := p.try("outbox", "flush")
	require.Equal(t, exitWaiting, code)
	require.Equal(t, 1, p.total("contacts", "jobtitle", "Captain"), "it does not wait for the other")

	open, _ := p.outbox()
	require.Len(t, open, 1)
	require.Equal(t, "parked", open[0].State)
	require.NotEmpty(t, open[0].Reason)
	require.Equal(t, typed, open[0].Fields[0].To, "the list as JSON has what was typed")
	require.True(t, open[0].CanRetry)
	for _, format := range []string{"csv", "jsonl"} {
		require.Contains(t, p.run("export", "contacts", "--format", format), typed, format)
	}

	p.run("outbox", "retry", open[0].ID)
	_, code = p.try("outbox", "flush")
	require.Equal(t, exitWaiting, code)
	again, _ := p.outbox()
	require.Len(t, again, 1)
	require.Equal(t, "parked", again[0].State, "it was sent again, and refused again")

	p.run("set", "contact", bad.ID, "email=somebody@nowhere.example")
	p.run("outbox", "flush")
	require.Equal(t, 1, p.total("contacts", "email", "somebody@nowhere.example"))
	open, _ = p.outbox()
	require.Empty(t, open)
}

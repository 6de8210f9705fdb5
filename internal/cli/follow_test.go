package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

func TestPulling_SaysHowFarItIs(t *testing.T) {
	s := wire.SyncStatus{FirstPull: true, Progress: []wire.TypeProgress{
		{Type: "contacts", Here: 12_300, Total: 100_000, PerSec: 900.4, LeftMs: 97_400},
		{Type: "companies", Here: 2_500, Total: 2_500, Done: true},
		{Type: "deals", Total: -1, LeftMs: -1},
		{Type: "notes", Here: 200, Total: 2_500, PerSec: 100, LeftMs: 23_000},
		{Type: "calls", Here: 100, Total: 2_500, LeftMs: -1},
		{Type: "tickets", Total: 50, Barred: true},
	}}
	require.Equal(t, "Pulling 12,300 of 100,000 contacts, 300 of 5,000 activities; 1000 records/s, about 1m37s left", pulling(s))
	s.FirstPull = false
	require.Equal(t, "Talking to HubSpot ...", pulling(s))
	require.Equal(t, "Talking to HubSpot ...", pulling(wire.SyncStatus{FirstPull: true}))
}

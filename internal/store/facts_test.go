package store_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestFacts_AreNumbersAndStatesWithoutContent(t *testing.T) {
	s := fresh(t)
	rs := pull(t, s, contact(1, 2000, "firstname", "Canary"))
	enqueue(t, s, edit(rs[0], "lastname", "Canary Lovelace"))
	f, err := s.Facts(t.Context())
	require.NoError(t, err)
	require.Equal(t, "wal", f.Journal)
	require.Positive(t, f.Pages)
	require.Positive(t, f.Schema)
	require.EqualValues(t, 1, f.Rows["record"])
	require.EqualValues(t, 1, f.Rows["op"])
	require.Equal(t, map[string]int64{string(crm.OpUpdate) + " " + string(crm.Queued): 1}, f.States)
	require.Positive(t, f.Oldest)
	text, err := json.Marshal(f)
	require.NoError(t, err)
	require.NotContains(t, string(text), "Canary")
}

package hooks

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestState_SurvivesARestart(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	gone := a.subscribe("contact.deletion", "", "")
	require.NoError(t, a.s.DeleteSubscription(gone.ID))
	a.always(500)
	a.s.Publish(contacts(1, 3)...)
	a.pump()
	a.deliveries()
	raw, err := json.Marshal(a.s.State())
	require.NoError(t, err)
	var st State
	require.NoError(t, json.Unmarshal(raw, &st))

	old := a.s
	a.s = New(old.opt)
	require.NoError(t, a.s.Restore(st))
	require.Equal(t, old.State(), a.s.State())
	a.always(200)
	a.clk.Add(time.Minute)
	a.s.Publish(contacts(4, 1)...)
	a.pump()
	got := a.deliveries()
	require.Len(t, got, 1)
	require.Len(t, got[0].events, 4)
	require.InEpsilon(t, 1.0, got[0].events[0]["attemptNumber"], 0)
	require.InEpsilon(t, 4.0, got[0].events[3]["eventId"], 0, "counting goes on")
	require.Equal(t, int64(3), a.subscribe("deal.creation", "", "").ID)

	st.Settings.TargetURL = "http://example.com/"
	require.Error(t, a.s.Restore(st))
	st.Settings, st.Subscriptions = nil, append(st.Subscriptions, st.Subscriptions[0])
	require.Error(t, a.s.Restore(st))
	require.Len(t, a.s.Subscriptions(), 2, "a refused state changes nothing")
}

package desktop

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/wire"
)

func newLooks(t *testing.T) *Looks {
	t.Helper()
	return NewLooks(&Caller{Base: t.Context, Log: slog.New(slog.DiscardHandler)})
}

// A list that takes long says how far it is under the name that it was asked for
// by, and nothing when it is done.
func TestLooks_TellHowFarAListIs(t *testing.T) {
	f := newLooks(t)
	ctx, end := f.watch(t.Context(), "list")
	got, err := f.Progress("list")
	require.NoError(t, err)
	require.Equal(t, wire.LookProgress{}, got)
	crm.Report(ctx, 20_000, 1_000_000)
	got, err = f.Progress("list")
	require.NoError(t, err)
	require.Equal(t, wire.LookProgress{Done: 20_000, Of: 1_000_000}, got)
	end()
	got, err = f.Progress("list")
	require.NoError(t, err)
	require.Equal(t, wire.LookProgress{}, got)
}

// A list ends when it is stopped by its name, and when the next one is asked for
// under it; a list of another name, or of none, goes on.
func TestLooks_StopTheListOfAName(t *testing.T) {
	f := newLooks(t)
	first, endFirst := f.watch(t.Context(), "list")
	defer endFirst()
	other, endOther := f.watch(t.Context(), "other")
	defer endOther()
	nameless, endNameless := f.watch(t.Context(), "")
	defer endNameless()

	second, endSecond := f.watch(t.Context(), "list")
	defer endSecond()
	require.ErrorIs(t, first.Err(), context.Canceled)
	require.NoError(t, second.Err())
	endFirst() // too late to end what has its name now
	require.NoError(t, f.Stop("list"))
	require.ErrorIs(t, second.Err(), context.Canceled)
	require.NoError(t, f.Stop(""))
	require.NoError(t, f.Stop("nobody"))
	require.NoError(t, other.Err())
	require.NoError(t, nameless.Err())
}

package boot_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

type (
	recordsFace interface {
		Create(r wire.CreateRequest) (wire.EditResult, error)
	}
	outboxFace interface {
		Flush() (wire.FlushResult, error)
		View() (wire.Outbox, error)
	}
	accountFace interface {
		ConnectToken(token string) (wire.Account, error)
		State() (wire.Account, error)
		Disconnect(r wire.DisconnectRequest) error
	}
)

func faceOf[T any](t *testing.T, n *boot.Node) T {
	t.Helper()
	for _, x := range n.Facades() {
		if v, ok := x.(T); ok {
			return v
		}
	}
	t.Fatal("no such facade")
	panic("not reached")
}

func portal(tb testing.TB, seed int64) *sandbox.Portal {
	tb.Helper()
	p, err := sandbox.Open(sandbox.Options{Contacts: 20, Seed: seed, Limits: "pro"})
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = p.Close() })
	return p
}

func open(tb testing.TB, dir string, p *sandbox.Portal, token string) *boot.Node {
	tb.Helper()
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Token, c.Browser, c.KeepIn = dir, "http://localhost", config.Secret(token), config.NoBrowser, "memory"
	n, err := boot.Open(tb.Context(), boot.Options{Config: c, Version: "test", Transport: p.RoundTripper()})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, n.Close()) })
	return n
}

// An edit of one portal never reaches another one, however the sign-in was
// exchanged: the records here belong to the portal that they came from.
func TestAnotherPortal_GetsNothingOfThisOne(t *testing.T) {
	for name, pasted := range map[string]bool{"token from the environment": false, "pasted token": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a, b := portal(t, 1), portal(t, 2)
			require.NotEqual(t, a.Credentials().PortalID, b.Credentials().PortalID)
			var n *boot.Node
			if pasted {
				n = open(t, dir, a, "")
				_, err := faceOf[accountFace](t, n).ConnectToken(a.Credentials().Token)
				require.NoError(t, err)
			} else {
				n = open(t, dir, a, a.Credentials().Token)
			}
			_, err := n.Sync(t.Context(), false)
			require.NoError(t, err)
			_, err = faceOf[recordsFace](t, n).Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": "Of portal A"}})
			require.NoError(t, err)
			require.NoError(t, n.Close())

			before := b.Stats()
			n = open(t, dir, b, b.Credentials().Token)
			_, err = n.Sync(t.Context(), false)
			require.Equal(t, crm.Unauthorized, crm.KindOf(err))
			require.Contains(t, crm.Message(err), "belong to portal")
			_, err = faceOf[outboxFace](t, n).Flush()
			require.Equal(t, crm.Unauthorized, crm.KindOf(err))
			s, err := faceOf[accountFace](t, n).State()
			require.NoError(t, err)
			require.True(t, s.NeedsSignIn)
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
			defer stop()
			require.NoError(t, n.Run(ctx))
			require.Equal(t, before.Records, b.Stats().Records)
			require.NoError(t, n.Close())

			n = open(t, dir, a, a.Credentials().Token)
			r, err := n.Sync(t.Context(), false)
			require.NoError(t, err)
			require.Equal(t, 1, r.Pushed.Acked, "it is still here, and goes where it belongs")
		})
	}
}

// The rep disconnects with edits waiting: it is refused, and everything stays as
// it is, until the rep says in so many words that they may be dropped.
func TestScenario_sign_out_with_pending(t *testing.T) {
	p := portal(t, 1)
	n := open(t, t.TempDir(), p, "")
	account, records, outbox := faceOf[accountFace](t, n), faceOf[recordsFace](t, n), faceOf[outboxFace](t, n)
	_, err := account.ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	_, err = n.Sync(t.Context(), false)
	require.NoError(t, err)
	for _, name := range []string{"Kept Ltd", "Kept too Ltd"} {
		_, err = records.Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": name}})
		require.NoError(t, err)
	}
	err = account.Disconnect(wire.DisconnectRequest{})
	require.Equal(t, crm.Conflict, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "2 changes")
	s, err := account.State()
	require.NoError(t, err)
	require.False(t, s.NeedsSignIn)
	view, err := outbox.View()
	require.NoError(t, err)
	require.Len(t, view.Waiting, 2)
	r, err := outbox.Flush()
	require.NoError(t, err)
	require.Equal(t, 2, r.Acked, "it is still connected, and they go out")

	_, err = records.Create(wire.CreateRequest{Type: "companies", Values: map[string]string{"name": "Given up Ltd"}})
	require.NoError(t, err)
	require.NoError(t, account.Disconnect(wire.DisconnectRequest{DiscardEdits: true}))
	view, err = outbox.View()
	require.NoError(t, err)
	require.Empty(t, view.Waiting)
}

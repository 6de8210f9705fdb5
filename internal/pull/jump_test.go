package pull_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// strict is a portal that takes only places that it has handed out itself: any
// other it refuses, or it begins at the beginning.
type strict struct {
	*hubspot.Client
	ignores bool

	mu     sync.Mutex
	handed map[string]bool
	others int
}

func (s *strict) List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error) {
	s.mu.Lock()
	known := c.After == "" || s.handed[string(t)+c.After]
	if !known {
		s.others++
	}
	s.mu.Unlock()
	if !known {
		if !s.ignores {
			return crm.Page{}, &crm.Error{Kind: crm.Invalid, Msg: "The paging cursor is not valid."}
		}
		c.After = ""
	}
	page, err := s.Client.List(ctx, t, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handed[string(t)+page.Next] = true
	return page, err
}

func TestBackfill_AListThatCannotBeEnteredIsReadPlainly(t *testing.T) {
	for name, ignores := range map[string]bool{"refuses": false, "begins anew": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t, sandbox.Options{Contacts: 400})
			hub := &strict{Client: w.client, ignores: ignores, handed: map[string]bool{}}
			use := func(o *pull.Options) { o.Remote = hub }
			w.restart(nil, use)
			w.fill()
			w.equal()
			require.Positive(t, hub.others, "it was tried")
			require.Contains(t, w.cursor("backfill/contacts"), `"plain":true`)
			require.NoError(t, w.engine.Delta(t.Context()))
			w.equal()
		})
	}
}

// A place that was handed out long ago may not be taken any more either.
func TestBackfill_AnOldPlaceIsRefused(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 90})
	hub := &strict{Client: w.client, handed: map[string]bool{}}
	w.restart(serial{&dying{w.store, 20}, make(chan struct{}, 1)}, func(o *pull.Options) { o.Remote = hub })
	require.NoError(t, w.engine.Schema(t.Context()))
	require.ErrorIs(t, w.engine.Backfill(t.Context()), errKilled)
	hub.handed = map[string]bool{}
	w.restart(nil, func(o *pull.Options) { o.Remote = hub })
	w.fill()
	w.equal()
}

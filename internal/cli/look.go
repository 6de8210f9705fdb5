package cli

import (
	"context"
	"time"

	"satchel/internal/wire"
)

// How long a list may take before it says how far it is, and how often then.
const (
	lookPatience = time.Second
	lookEvery    = 500 * time.Millisecond
)

// listWindow asks for a window of a list. One that takes long says on standard
// error how far it is, and ends with ctx.
func (a *app) listWindow(ctx context.Context, o *opened, q wire.ListQuery) (page wire.ListPage, err error) {
	q.Look = "list"
	done := make(chan struct{})
	go func() {
		defer close(done)
		page, err = o.records.List(q)
	}()
	tick := time.NewTimer(lookPatience)
	defer tick.Stop()
	for stopped := ctx.Done(); ; {
		select {
		case <-done:
			return page, err
		case <-stopped:
			stopped = nil // once
			if err := o.looks.Stop(q.Look); err != nil {
				a.note("%s", err)
			}
		case <-tick.C:
			if p, err := o.looks.Progress(q.Look); err == nil && p.Of > 0 {
				a.note("looked at %d of %d records", p.Done, p.Of)
			}
			tick.Reset(lookEvery)
		}
	}
}

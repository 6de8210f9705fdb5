package desktop

import (
	"context"
	"sync"

	"satchel/internal/crm"
	"satchel/internal/wire"
)

// Looks is how far lists are that look at every record, and their end: a filter
// or an order that no index helps with takes seconds in a large portal.
type Looks struct {
	c *Caller

	mu sync.Mutex // guards what is below
	of map[string]*look
}

// A look is a list that is being made.
type look struct {
	stop     context.CancelFunc
	done, of int
}

// NewLooks makes the facade.
func NewLooks(c *Caller) *Looks { return &Looks{c: c, of: map[string]*look{}} }

// Progress says how far the list is that was asked for under this name; zeros
// when it has nothing to say, and when it is done.
func (f *Looks) Progress(name string) (wire.LookProgress, error) {
	return run(f.c.given(name), "Looks.Progress", callTime, func(context.Context) (wire.LookProgress, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if l := f.of[name]; l != nil {
			return wire.LookProgress{Done: l.done, Of: l.of}, nil
		}
		return wire.LookProgress{}, nil
	})
}

// Stop ends the list that was asked for under this name, if it is still being
// made: its call fails with the kind canceled.
func (f *Looks) Stop(name string) error {
	return do(f.c.given(name), "Looks.Stop", callTime, func(context.Context) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if l := f.of[name]; l != nil {
			l.stop()
		}
		return nil
	})
}

// watch puts a list under its name until end is called. A second one under the
// same name takes its place, and the first one is stopped.
func (f *Looks) watch(ctx context.Context, name string) (_ context.Context, end func()) {
	if name == "" {
		return ctx, func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	l := &look{stop: stop}
	f.mu.Lock()
	defer f.mu.Unlock()
	if before := f.of[name]; before != nil {
		before.stop()
	}
	f.of[name] = l
	ctx = crm.WithProgress(ctx, func(done, of int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		l.done, l.of = done, of
	})
	return ctx, func() {
		stop()
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.of[name] == l {
			delete(f.of, name)
		}
	}
}

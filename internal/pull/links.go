package pull

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"satchel/internal/crm"
)

// A pair is two types whose associations are read from one side.
type pair struct{ from, to crm.ObjectType }

func (p pair) cursor() string { return linkPrefix + string(p.from) + "/" + string(p.to) }

// pairs are those that are read from s in a backfill: each two types once. A
// company has many contacts and deals while these have few companies, so it is
// never read from a company; of two others, from the later in crm.Specs.
func (e *Engine) pairs(s crm.Spec) (out []pair) {
	specs := e.known()
	at := func(t crm.ObjectType) int {
		if t == crm.Companies {
			return -1
		}
		return slices.IndexFunc(specs, func(s crm.Spec) bool { return s.Type == t })
	}
	for _, to := range s.Links {
		if at(s.Type) > at(to) {
			out = append(out, pair{s.Type, to})
		}
	}
	return out
}

// A chunk is ids whose links are to be read, and the cursors that it covers.
type chunk struct {
	ids     []crm.RemoteID
	cursors []crm.Cursor
}

// link reads and stores the links of one chunk after the other: while one is
// written, the next is read. The first error stops it; what failed to be read
// is not touched.
func (e *Engine) link(ctx context.Context, pr pair, in <-chan chunk) error {
	run, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	read := make(chan crm.Pulled, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(read)
		for c := range receive(run, in) {
			links, err := e.remote.Associations(run, pr.from, pr.to, c.ids)
			if err != nil {
				fail(fmt.Errorf("associations of %s with %s: %w", pr.from, pr.to, err))
				return
			}
			select {
			case read <- crm.Pulled{Type: pr.from, LinksOf: c.ids, LinksTo: pr.to, Links: links, Cursors: c.cursors}:
			case <-run.Done():
				return
			}
		}
	})
	for p := range read {
		if run.Err() != nil {
			continue
		}
		if _, err := e.store.Apply(run, p); err != nil {
			fail(fmt.Errorf("apply associations of %s with %s: %w", pr.from, pr.to, err))
		}
	}
	wg.Wait()
	return context.Cause(run)
}

// receive ranges over a channel until it is closed or ctx is done.
func receive[T any](ctx context.Context, in <-chan T) func(yield func(T) bool) {
	return func(yield func(T) bool) {
		for {
			select {
			case v, ok := <-in:
				if !ok || !yield(v) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// A linker reads the links of records as they arrive in a backfill. If it
// fails, the walk afterwards reads them all.
type linker struct {
	e    *Engine
	pair pair
	in   chan chunk
	wait []crm.RemoteID // ids that do not fill a chunk yet; the feeder's
	err  error          // why it stopped; to be read after run
}

func (e *Engine) linkers(s crm.Spec) (out []*linker) {
	for _, pr := range e.pairs(s) {
		if !e.barred(pr) {
			out = append(out, &linker{e: e, pair: pr, in: make(chan chunk, 2)})
		}
	}
	return out
}

// run works until finish; it never holds the feeder up for good.
func (l *linker) run(ctx context.Context) {
	l.err = l.e.link(ctx, l.pair, l.in)
	if l.err != nil && ctx.Err() == nil {
		l.e.log.WarnContext(ctx, "associations are read after the records", slog.String("from", string(l.pair.from)), slog.String("to", string(l.pair.to)), slog.Any("err", l.err))
	}
	for range l.in { // what comes too late is left to the walk
		continue
	}
}

func (l *linker) add(ctx context.Context, ids []crm.RemoteID) {
	l.wait = append(l.wait, ids...)
	for len(l.wait) >= l.e.size.link {
		l.send(ctx, l.wait[:l.e.size.link])
		l.wait = slices.Clone(l.wait[l.e.size.link:])
	}
}

func (l *linker) finish(ctx context.Context) {
	if len(l.wait) > 0 {
		l.send(ctx, l.wait)
	}
	close(l.in)
}

func (l *linker) send(ctx context.Context, ids []crm.RemoteID) {
	select {
	case l.in <- chunk{ids: ids}:
	case <-ctx.Done():
	}
}

// walkAll reads the links of all records of a type, of every pair of which
// that is not known to have been done.
func (e *Engine) walkAll(ctx context.Context, s crm.Spec) error {
	for _, pr := range e.pairs(s) {
		if e.barred(pr) {
			continue
		}
		err := e.walk(ctx, pr)
		if crm.KindOf(err) == crm.Forbidden {
			e.log.WarnContext(ctx, "associations are not pulled", slog.String("from", string(pr.from)), slog.String("to", string(pr.to)), slog.Any("err", err))
			e.bar(pr, err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walk goes through the local ids of one type in order, a chunk at a time.
func (e *Engine) walk(ctx context.Context, pr pair) error {
	var w walk
	if _, err := e.load(ctx, pr.cursor(), &w); err != nil || w.Done {
		return err
	}
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	in := make(chan chunk)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(in)
		for {
			ids, err := e.store.RemoteIDs(run, pr.from, w.After, e.size.link)
			if err != nil {
				stop(fmt.Errorf("ids of %s: %w", pr.from, err))
				return
			}
			if len(ids) == 0 {
				return
			}
			w.After = ids[len(ids)-1]
			select {
			case in <- chunk{ids, []crm.Cursor{cursorOf(pr.cursor(), w)}}:
			case <-run.Done():
				return
			}
		}
	})
	err := e.link(run, pr, in)
	stop(err)
	wg.Wait()
	if err != nil {
		return err
	}
	return e.store.SetCursor(ctx, cursorOf(pr.cursor(), walk{Done: true}))
}

// settle reads the links of up to 1,000 records to all types that theirs are kept
// with, and drops the cursors that say that they are due.
func (e *Engine) settle(ctx context.Context, s crm.Spec, ids []crm.RemoteID, due ...string) error {
	var read []crm.Pulled
	for _, to := range s.Links {
		pr := pair{s.Type, to}
		if e.barred(pr) {
			continue
		}
		links, err := e.remote.Associations(ctx, pr.from, pr.to, ids)
		if crm.KindOf(err) == crm.Forbidden {
			e.bar(pr, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("associations of %s with %s: %w", pr.from, pr.to, err)
		}
		read = append(read, crm.Pulled{Type: pr.from, LinksOf: ids, LinksTo: pr.to, Links: links})
	}
	if len(read) == 0 {
		return e.drop(ctx, s.Type, due...)
	}
	read[len(read)-1].Drop = due
	for _, p := range read {
		a, err := e.store.Apply(ctx, p)
		if err != nil {
			return fmt.Errorf("apply associations of %s with %s: %w", p.Type, p.LinksTo, err)
		}
		if len(a.Changed) > 0 {
			e.tell(s.Type, a.Changed)
		}
	}
	return nil
}

func (e *Engine) drop(ctx context.Context, t crm.ObjectType, names ...string) error {
	if _, err := e.store.Apply(ctx, crm.Pulled{Type: t, Drop: names}); err != nil {
		return fmt.Errorf("drop cursors: %w", err)
	}
	return nil
}

// bar notes that this sign-in may not read a pair's associations.
func (e *Engine) bar(pr pair, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.tally[pr.from]
	t.barred = append(t.barred, pr.to)
	t.remark = fmt.Sprintf("HubSpot does not show which %s belong to which %s%s.", pr.to, pr.from, scopesOf(err))
}

func (e *Engine) barred(pr pair) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.tally[pr.from].barred, pr.to)
}

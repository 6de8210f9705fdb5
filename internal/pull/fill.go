package pull

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"satchel/internal/crm"
)

// A filling is one run of one type's backfill. Readers fetch pages, one
// applier commits them: while a page is written the next ones are on their
// way, and at most a handful is in memory.
type filling struct {
	e     *Engine
	spec  crm.Spec
	props []string
	first *crm.Page // of a backfill that begins with this run; nil for one that goes on
	ids   *idSet    // nil when nobody wants to know
	links []*linker

	here  place // what is committed; the applier's
	pages chan fetched

	mu    sync.Mutex
	asked place        // what has been fetched
	dug   map[int]bool // spans that a digger is in, or has no more to find in
}

// fetched is a page on its way to the store. move says what it covers; it is
// done to asked when the page arrives and to here when it is committed.
type fetched struct {
	records []crm.RemoteRecord
	span    int // -1: a page that covers nothing
	move    func(*place)
}

// run reads until every span is done. It starts all its goroutines and waits
// for them; the first error stops the rest.
func (f *filling) run(ctx context.Context) error {
	run, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var linking, reading, closing sync.WaitGroup
	if f.first != nil {
		f.links = f.e.linkers(f.spec)
	}
	for _, l := range f.links {
		linking.Go(func() { l.run(run) })
	}
	start := func(work func(context.Context) error) {
		reading.Go(func() {
			if err := work(run); err != nil {
				fail(err)
			}
		})
	}
	climb := func(i int) {
		start(func(ctx context.Context) error { return f.climb(ctx, i) })
	}
	for i := range f.here.Spans {
		climb(i)
	}
	if f.here.Total > f.e.size.dig {
		start(func(ctx context.Context) error {
			f.prepare(ctx, climb)
			for range diggers {
				reading.Go(func() { f.dig(ctx) })
			}
			return nil
		})
	}
	closing.Go(func() {
		reading.Wait()
		close(f.pages)
	})
	if err := f.apply(run); err != nil {
		fail(err)
	}
	closing.Wait()
	for _, l := range f.links {
		l.finish(run)
	}
	linking.Wait()
	if err := context.Cause(run); err != nil {
		return err
	}
	return f.close(ctx)
}

// climb reads span i upwards with the list endpoint. Where a span begins that was
// cut out of another, HubSpot has handed out no place to go on from: when it does
// not take ours, the list is read in one stretch.
func (f *filling) climb(ctx context.Context, i int) error {
	entered := false
	for page := f.first; ; page = nil {
		s, plain := f.span(i)
		if s.Done || plain && i > 0 {
			return nil
		}
		if page == nil || s.Next != "" {
			p, err := f.e.remote.List(ctx, f.spec.Type, crm.ListCall{After: string(s.Next), Limit: f.e.size.list, Props: f.props})
			if !entered && s.Next != "" && refused(s, p, err) {
				f.e.log.WarnContext(ctx, "the list cannot be entered in the middle", slog.String("type", string(f.spec.Type)), slog.String("at", string(s.Next)), slog.Any("err", err))
				anew := i == 0
				if !f.deliver(ctx, fetched{span: -1, move: func(p *place) { p.join(anew) }}) {
					return context.Cause(ctx)
				}
				continue
			}
			if err != nil {
				return fmt.Errorf("list from %q: %w", s.Next, err)
			}
			page, entered = &p, true
		}
		next := crm.RemoteID(page.Next)
		if next != "" && !before(s.Next, next) {
			return &crm.Error{Kind: crm.Upstream, Op: "list from " + string(s.Next), Msg: "HubSpot's list does not move on. What is here is kept; it is tried again."}
		}
		if !f.deliver(ctx, fetched{page.Records, i, func(p *place) {
			if p.Plain == plain {
				p.rise(i, next)
			}
		}}) {
			return context.Cause(ctx)
		}
	}
}

// refused says that the list did not begin where it was asked to.
func refused(s span, p crm.Page, err error) bool {
	if err != nil {
		return crm.KindOf(err) == crm.Invalid
	}
	return p.Low != "" && before(p.Low, s.Next)
}

// span is what span i still misses, done when there is none; plain says that the
// list is read in one stretch.
func (f *filling) span(i int) (s span, plain bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i >= len(f.asked.Spans) {
		return span{Done: true}, f.asked.Plain
	}
	return f.asked.Spans[i], f.asked.Plain
}

// prepare pulls what the rep will look for first and then, for a type that is
// large, cuts the ids into stretches that are read at the same time. Both are
// for speed only: what fails here is left to the list.
func (f *filling) prepare(ctx context.Context, climb func(int)) {
	if f.first == nil {
		return
	}
	if err := f.mine(ctx); err != nil {
		f.e.log.WarnContext(ctx, "own records do not come first", slog.String("type", string(f.spec.Type)), slog.Any("err", err))
	}
	if f.here.Total <= f.e.size.split { // the total is not written after the start
		return
	}
	at, err := f.cuts(ctx, f.here.Total)
	if err != nil || len(at) == 0 {
		f.e.log.WarnContext(ctx, "list is read in one stretch", slog.String("type", string(f.spec.Type)), slog.Any("err", err))
		return
	}
	if !f.deliver(ctx, fetched{span: -1, move: func(p *place) { p.split(at) }}) {
		return
	}
	for i := range at {
		climb(i + 1)
	}
}

// mine pulls the rep's own records, last modified first. It pages by the
// stamp and may skip records with equal stamps: they come with the rest. Of a type
// that is soon here as a whole, and of activities, nothing has to come first.
func (f *filling) mine(ctx context.Context) error {
	owner := f.e.owner()
	if owner == "" || f.spec.Activity || f.here.Total < ownShare*f.e.size.own {
		return nil
	}
	where := []crm.Condition{{Prop: "hubspot_owner_id", Op: "EQ", Value: string(owner)}}
	for got := 0; got < f.e.size.own; got += f.e.size.search {
		page, err := f.e.remote.Search(ctx, f.spec.Type, crm.SearchCall{
			Where: where, Sort: f.spec.Modified, Desc: true, Limit: f.e.size.search, Props: f.props,
		})
		if err != nil {
			return err
		}
		if !f.deliver(ctx, fetched{page.Records, -1, func(*place) {}}) {
			return context.Cause(ctx)
		}
		if page.Next == "" || len(page.Records) == 0 {
			return nil
		}
		last := page.Records[len(page.Records)-1].Modified
		where = append(where[:1:1], crm.Condition{Prop: f.spec.Modified, Op: "LT", Value: millis(last)})
	}
	return nil
}

// dig reads downwards with search, in one span after the other, the highest
// that nobody digs in first. Where the index shows nothing more, or search
// fails, the list goes on alone: it is the one that knows.
func (f *filling) dig(ctx context.Context) {
	for i := f.claim(); i >= 0; i = f.claim() {
		if err := f.digIn(ctx, i); err != nil {
			if ctx.Err() == nil {
				f.e.log.WarnContext(ctx, "search does not help the list", slog.String("type", string(f.spec.Type)), slog.Any("err", err))
			}
			return
		}
	}
}

func (f *filling) digIn(ctx context.Context, i int) error {
	for {
		s, plain := f.span(i)
		if s.Done {
			return nil
		}
		page, err := f.e.remote.Search(ctx, f.spec.Type, crm.SearchCall{
			Where: within(s), Sort: idProperty, Desc: true, Limit: f.e.size.search, Props: f.props,
		})
		if err != nil {
			return err
		}
		low := page.Low
		if low == "" || s.End != "" && !before(low, s.End) {
			return nil
		}
		if !f.deliver(ctx, fetched{page.Records, i, func(p *place) {
			if p.Plain == plain {
				p.sink(i, low)
			}
		}}) {
			return context.Cause(ctx)
		}
		if page.Next == "" {
			return nil
		}
	}
}

// claim gives a digger the highest span that is left, -1 when there is none.
func (f *filling) claim() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range slices.Backward(f.asked.Spans) {
		if !s.Done && !f.dug[i] {
			f.dug[i] = true
			return i
		}
	}
	return -1
}

// within are the conditions of a span.
func within(s span) (where []crm.Condition) {
	if s.End != "" {
		where = append(where, crm.Condition{Prop: idProperty, Op: "LT", Value: string(s.End)})
	}
	if s.Next != "" {
		where = append(where, crm.Condition{Prop: idProperty, Op: "GTE", Value: string(s.Next)})
	}
	return where
}

// deliver hands a page to the applier; false means that the run is over.
func (f *filling) deliver(ctx context.Context, p fetched) bool {
	f.mu.Lock()
	p.move(&f.asked)
	f.mu.Unlock()
	select {
	case f.pages <- p:
		return true
	case <-ctx.Done():
		return false
	}
}

// apply commits the pages in transactions with the place.
func (f *filling) apply(ctx context.Context) error {
	for p := range f.pages {
		var ids []crm.RemoteID
		var rows []crm.RemoteRecord
		for _, p := range f.waiting(p) {
			ids = append(ids, f.missing(p)...)
			rows = append(rows, p.records...)
			p.move(&f.here)
		}
		f.here.Got += len(ids)
		a, err := f.e.store.Apply(ctx, crm.Pulled{
			Type: f.spec.Type, Records: rows, Props: f.props,
			Cursors: []crm.Cursor{cursorOf(fillPrefix+string(f.spec.Type), f.here)},
		})
		if err != nil {
			return fmt.Errorf("apply a page: %w", err)
		}
		f.ids.add(rows)
		f.e.observe(rows)
		f.e.arrived(f.spec.Type, &f.here, len(ids), a)
		for _, l := range f.links {
			l.add(ctx, ids)
		}
	}
	return nil
}

// waiting takes the pages that have piled up behind one, since a transaction
// costs more than its rows. It takes few enough for the rep's own edit, which
// waits for the same writer, not to be felt.
func (f *filling) waiting(first fetched) []fetched {
	out, rows := []fetched{first}, len(first.records)
	for rows < f.e.size.rows {
		select {
		case p, ok := <-f.pages:
			if !ok {
				return out
			}
			out, rows = append(out, p), rows+len(p.records)
		default:
			return out
		}
	}
	return out
}

// missing are the ids of a page that no other page has covered.
func (f *filling) missing(p fetched) []crm.RemoteID {
	if p.span < 0 {
		return nil
	}
	ids := make([]crm.RemoteID, 0, len(p.records))
	for _, r := range p.records {
		if p.span < len(f.here.Spans) && f.here.Spans[p.span].holds(r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// close marks the type as filled and sets where its deltas begin.
func (f *filling) close(ctx context.Context) error {
	if !f.here.filled() {
		return &crm.Error{Kind: crm.Internal, Op: "close the backfill of " + string(f.spec.Type)}
	}
	f.here.Done = true
	cursors := []crm.Cursor{
		cursorOf(fillPrefix+string(f.spec.Type), f.here),
		cursorOf(deltaPrefix+string(f.spec.Type), window{Since: f.here.Since, Seen: f.here.Since}),
	}
	for _, l := range f.links {
		if l.err == nil {
			cursors = append(cursors, cursorOf(l.pair.cursor(), walk{Done: true}))
		}
	}
	if _, err := f.e.store.Apply(ctx, crm.Pulled{Type: f.spec.Type, Cursors: cursors}); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

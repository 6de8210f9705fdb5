package pull

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"satchel/internal/crm"
)

// margin is how far before the newest stamp the first delta after a backfill
// begins: the index may have shown the backfill a row that was minutes old.
const margin = 5 * time.Minute

// Backfill pulls every record of every type, and their associations, once. It
// goes on where an earlier one was stopped, and is done at once when nothing is
// left. What the rep works with comes first, then activities and what stands
// aside; within both, the types are pulled side by side. One that this sign-in
// may not read, or that HubSpot does not know, stops alone and says so in its
// Progress. When a full pull was begun it also finishes that. Errors carry the kind
// that the remote or the store gave them.
func (e *Engine) Backfill(ctx context.Context) error {
	ctx = crm.WithLane(ctx, crm.Backfill)
	auditing, err := e.resumeFull(ctx)
	if err != nil {
		return fmt.Errorf("resume the full pull: %w", err)
	}
	if _, err := e.Complete(ctx); err != nil {
		return err
	}
	specs := e.known()
	ids := make([]*idSet, len(specs))
	errs := make([]error, len(specs))
	for _, later := range []bool{false, true} {
		var wg sync.WaitGroup
		for i, s := range specs {
			if e.stopped(s.Type) || (s.Aside || s.Activity) != later {
				continue
			}
			if auditing {
				ids[i] = &idSet{}
			}
			wg.Go(func() { errs[i] = e.pullType(ctx, s, ids[i]) })
		}
		wg.Wait()
		if err := worst(errs); err != nil && crm.KindOf(err) != crm.Upstream {
			return err
		}
	}
	if err := worst(errs); err != nil {
		return err
	}
	if !auditing {
		return nil
	}
	return e.audit(ctx, specs, ids)
}

// pullType brings one type's records and the links that are read from it.
func (e *Engine) pullType(ctx context.Context, s crm.Spec, ids *idSet) error {
	err := e.fill(ctx, s, ids)
	if err == nil {
		err = e.walkAll(ctx, s)
	}
	switch {
	case err == nil:
		e.finished(s.Type)
		return nil
	case aside(err):
		e.stop(ctx, s.Type, err)
		return nil
	}
	return fmt.Errorf("pull %s: %w", s.Type, err)
}

// fill runs the backfill of one type's records from where it stands.
func (e *Engine) fill(ctx context.Context, s crm.Spec, ids *idSet) error {
	var p place
	known, err := e.load(ctx, fillPrefix+string(s.Type), &p)
	if err != nil || p.Done {
		return err
	}
	props, err := e.props(ctx, s)
	if err != nil {
		return err
	}
	f := &filling{e: e, spec: s, props: props, ids: ids, pages: make(chan fetched, 3), dug: map[int]bool{}}
	if !known || len(p.Spans) == 0 {
		if p, err = f.begin(ctx); err != nil {
			return err
		}
	}
	here, err := e.store.Count(ctx, s.Type)
	if err != nil {
		return fmt.Errorf("count %s: %w", s.Type, err)
	}
	e.begin(s.Type, here, &p)
	f.here, f.asked = p, p.clone()
	return f.run(ctx)
}

// begin reads the first page of the list, for which the rep waits. Most types of
// most portals have only that one; of a larger one it takes a survey.
func (f *filling) begin(ctx context.Context) (place, error) {
	now := f.e.clock()
	page, err := f.e.remote.List(crm.WithLane(ctx, crm.Interactive), f.spec.Type, crm.ListCall{Limit: f.e.size.list, Props: f.props})
	if err != nil {
		return place{}, fmt.Errorf("list from the start: %w", err)
	}
	f.first = &page
	f.e.observe(page.Records)
	if page.Next != "" {
		return f.e.survey(ctx, f.spec)
	}
	p := place{Total: len(page.Records), Spans: []span{{}}}
	for _, r := range page.Records {
		p.Since = max(p.Since, since(r.Modified, now))
	}
	return p, nil
}

// since is where the first delta begins when the newest stamp in HubSpot is this
// one.
func since(newest crm.Millis, now time.Time) crm.Millis {
	return max(min(newest, crm.At(now))-crm.Millis(margin.Milliseconds()), 0)
}

// survey asks how many records there are and how far HubSpot's clock is, and
// makes a place that has nothing yet. Where search does not answer, the list
// alone will do: the total stays unknown, and the first delta looks at
// everything.
//
// The first delta begins at the newest stamp in HubSpot, not at our clock,
// which may be ahead: what changes from now on has a later stamp than that.
func (e *Engine) survey(ctx context.Context, s crm.Spec) (place, error) {
	p := place{Total: -1, Spans: []span{{}}}
	now := e.clock()
	// The rep waits for the first page, which is not shown before this answer.
	page, err := e.remote.Search(crm.WithLane(ctx, crm.Interactive), s.Type, crm.SearchCall{Sort: s.Modified, Desc: true, Limit: 1, Props: []string{s.Modified}})
	if err != nil {
		if k := crm.KindOf(err); k == crm.Canceled || k == crm.Offline || k == crm.Unauthorized {
			return place{}, err
		}
		e.log.WarnContext(ctx, "pulling without search", slog.String("type", string(s.Type)), slog.Any("err", err))
		return p, nil
	}
	p.Total = page.Total
	e.observe(page.Records)
	if len(page.Records) > 0 {
		p.Since = since(page.Records[0].Modified, now)
	}
	return p, nil
}

// idSet collects the ids that a full pull has met; eight bytes each, since
// there may be millions.
type idSet struct {
	ids    []uint64
	sorted bool
}

func (s *idSet) add(rs []crm.RemoteRecord) {
	if s == nil {
		return
	}
	s.sorted = false
	for _, r := range rs {
		if n, ok := number(r.ID); ok {
			s.ids = append(s.ids, n)
		}
	}
}

func (s *idSet) has(id crm.RemoteID) bool {
	if !s.sorted {
		slices.Sort(s.ids)
		s.ids = slices.Compact(s.ids)
		s.sorted = true
	}
	n, ok := number(id)
	if !ok {
		return false
	}
	_, found := slices.BinarySearch(s.ids, n)
	return found
}

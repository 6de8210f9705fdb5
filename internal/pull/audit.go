package pull

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// A stretch of ids: above After, at most Until. An empty Until has no bound.
type stretch struct {
	After crm.RemoteID `json:"after,omitempty"`
	Until crm.RemoteID `json:"until,omitempty"`
}

func (s stretch) where() (where []crm.Condition) {
	if s.After != "" {
		where = append(where, crm.Condition{Prop: idProperty, Op: "GT", Value: string(s.After)})
	}
	if s.Until != "" {
		where = append(where, crm.Condition{Prop: idProperty, Op: "LTE", Value: string(s.Until)})
	}
	return where
}

// mostSuspects bounds what one step of a count reads again.
const mostSuspects = 300

// count compares one stretch of ids with HubSpot's index, by the number of
// records and by the lowest ids. A stretch that differs is halved until one
// search shows all of its ids; those that are on one side only are read again
// from HubSpot's own tables, since the index lags and may be wrong.
func (w *sweeper) count(ctx context.Context) error {
	n := len(w.round.Left)
	if n == 0 {
		w.recordsDone()
		return w.e.store.SetCursor(ctx, w.at())
	}
	s := w.round.Left[n-1]
	w.called = true
	page, err := w.e.remote.Search(ctx, w.spec.Type, crm.SearchCall{
		Where: s.where(), Sort: idProperty, Limit: w.e.size.search, Props: []string{idProperty},
	})
	if err != nil {
		return err
	}
	w.round.Left = w.round.Left[:n-1]
	whole := page.Next == "" // the page has all ids of the stretch
	seen := s
	if !whole {
		seen.Until = page.High
	}
	suspects, cut, err := w.suspects(ctx, seen, page.Records)
	if err != nil {
		return err
	}
	switch {
	case cut: // there are more of them
		w.round.Left = append(w.round.Left, stretch{suspects[len(suspects)-1], s.Until})
	case !whole:
		if err := w.halve(ctx, stretch{seen.Until, s.Until}, page.Total-len(page.Records)); err != nil {
			return err
		}
	}
	alive, err := w.take(ctx, suspects)
	if err != nil || len(alive) == 0 {
		return err
	}
	return w.e.settle(ctx, w.spec, alive)
}

// halve puts a stretch on the list in halves when it does not have as many
// records here as in HubSpot. One of very many is halved in any case, and not at
// the same place in each round: of one record more and one less only the numbers of
// two stretches tell.
func (w *sweeper) halve(ctx context.Context, s stretch, there int) error {
	here, err := w.e.store.CountIDs(ctx, w.spec.Type, s.After, s.Until)
	if err != nil || here == there && here <= w.e.size.count {
		return err
	}
	at := here / 2
	if here == there {
		at = here * (40 + int(w.round.Began/1000)%21) / 100
	}
	middle, err := w.e.store.MiddleID(ctx, w.spec.Type, s.After, s.Until, at)
	if err != nil {
		return err
	}
	if middle == "" || middle == s.Until || here < 2 {
		w.round.Left = append(w.round.Left, s)
		return nil
	}
	w.round.Left = append(w.round.Left, stretch{middle, s.Until}, stretch{s.After, middle})
	return nil
}

// suspects are ids of the stretch that are here and not in the index, or the
// other way round, in order and up to mostSuspects; cut says that there are more.
func (w *sweeper) suspects(ctx context.Context, s stretch, there []crm.RemoteRecord) (out []crm.RemoteID, cut bool, err error) {
	indexed := map[crm.RemoteID]bool{}
	for _, r := range there {
		indexed[r.ID] = true
	}
	for after, done := s.After, false; !done; {
		ids, err := w.e.store.RemoteIDs(ctx, w.spec.Type, after, w.e.size.link)
		if err != nil {
			return nil, false, err
		}
		done = len(ids) < w.e.size.link
		for _, id := range ids {
			if s.Until != "" && before(s.Until, id) {
				done = true
				break
			}
			after = id
			if indexed[id] {
				delete(indexed, id)
				continue
			}
			if out = append(out, id); len(out) > mostSuspects {
				done = true
				break
			}
		}
	}
	for id := range indexed {
		out = append(out, id)
	}
	slices.SortFunc(out, crm.RemoteID.Compare)
	if len(out) > mostSuspects {
		return out[:mostSuspects], true, nil
	}
	return out, false, nil
}

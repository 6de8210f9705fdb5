package pull

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"satchel/internal/crm"
)

// How often a sweep begins: over the rep's own records, and over everything.
const (
	mineEvery = time.Hour
	allEvery  = 24 * time.Hour
)

// Where the rounds stand.
const (
	mineCursor = sweepPrefix + "mine"
	allCursor  = sweepPrefix + "all"
)

// A round is where a sweep stands; its JSON is the cursor. One that was stopped
// goes on where it was.
type round struct {
	Began crm.Millis     `json:"began"`           // by our clock
	Ended crm.Millis     `json:"ended,omitempty"` // 0 while it is under way
	Type  crm.ObjectType `json:"type,omitempty"`  // that is being swept; "" before the first
	Links bool           `json:"links,omitempty"` // its records are done, its associations are not
	To    int            `json:"to,omitempty"`    // whose turn it is among the types that it is associated with
	After crm.RemoteID   `json:"after,omitempty"` // what is up to here is done
	Left  []stretch      `json:"left,omitempty"`  // ids that are still to be counted, the next one last
	Found int            `json:"found,omitempty"` // records that were not as they should be
}

// due is how long until the next round begins; 0 while one is under way.
func (r *round) due(now crm.Millis, every time.Duration) time.Duration {
	if r.Began == 0 || r.Ended == 0 {
		return 0
	}
	gone := time.Duration(now-r.Began) * time.Millisecond
	if gone < 0 { // the clock was set back
		return 0
	}
	return max(every-gone, 0)
}

// own are the ids of the rep's records of one type, in a round.
type own struct {
	t   crm.ObjectType
	ids []crm.RemoteID
}

// Sweep takes one step in the search for what deltas do not show: archived,
// restored and merged records, and associations that came or went. It makes a
// call or two, none when the round ends with it, and a few more where it finds
// something. The rep's own records are read again every hour; those of everybody
// are counted every day, in HubSpot's index and here, and read where the counts
// differ; their associations are read again. Before all that come the values of
// properties that are new in the portal. Nothing is called when no round is due.
// Types whose backfill is not done are left out.
func (e *Engine) Sweep(ctx context.Context) (crm.Swept, error) {
	ctx = crm.WithLane(ctx, crm.Sweep)
	if on, err := e.refillStep(ctx); err != nil || on {
		return crm.Swept{Found: on}, err
	}
	specs, err := e.types(ctx)
	if err != nil {
		return crm.Swept{}, err
	}
	now := crm.At(e.clock())
	wait := allEvery
	var due []*sweeper
	for _, k := range []struct {
		every time.Duration
		sweeper
	}{
		{mineEvery, sweeper{e: e, cursor: mineCursor, types: ownTypes(specs), step: (*sweeper).reread}},
		{allEvery, sweeper{e: e, cursor: allCursor, types: specs, step: (*sweeper).count}},
	} {
		w := &k.sweeper
		if w.cursor == mineCursor && e.owner() == "" {
			continue
		}
		if _, err := e.load(ctx, w.cursor, &w.round); err != nil {
			return crm.Swept{}, err
		}
		if d := w.round.due(now, k.every); d > 0 {
			wait = min(wait, d)
		} else {
			due = append(due, w)
		}
	}
	if len(due) == 0 {
		return crm.Swept{Wait: wait, Searches: true}, nil
	}
	if due[0].cursor == e.swept { // they take turns
		slices.Reverse(due)
	}
	w := due[0]
	e.swept = w.cursor
	if w.fresh() {
		w.round, e.mine = round{Began: now}, own{}
	}
	had := w.round.Found
	for err == nil && !w.called && w.round.Ended == 0 && (!w.searches() || !e.spares) {
		err = w.go1(ctx)
	}
	next := due[len(due)-1]
	if !w.called && w.searches() { // its turn was not used
		next, e.swept = w, due[len(due)-1].cursor
	}
	e.spares = !next.searches()
	return crm.Swept{Found: w.round.Found > had, Searches: !e.spares}, err
}

// ownTypes are those of which records belong to somebody, and change hands.
func ownTypes(specs []crm.Spec) []crm.Spec {
	return slices.DeleteFunc(slices.Clone(specs), func(s crm.Spec) bool { return s.Aside || s.Activity && s.Type != crm.Tasks })
}

// A sweeper takes one step of one round.
type sweeper struct {
	e      *Engine
	cursor string
	types  []crm.Spec
	round  round
	step   func(w *sweeper, ctx context.Context) error
	spec   crm.Spec
	called bool // HubSpot was asked something: the step is over
}

// fresh says that the next step begins a round.
func (w *sweeper) fresh() bool { return w.round.Began == 0 || w.round.Ended != 0 }

// searches says whether the next step costs a search.
func (w *sweeper) searches() bool {
	return w.cursor == allCursor && (w.fresh() || len(w.round.Left) > 0)
}

// go1 takes the step and commits where the round stands. A type that this sign-in
// may not read is passed over.
func (w *sweeper) go1(ctx context.Context) error {
	i := slices.IndexFunc(w.types, func(s crm.Spec) bool { return s.Type == w.round.Type })
	if i < 0 {
		return w.next(ctx, 0)
	}
	w.spec = w.types[i]
	var p place
	known, err := w.e.load(ctx, fillPrefix+string(w.spec.Type), &p)
	if err != nil {
		return err
	}
	if !known || !p.Done || w.e.stopped(w.spec.Type) {
		return w.next(ctx, i+1)
	}
	if w.round.Links {
		err = w.relink(ctx)
	} else {
		err = w.step(w, ctx)
	}
	if aside(err) {
		w.e.log.WarnContext(ctx, "type is not swept", slog.String("type", string(w.spec.Type)), slog.Any("err", err))
		return w.next(ctx, i+1)
	}
	if err != nil {
		return fmt.Errorf("sweep %s: %w", w.spec.Type, err)
	}
	if w.round.Links && w.round.To >= len(w.linked()) {
		return w.next(ctx, i+1)
	}
	return nil
}

// next goes on with the i-th type, or ends the round.
func (w *sweeper) next(ctx context.Context, i int) error {
	w.round = round{Began: w.round.Began, Found: w.round.Found}
	if i < len(w.types) {
		w.round.Type, w.round.Left = w.types[i].Type, []stretch{{}}
	} else {
		w.round.Ended = max(crm.At(w.e.clock()), 1)
		w.e.log.InfoContext(ctx, "sweep done", slog.String("of", w.cursor), slog.Int("found", w.round.Found))
	}
	return w.e.store.SetCursor(ctx, w.at())
}

func (w *sweeper) at() crm.Cursor { return cursorOf(w.cursor, w.round) }

// recordsDone says that the type's associations are next.
func (w *sweeper) recordsDone() { w.round.Links, w.round.After, w.round.Left = true, "", nil }

// reread reads the next of the rep's own records again.
func (w *sweeper) reread(ctx context.Context) error {
	ids, err := w.own(ctx, w.e.size.read)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		w.recordsDone()
		return w.e.store.SetCursor(ctx, w.at())
	}
	w.round.After = ids[len(ids)-1]
	_, err = w.take(ctx, ids)
	return err
}

// take reads records again and then commits the round. It returns the ids that
// are live.
func (w *sweeper) take(ctx context.Context, ids []crm.RemoteID) ([]crm.RemoteID, error) {
	props, err := w.e.props(ctx, w.spec)
	if err != nil {
		return nil, err
	}
	var alive []crm.RemoteID
	for batch := range slices.Chunk(ids, w.e.size.read) {
		w.called = true
		some, changed, err := w.e.reread(ctx, w.spec, props, batch)
		if err != nil {
			return nil, err
		}
		alive = append(alive, some...)
		w.round.Found += changed
	}
	return alive, w.e.store.SetCursor(ctx, w.at())
}

// own are the next ids of the rep's own records of the type.
func (w *sweeper) own(ctx context.Context, limit int) ([]crm.RemoteID, error) {
	if w.e.mine.t != w.spec.Type {
		ids, err := w.e.store.OwnIDs(ctx, w.spec.Type, w.e.owner())
		if err != nil {
			return nil, err
		}
		w.e.mine = own{w.spec.Type, ids}
	}
	i, found := slices.BinarySearchFunc(w.e.mine.ids, w.round.After, crm.RemoteID.Compare)
	if found {
		i++
	}
	return w.e.mine.ids[i:min(i+limit, len(w.e.mine.ids))], nil
}

// linked are the types whose associations are read from the one that is swept:
// for the rep's own records all, for everybody's each pair once.
func (w *sweeper) linked() (out []pair) {
	if w.cursor == allCursor {
		return w.e.pairs(w.spec)
	}
	for _, to := range w.spec.Links {
		out = append(out, pair{w.spec.Type, to})
	}
	return out
}

// relink reads the associations of the next records with one type again.
func (w *sweeper) relink(ctx context.Context) error {
	pairs := w.linked()
	if w.round.To >= len(pairs) {
		return nil
	}
	pr := pairs[w.round.To]
	var ids []crm.RemoteID
	var err error
	switch {
	case w.e.barred(pr):
	case w.cursor == allCursor:
		ids, err = w.e.store.RemoteIDs(ctx, pr.from, w.round.After, w.e.size.link)
	default:
		ids, err = w.own(ctx, w.e.size.link)
	}
	if err != nil {
		return err
	}
	at := w.round.To
	if len(ids) < w.e.size.link {
		w.round.To, w.round.After = at+1, ""
	} else {
		w.round.After = ids[len(ids)-1]
	}
	if len(ids) > 0 {
		w.called = true
		links, err := w.e.remote.Associations(ctx, pr.from, pr.to, ids)
		if crm.KindOf(err) == crm.Forbidden {
			w.e.bar(pr, err)
			w.round.To, w.round.After = at+1, ""
			return w.e.store.SetCursor(ctx, w.at())
		}
		if err != nil {
			return fmt.Errorf("associations of %s with %s: %w", pr.from, pr.to, err)
		}
		a, err := w.e.store.Apply(ctx, crm.Pulled{Type: pr.from, LinksOf: ids, LinksTo: pr.to, Links: links})
		if err != nil {
			return fmt.Errorf("apply associations of %s with %s: %w", pr.from, pr.to, err)
		}
		if len(a.Changed) > 0 {
			w.round.Found += len(a.Changed)
			w.e.tell(pr.from, a.Changed)
		}
		// Some properties say what a record is associated with, and no stamp moves
		// when they do.
		_, err = w.take(ctx, a.Relinked)
		return err
	}
	return w.e.store.SetCursor(ctx, w.at())
}

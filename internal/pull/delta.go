package pull

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"satchel/internal/crm"
)

const (
	// overlap is how much of what was already looked at is looked at again: the
	// index shows changes up to half a minute late, now and then later.
	overlap = 2 * time.Minute
	// settled is how long after a heavy window the next full one is due; in
	// between they are light, without an overlap. Longer than overlap, so that
	// what one heavy window read is read once more, by when the index has
	// settled, and then no more.
	settled = overlap + 30*time.Second
	// late is how late the index may be for a change to be found by the deltas all
	// the same: as often, a window looks at that much again.
	late = 30 * time.Minute
	// heavyPages is how many pages make a window heavy.
	heavyPages = 5
	// remembered bounds the rows that are known from the windows before.
	remembered = 50_000
)

// A window is where the deltas of a type stand; its JSON is the cursor. All
// times are HubSpot's.
type window struct {
	Since crm.Millis `json:"since"` // older changes are here, and the index had time to settle
	Seen  crm.Millis `json:"seen"`  // older changes were here when last looked at
	Heavy bool       `json:"heavy,omitempty"`
	Wide  crm.Millis `json:"wide,omitempty"` // the end of the last window that looked far back

	Open  bool         `json:"open,omitempty"` // the rest is about the window being read
	Light bool         `json:"light,omitempty"`
	Far   bool         `json:"far,omitempty"` // it looks far back
	From  crm.Millis   `json:"from,omitempty"`
	Until crm.Millis   `json:"until,omitempty"` // HubSpot's time at its opening, at the latest
	Last  crm.RemoteID `json:"last,omitempty"`  // pages up to this id are here
	Pages int          `json:"pages,omitempty"`
}

// open begins a window at HubSpot's time now, or goes on with the one that was
// stopped.
func (w *window) open(now crm.Millis) {
	if w.Open {
		return
	}
	w.Open, w.Last, w.Pages = true, "", 0
	w.Until = max(now, w.Seen)
	w.Light = w.Heavy && w.Until-w.Since < crm.Millis(settled.Milliseconds())
	w.From = w.Since - crm.Millis(overlap.Milliseconds())
	const lag = crm.Millis(late / time.Millisecond)
	if w.Wide == 0 {
		w.Wide = w.Since // the backfill read the list, which is not late
	}
	switch w.Far = false; {
	case w.Light:
		w.From = w.Seen + 1
	case w.Until-w.Wide >= lag:
		w.Far = true
		w.From = min(w.From, max(w.Wide, w.Since-lag)-lag)
	}
	w.From = max(w.From, 0)
}

func (w *window) close() {
	w.Open, w.Seen = false, w.Until
	if !w.Light {
		w.Since, w.Heavy = w.Until, w.Pages > heavyPages
	}
	if w.Far {
		w.Wide = w.Until
	}
	w.From, w.Until, w.Last, w.Pages, w.Light, w.Far = 0, 0, "", 0, false, false
}

func (w *window) where(stamp string) []crm.Condition {
	where := []crm.Condition{{Prop: stamp, Op: "GTE", Value: millis(w.From)}}
	if w.Last != "" {
		where = append(where, crm.Condition{Prop: idProperty, Op: "GT", Value: string(w.Last)})
	}
	return where
}

// Delta pulls what changed since the last one, of the given types or of all,
// and then the associations of the records that changed. It pages by id, so
// that any number of records may share a stamp. A type that is no more than a page
// is listed instead. Types whose backfill is not done are left out.
func (e *Engine) Delta(ctx context.Context, types ...crm.ObjectType) error {
	ctx = crm.Unhurried(ctx)
	var errs []error
	specs, err := e.chosen(ctx, types)
	if err != nil {
		return err
	}
	for _, s := range specs {
		if e.stopped(s.Type) {
			continue
		}
		err := e.deltaOf(ctx, s)
		if aside(err) {
			e.stop(ctx, s.Type, err)
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("delta of %s: %w", s.Type, err))
		} else {
			e.asked(s.Type)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return worst(errs)
}

func (e *Engine) deltaOf(ctx context.Context, s crm.Spec) error {
	var w window
	known, err := e.load(ctx, deltaPrefix+string(s.Type), &w)
	if err != nil || !known {
		return err
	}
	if err := e.settleDue(ctx, s); err != nil {
		return err
	}
	if !w.Open {
		if done, err := e.deltaOfSmall(ctx, s, &w); done || err != nil {
			return err
		}
	}
	props, err := e.props(ctx, s)
	if err != nil {
		return err
	}
	now, err := e.askTime(ctx, s)
	if err != nil {
		return err
	}
	for w.open(now); w.Open; {
		page, err := e.remote.Search(ctx, s.Type, crm.SearchCall{
			Where: w.where(s.Modified), Sort: idProperty, Limit: e.size.search, Props: props,
		})
		if err != nil {
			return err
		}
		e.observe(page.Records)
		if w.Pages == 0 {
			w.Until = max(w.Until, e.hubNow()) // the first page may know better
		}
		switch {
		case page.Next == "":
			w.Pages++
			w.close()
		case !before(w.Last, page.High):
			return &crm.Error{Kind: crm.Upstream, Op: "delta after " + string(w.Last), Msg: "HubSpot's search does not move on. What is here is kept; it is tried again."}
		default:
			w.Pages++
			w.Last = page.High
		}
		if err := e.take(ctx, s, props, page.Records, cursorOf(deltaPrefix+string(s.Type), w)); err != nil {
			return err
		}
		if w.Open && w.Pages%max(e.size.link/e.size.search, 1) != 0 {
			continue // one call reads the links of several pages
		}
		if err := e.settleDue(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// take commits one page of a delta. The ids whose links are due are part of
// the transaction, so that a stop in between does not lose them.
func (e *Engine) take(ctx context.Context, s crm.Spec, props []string, rows []crm.RemoteRecord, at crm.Cursor) error {
	seen := e.unknown(s.Type, rows)
	fresh, err := e.believable(ctx, s, props, seen)
	if err != nil {
		return err
	}
	gained, err := e.gained(ctx, s.Type)
	if err != nil {
		return err
	}
	p := crm.Pulled{Type: s.Type, Records: fresh, Props: props, Gained: gained, Cursors: []crm.Cursor{at}}
	var ids []crm.RemoteID
	due := ""
	if len(fresh) > 0 {
		for _, r := range fresh {
			ids = append(ids, r.ID)
		}
		due = duePrefix + string(s.Type) + "/" + string(ids[0])
		p.Cursors = append(p.Cursors, crm.Cursor{Name: due, Value: joinIDs(ids)})
	}
	a, err := e.store.Apply(ctx, p)
	if err != nil {
		return fmt.Errorf("apply a page: %w", err)
	}
	e.remember(s.Type, seen)
	e.changed(s.Type, a)
	if due != "" && len(a.Changed) == 0 {
		return e.drop(ctx, s.Type, due)
	}
	return nil
}

// believable takes rows of the index, which lags, and asks HubSpot's own tables
// for those that are archived here: one that was archived a moment ago must not
// come back, one that was restored must.
func (e *Engine) believable(ctx context.Context, s crm.Spec, props []string, rows []crm.RemoteRecord) ([]crm.RemoteRecord, error) {
	ids := make([]crm.RemoteID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	gone, err := e.store.GoneIDs(ctx, s.Type, ids)
	if err != nil || len(gone) == 0 {
		return rows, err
	}
	out := slices.DeleteFunc(slices.Clone(rows), func(r crm.RemoteRecord) bool { return slices.Contains(gone, r.ID) })
	for batch := range slices.Chunk(gone, e.size.read) {
		read, err := e.remote.BatchRead(ctx, s.Type, batch, props)
		if err != nil {
			return nil, err
		}
		out = append(out, read.Found...)
	}
	return out, nil
}

// settleDue reads the links that are due, of as many pages in one call as fit.
func (e *Engine) settleDue(ctx context.Context, s crm.Spec) error {
	left, err := e.store.Cursors(ctx, duePrefix+string(s.Type)+"/")
	if err != nil {
		return fmt.Errorf("due associations: %w", err)
	}
	for len(left) > 0 {
		var names []string
		var ids []crm.RemoteID
		for len(left) > 0 {
			more := splitIDs(left[0].Value)
			if len(ids) > 0 && len(ids)+len(more) > e.size.link {
				break
			}
			names, ids, left = append(names, left[0].Name), append(ids, more...), left[1:]
		}
		if err := e.settle(ctx, s, ids, names...); err != nil {
			return err
		}
	}
	return nil
}

func joinIDs(ids []crm.RemoteID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(id))
	}
	return b.String()
}

func splitIDs(s string) (ids []crm.RemoteID) {
	for id := range strings.SplitSeq(s, ",") {
		if id != "" {
			ids = append(ids, crm.RemoteID(id))
		}
	}
	return ids
}

// unknown leaves out rows that an earlier window has brought: an overlap that
// shows nothing new costs the store nothing.
func (e *Engine) unknown(t crm.ObjectType, rows []crm.RemoteRecord) []crm.RemoteRecord {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := e.recent[t]
	out := make([]crm.RemoteRecord, 0, len(rows))
	for _, r := range rows {
		if at, ok := known[r.ID]; !ok || at != r.Modified || r.Modified == 0 {
			out = append(out, r)
		}
	}
	return out
}

func (e *Engine) remember(t crm.ObjectType, rows []crm.RemoteRecord) {
	if len(rows) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.recent[t] == nil || len(e.recent[t])+len(rows) > remembered {
		e.recent[t] = make(map[crm.RemoteID]crm.Millis, len(rows))
	}
	for _, r := range rows {
		e.recent[t][r.ID] = r.Modified
	}
}

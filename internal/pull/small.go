package pull

import (
	"context"
	"maps"
	"slices"

	"satchel/internal/crm"
)

// deltaOfSmall is the delta of a type of which one page of the list has all the
// records: the list does not lag, shows what was archived, and is not limited as
// search is. It asks for stamps only and reads what is new. false says that there
// are more records than a page has.
func (e *Engine) deltaOfSmall(ctx context.Context, s crm.Spec, w *window) (bool, error) {
	n, err := e.store.Count(ctx, s.Type)
	if err != nil || n > e.size.list {
		return false, err
	}
	page, err := e.remote.List(ctx, s.Type, crm.ListCall{Limit: e.size.list, Props: []string{idProperty, s.Modified}})
	if err != nil || page.Next != "" {
		return false, err
	}
	here, err := e.store.Stamps(ctx, s.Type, n+1)
	if err != nil {
		return false, err
	}
	e.observe(page.Records)
	fresh := e.unknown(s.Type, page.Records)
	before := w.Since - crm.Millis(margin.Milliseconds())
	var ids []crm.RemoteID
	for _, r := range fresh {
		// One of before has been read, with its links, by the process before this one.
		if at, ok := here[r.ID]; !ok || at != r.Modified || at >= before {
			ids = append(ids, r.ID)
		}
	}
	for _, r := range page.Records {
		delete(here, r.ID)
	}
	gone := slices.SortedFunc(maps.Keys(here), crm.RemoteID.Compare)
	if err := e.readSmall(ctx, s, ids, gone); err != nil {
		return false, err
	}
	e.remember(s.Type, fresh)
	w.open(max(e.hubNow(), w.Until))
	w.Light, w.Far = false, true // it has seen everything
	w.close()
	return true, e.store.SetCursor(ctx, cursorOf(deltaPrefix+string(s.Type), *w))
}

// readSmall reads the records that are new, with their links, and what is here
// and was not in the list. A stop in between leaves the links due.
func (e *Engine) readSmall(ctx context.Context, s crm.Spec, ids, gone []crm.RemoteID) error {
	if len(ids)+len(gone) == 0 {
		return nil
	}
	props, err := e.props(ctx, s)
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		due := crm.Cursor{Name: duePrefix + string(s.Type) + "/" + string(ids[0]), Value: joinIDs(ids)}
		if err := e.store.SetCursor(ctx, due); err != nil {
			return err
		}
	}
	changed := 0
	for batch := range slices.Chunk(slices.Concat(ids, gone), e.size.read) {
		_, n, err := e.reread(ctx, s, props, batch)
		if err != nil {
			return err
		}
		changed += n
	}
	if len(ids) > 0 && changed == 0 {
		return e.drop(ctx, s.Type, duePrefix+string(s.Type)+"/"+string(ids[0]))
	}
	return e.settleDue(ctx, s)
}

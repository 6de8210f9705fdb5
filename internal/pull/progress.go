package pull

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"satchel/internal/crm"
)

// Progress is how far the pull of one type is.
type Progress struct {
	Type    crm.ObjectType
	Here    int           // records in the local copy
	Total   int           // in HubSpot when the backfill began; -1 when not known
	PerSec  float64       // records received per second, over the last seconds
	Left    time.Duration // until all are here at this pace; -1 when not known
	Done    bool          // records and associations are here
	Barred  bool          // this sign-in may not read the type: nothing of it comes
	Message string        // why it stands still or lacks something, for people; "" otherwise
}

// pace is the time over which the rate is averaged, and quiet the shortest
// time between two notices of the same list during a backfill.
const (
	pace  = 8 * time.Second
	quiet = 400 * time.Millisecond
)

// tally is what is known about the pull of one type. Engine.mu guards it.
type tally struct {
	here    int
	total   int
	got     int // records that this backfill has received
	pulled  int // see Pulled
	done    bool
	stopped string           // a missing permission: nothing of this type is pulled
	remark  string           // a missing permission: something of it is lacking
	barred  []crm.ObjectType // associations with these are not shown to us
	told    time.Time
	samples []sample
}

type sample struct {
	at  time.Time
	got int
}

func (t *tally) rate(now time.Time) float64 {
	if len(t.samples) < 2 {
		return 0
	}
	first, last := t.samples[0], t.samples[len(t.samples)-1]
	span := max(now.Sub(first.at), last.at.Sub(first.at))
	if span < 100*time.Millisecond {
		return 0
	}
	return float64(last.got-first.got) / span.Seconds()
}

// Types are those that are pulled, in the order of the navigation.
func (e *Engine) Types() []crm.ObjectType {
	specs := e.known()
	out := make([]crm.ObjectType, 0, len(specs))
	for _, s := range specs {
		out = append(out, s.Type)
	}
	return out
}

// Progress tells for every type how far it is, in the order of crm.Specs.
func (e *Engine) Progress() []Progress {
	now := e.clock()
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Progress, 0, len(e.specs))
	for _, s := range e.specs {
		t := e.tally[s.Type]
		p := Progress{Type: s.Type, Here: t.here, Total: t.total, Left: -1, Done: t.done, Barred: t.stopped != "", Message: t.stopped}
		if p.Message == "" {
			p.Message = t.remark
		}
		if t.done {
			p.Left = 0
		} else if p.PerSec = t.rate(now); p.PerSec > 0 && t.total >= 0 {
			left := float64(max(t.total-t.got, 0)) / p.PerSec
			p.Left = time.Duration(left * float64(time.Second)).Round(time.Second)
		}
		out = append(out, p)
	}
	return out
}

// Pulled counts since New: each record that a backfill received, once however
// often it came, and each record whose view a delta changed.
func (e *Engine) Pulled() map[crm.ObjectType]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make(map[crm.ObjectType]int, len(e.tally))
	for t, n := range e.tally {
		out[t] = n.pulled
	}
	return out
}

// Usable says that the first page is here: the rep can begin.
func (e *Engine) Usable() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.usable
}

// Notes are sentences for people about what HubSpot does not show beyond the
// records of a type.
func (e *Engine) Notes() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ownersNote == "" {
		return nil
	}
	return []string{e.ownersNote}
}

// Complete says whether the backfill of every type is done, but for types that
// a missing permission has stopped. Its first call also gives Progress and
// Usable what an earlier process has left.
func (e *Engine) Complete(ctx context.Context) (bool, error) {
	if on, err := e.load(ctx, fullCursor, &full{}); err != nil || on {
		return false, err
	}
	specs, err := e.types(ctx)
	if err != nil {
		return false, err
	}
	all := true
	for _, s := range specs {
		var p place
		known, err := e.load(ctx, fillPrefix+string(s.Type), &p)
		if err != nil {
			return false, fmt.Errorf("place of %s: %w", s.Type, err)
		}
		n, err := e.store.Count(ctx, s.Type)
		if err != nil {
			return false, fmt.Errorf("count %s: %w", s.Type, err)
		}
		linked := true
		for _, pr := range e.pairs(s) {
			var w walk
			if _, err := e.load(ctx, pr.cursor(), &w); err != nil {
				return false, err
			}
			linked = linked && (w.Done || e.barred(pr))
		}
		e.mu.Lock()
		t := e.tally[s.Type]
		t.here, t.done = n, p.Done && linked
		if known {
			t.total, t.got = p.Total, p.Got
		}
		e.usable = e.usable || n > 0 || p.Done
		all = all && (t.done || t.stopped != "")
		e.mu.Unlock()
	}
	return all, nil
}

// aside says whether an error is about one type alone: this sign-in may not read
// it, or HubSpot does not know it, as with one of the portal's own that an
// administrator has removed.
func aside(err error) bool {
	switch crm.KindOf(err) { //nolint:exhaustive // the others are about more than a type
	case crm.Forbidden, crm.NotFound, crm.Invalid:
		return true
	}
	return false
}

// stop sets a type aside until its schema is asked for again.
func (e *Engine) stop(ctx context.Context, t crm.ObjectType, err error) {
	says := fmt.Sprintf("HubSpot does not let Satchel read %s%s. The other records are pulled.", t, scopesOf(err))
	if crm.KindOf(err) != crm.Forbidden {
		says = fmt.Sprintf("HubSpot does not answer for %s; the type may have been removed there. What is here is kept, the other records are pulled, and it is tried again.", e.label(t))
	}
	e.log.WarnContext(ctx, "type is not pulled", slog.String("type", string(t)), slog.Any("err", err))
	e.mu.Lock()
	e.tally[t].stopped = says
	e.mu.Unlock()
	e.notify(crm.TopicSync)
}

// label is what people call a type.
func (e *Engine) label(t crm.ObjectType) string {
	if s, ok := crm.FindSpec(e.known(), string(t)); ok && s.Many != "" {
		return s.Many
	}
	return string(t)
}

func (e *Engine) allow(t crm.ObjectType) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tally[t].stopped, e.tally[t].barred = "", nil
}

func (e *Engine) stopped(t crm.ObjectType) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tally[t].stopped != ""
}

func (e *Engine) remark(t crm.ObjectType, s string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tally[t].remark = s
}

func (e *Engine) setOwnersNote(s string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ownersNote = s
}

// begin sets the counts of a type from where its backfill starts.
func (e *Engine) begin(t crm.ObjectType, here int, p *place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.tally[t]
	n.here, n.total, n.got, n.done = here, p.Total, p.Got, false
	n.samples = append(n.samples[:0], sample{e.clock(), n.got})
}

// arrived counts a page of a backfill and tells the lists, now and then.
func (e *Engine) arrived(t crm.ObjectType, p *place, received int, a crm.Applied) {
	now := e.clock()
	e.mu.Lock()
	n := e.tally[t]
	first := !e.usable
	e.usable = true
	n.here += a.Added
	n.pulled += received
	n.got, n.total = p.Got, p.Total
	n.samples = append(n.samples, sample{now, n.got})
	for len(n.samples) > 2 && now.Sub(n.samples[0].at) > pace {
		n.samples = n.samples[1:]
	}
	since := now.Sub(n.told)
	tell := first || since < 0 || since >= quiet
	if tell {
		n.told = now
	}
	e.mu.Unlock()
	if tell {
		e.notify(crm.TopicSync, crm.ListTopic(t))
	}
}

// finished marks a type's backfill as done.
func (e *Engine) finished(t crm.ObjectType) {
	e.mu.Lock()
	e.tally[t].done = true
	e.usable = true
	e.mu.Unlock()
	e.notify(crm.TopicSync, crm.ListTopic(t))
}

// changed counts what a delta changed and tells who shows it.
func (e *Engine) changed(t crm.ObjectType, a crm.Applied) {
	if len(a.Changed) == 0 {
		return
	}
	e.mu.Lock()
	e.tally[t].here += a.Added
	e.tally[t].pulled += len(a.Changed)
	e.mu.Unlock()
	e.tell(t, a.Changed)
}

// tell names the records that changed, up to a page of them: beyond that
// whoever shows one asks again because of the list.
func (e *Engine) tell(t crm.ObjectType, ids []crm.LocalID) {
	topics := []crm.Topic{crm.ListTopic(t)}
	for _, id := range ids[:min(len(ids), e.size.search)] {
		topics = append(topics, crm.RecordTopic(id))
	}
	e.notify(topics...)
}

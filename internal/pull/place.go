package pull

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"satchel/internal/crm"
)

// Names of cursors. What stands before the slash says whose it is.
const (
	fillPrefix   = "backfill/" // + type: a place
	linkPrefix   = "links/"    // + from/to: a walk
	deltaPrefix  = "delta/"    // + type: a window
	duePrefix    = "due/"      // + type/id: ids whose links are still to be read
	auditPrefix  = "audit/"    // + type: how far the archived list was read
	sweepPrefix  = "sweep/"    // + mine, all: a round
	refillPrefix = "refill/"   // + type: a refill
	fullCursor   = "full"      // present while a full pull is not finished
)

// A span is a stretch of ids that is not here yet: Next and above, below End.
// The list endpoint eats it from the bottom and search from the top, until
// they meet. An empty Next is the lowest id there is, an empty End has no
// bound.
type span struct {
	Next crm.RemoteID `json:"next,omitempty"`
	End  crm.RemoteID `json:"end,omitempty"`
	Done bool         `json:"done,omitempty"`
}

// holds says whether an id belongs to what the span still misses.
func (s span) holds(id crm.RemoteID) bool {
	return !s.Done && !before(id, s.Next) && (s.End == "" || before(id, s.End))
}

func (s *span) meet() {
	if s.Next != "" && s.End != "" && !before(s.Next, s.End) {
		s.Done = true
	}
}

// A place is where the backfill of a type stands; its JSON is the cursor.
type place struct {
	Since crm.Millis `json:"since"` // where the first delta begins
	Total int        `json:"total"` // -1 when not known
	Got   int        `json:"got"`   // records received, each counted once
	Spans []span     `json:"spans"`
	Plain bool       `json:"plain,omitempty"` // the list is read in one stretch: it cannot be entered anywhere
	Done  bool       `json:"done,omitempty"`
}

// rise moves the bottom of span i up to where the next page of the list
// starts; "" means that the list has ended, and nothing is above. Moves that
// come from different readers may be done in any order.
func (p *place) rise(i int, next crm.RemoteID) {
	if next == "" {
		for k := range p.Spans[i:] {
			p.Spans[i+k].Done = true
		}
		return
	}
	p.Spans[i].Next = next
	p.Spans[i].meet()
}

// sink moves the top of span i down to the lowest id that search has found.
func (p *place) sink(i int, lowest crm.RemoteID) {
	p.Spans[i].End = lowest
	p.Spans[i].meet()
}

// split cuts the one span of a fresh place at the given ids, ascending.
func (p *place) split(at []crm.RemoteID) {
	for _, id := range at {
		top := &p.Spans[len(p.Spans)-1]
		rest := span{Next: id, End: top.End, Done: top.Done && top.End == ""}
		top.End = id
		top.meet()
		p.Spans = append(p.Spans, rest)
	}
}

// join makes one span of all: the list cannot be entered at an id of ours. What
// was read above the first span is read once more. With anew not even the place
// that the first one has reached is one at which it can be entered.
func (p *place) join(anew bool) {
	if p.Plain && !anew {
		return
	}
	first, last := p.Spans[0], p.Spans[len(p.Spans)-1]
	one := span{Next: first.Next, End: last.End}
	if first.Done && first.End != "" {
		one.Next = first.End
	}
	if anew {
		one.Next = ""
	}
	one.Done = first.Done && len(p.Spans) == 1 && !anew
	p.Spans, p.Plain = []span{one}, true
}

func (p *place) filled() bool {
	for _, s := range p.Spans {
		if !s.Done {
			return false
		}
	}
	return true
}

func (p *place) clone() place {
	c := *p
	c.Spans = append([]span(nil), p.Spans...)
	return c
}

// A walk is how far the links of one pair of types were read, in id order.
type walk struct {
	After crm.RemoteID `json:"after,omitempty"`
	Done  bool         `json:"done,omitempty"`
}

// cursorOf packs a position as a cursor.
func cursorOf(name string, v any) crm.Cursor {
	b, err := json.Marshal(v)
	if err != nil { // structs of strings and numbers
		panic(fmt.Sprintf("cursor %s: %v", name, err))
	}
	return crm.Cursor{Name: name, Value: string(b)}
}

// load unpacks the cursor of that name into v. A cursor that cannot be read is
// one that is not there: pulling again is harmless.
func (e *Engine) load(ctx context.Context, name string, v any) (bool, error) {
	c, ok, err := e.store.Cursor(ctx, name)
	if err != nil || !ok {
		return false, err
	}
	if ok = json.Unmarshal([]byte(c.Value), v) == nil; !ok {
		e.log.WarnContext(ctx, "cursor cannot be read and starts anew", slog.String("cursor", name))
	}
	return ok, nil
}

func before(a, b crm.RemoteID) bool { return a.Compare(b) < 0 }

package sandbox

import (
	"fmt"
	"strconv"
)

// Stats counts what happened to the portal. Calls are counted at their arrival.
type Stats struct {
	Requests    map[string]int64 `json:"requests"`      // per bucket: burst, search, associations, oauth
	Rejected    map[string]int64 `json:"rejected"`      // 429s sent
	MaxInWindow map[string]int64 `json:"max_in_window"` // most arrivals in any window: 10 s, for search 1 s; for burst of one app
	Records     map[string]int64 `json:"records"`       // live records by type
}

// Stats returns the counts since the portal was opened.
func (p *Portal) Stats() Stats {
	s := p.meter.stats()
	p.mu.RLock()
	defer p.mu.RUnlock()
	s.Records = map[string]int64{}
	for _, t := range p.tables {
		s.Records[t.kind.plural] = int64(t.live.len())
	}
	return s
}

func (m *meter) stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Stats{Requests: map[string]int64{}, Rejected: map[string]int64{}, MaxInWindow: map[string]int64{
		burst: 0, search: int64(m.search.peak), associations: int64(m.assoc.peak), oauth: int64(m.token.peak),
	}}
	for _, w := range m.apps {
		s.MaxInWindow[burst] = max(s.MaxInWindow[burst], int64(w.peak))
	}
	for bucket, n := range m.requests {
		s.Requests[bucket], s.Rejected[bucket] = n, m.rejected[bucket]
	}
	return s
}

// Change is an edit that somebody else makes: a colleague in HubSpot's UI.
type Change struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Properties map[string]text `json:"properties"`
	User       string          `json:"user"`   // e-mail or user id; "" is the second owner, or the only one
	Source     string          `json:"source"` // "" is CRM_UI
}

// Edit makes a colleague's change: validated like any other, with their user in
// the history.
func (p *Portal) Edit(ch Change) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, r, err := p.at(ch.Type, ch.ID, false)
	if err != nil {
		return err
	}
	w, err := p.colleague(ch.User, ch.Source)
	if err != nil {
		return err
	}
	e, err := p.validate(t, r.cur, ch.Properties, w)
	if err != nil {
		return fmt.Errorf("edit %s %s: %w", ch.Type, ch.ID, err)
	}
	p.apply(t, r, e, w)
	return nil
}

// colleague is the writer behind a change in the UI.
func (p *Portal) colleague(user, kind string) (writer, error) {
	if user == "" && len(p.owners) > 1 {
		user = p.owners[1].Email
	}
	o := p.user(user)
	if o == nil || o.UserID == 0 {
		return writer{}, fmt.Errorf("no user %q in this portal", user)
	}
	if kind == "" {
		kind = "CRM_UI"
	}
	src := source{Type: kind, ID: "userId:" + strconv.FormatInt(o.UserID, 10), UserID: o.UserID}
	return writer{src: p.source(src), dated: true}, nil
}

// somebody is the colleague of a change that names none, in a portal without
// users as well.
func (p *Portal) somebody() *source {
	if w, err := p.colleague("", ""); err == nil {
		return w.src
	}
	return p.source(source{Type: "CRM_UI"})
}

// at finds a record for a control call.
func (p *Portal) at(typ, id string, archived bool) (*table, *record, error) {
	t, err := p.kindOf(typ)
	if err != nil {
		return nil, nil, err
	}
	n, numeric := parseID(id)
	r := t.find(n)
	if !numeric || r == nil || (r.cur.archived != 0) != archived {
		return nil, nil, fmt.Errorf("no %s with id %s", t.kind.singular, id)
	}
	return t, r, nil
}

// Archive moves a record to the recycle bin, as a colleague would.
func (p *Portal) Archive(typ, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, r, err := p.at(typ, id, false)
	if err != nil {
		return err
	}
	p.archive(t, r, p.somebody())
	return nil
}

// Restore takes a record out of the recycle bin. HubSpot's API cannot. It is
// refused while another record has one of its unique values.
func (p *Portal) Restore(typ, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, r, err := p.at(typ, id, true)
	if err != nil {
		return err
	}
	for prop := range t.unique {
		for _, key := range t.keys(prop, r.cur) {
			if other := t.findBy(prop, key); other != nil {
				return fmt.Errorf("restore %s %s: %d has its %s by now", typ, id, other.cur.id, t.props[prop].Name)
			}
		}
	}
	p.rearchive(t, r, 0, p.somebody())
	return nil
}

// Merge merges other into primary, as a colleague would, and returns the new id.
func (p *Portal) Merge(typ, primary, other string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, a, err := p.at(typ, primary, false)
	if err != nil {
		return "", err
	}
	_, b, err := p.at(typ, other, false)
	if err != nil {
		return "", err
	}
	r, err := p.merge(t, a, b, p.somebody())
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(r.cur.id, 10), nil
}

// Touch gives every live record of a type a new modified stamp and nothing
// else: what a nightly recalculation in HubSpot does. It returns their number.
func (p *Portal) Touch(typ string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.kindOf(typ)
	if err != nil {
		return 0, err
	}
	now := p.nowMS()
	for r := range t.live.ascend(0, t.live.len()) {
		old := r.cur
		next := *old
		next.modified = max(now, old.modified)
		r.cur = &next // no value changed: lists and unique values stay as they are
		p.reindex(t, old, &next)
	}
	p.saver.touch(p)
	return t.live.len(), nil
}

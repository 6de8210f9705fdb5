package sandbox

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
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
	if o == nil {
		return writer{}, fmt.Errorf("no user %q in this portal", user)
	}
	if kind == "" {
		kind = "CRM_UI"
	}
	src := source{Type: kind, ID: "userId:" + strconv.FormatInt(o.UserID, 10), UserID: o.UserID}
	return writer{src: p.source(src), dated: true}, nil
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
	p.archive(t, r)
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
	p.rearchive(t, r, 0)
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
	r, err := p.merge(t, a, b)
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

// controlRoutes mounts /_sandbox: no limits, no token, loopback names only.
func (p *Portal) controlRoutes(mux *http.ServeMux) {
	on := func(pattern string, h func(body []byte) (any, error)) {
		mux.HandleFunc(pattern, p.control(h))
	}
	on("GET /_sandbox/stats", func([]byte) (any, error) { return p.Stats(), nil })
	on("GET /_sandbox/faults", func([]byte) (any, error) { return map[string]any{"faults": p.Faults()}, nil })
	on("POST /_sandbox/faults", func(body []byte) (any, error) {
		var f Fault
		if err := decode(body, &f); err != nil {
			return nil, err
		}
		id, err := p.Fault(f)
		return map[string]int{"id": id}, err
	})
	on("DELETE /_sandbox/faults", func([]byte) (any, error) { p.ClearFaults(); return nil, nil })
	on("POST /_sandbox/clock", p.controlClock)
	on("POST /_sandbox/edit", func(body []byte) (any, error) {
		var ch Change
		if err := decode(body, &ch); err != nil {
			return nil, err
		}
		return struct{}{}, p.Edit(ch)
	})
	on("POST /_sandbox/grant", p.controlGrant)
	on("POST /_sandbox/archive", controlRecord(p.Archive))
	on("POST /_sandbox/restore", controlRecord(p.Restore))
	on("POST /_sandbox/merge", p.controlMerge)
	on("POST /_sandbox/touch-all", func(body []byte) (any, error) {
		var in struct {
			Type string `json:"type"`
		}
		if err := decode(body, &in); err != nil {
			return nil, err
		}
		n, err := p.Touch(in.Type)
		return map[string]int{"touched": n}, err
	})
	on("POST /_sandbox/revoke", func([]byte) (any, error) {
		p.Revoke()
		return map[string]string{"token": p.Credentials().Token}, nil
	})
	on("/_sandbox/", func([]byte) (any, error) {
		return nil, &apiError{code: http.StatusNotFound, Message: "no such control"}
	})
}

// controlGrant gives what the authorize page would, without the page, together
// with the app that it was given to.
func (p *Portal) controlGrant(body []byte) (any, error) {
	var in struct {
		Email string `json:"email"`
	}
	if len(body) > 0 {
		if err := decode(body, &in); err != nil {
			return nil, err
		}
	}
	refresh, err := p.GrantFor(in.Email)
	c := p.Credentials()
	return map[string]string{"client_id": c.ClientID, "client_secret": c.ClientSecret, "refresh_token": refresh}, err
}

func (p *Portal) controlClock(body []byte) (any, error) {
	var in struct {
		Advance int64 `json:"advance_ms"`
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	if in.Advance < 0 || in.Advance > math.MaxInt64/int64(time.Millisecond) {
		return nil, invalid("advance_ms must be a forward step, but was %d", in.Advance)
	}
	p.Advance(time.Duration(in.Advance) * time.Millisecond)
	return map[string]string{"now": stamp(p.nowMS())}, nil
}

func controlRecord(do func(typ, id string) error) func([]byte) (any, error) {
	return func(body []byte) (any, error) {
		var in struct {
			Type string `json:"type"`
			ID   text   `json:"id"`
		}
		if err := decode(body, &in); err != nil {
			return nil, err
		}
		return struct{}{}, do(in.Type, string(in.ID))
	}
}

func (p *Portal) controlMerge(body []byte) (any, error) {
	var in struct {
		Type    string `json:"type"`
		Primary text   `json:"primary"`
		Other   text   `json:"other"`
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	id, err := p.Merge(in.Type, string(in.Primary), string(in.Other))
	return map[string]string{"id": id}, err
}

// control runs a control call for a caller on this machine. The Host header
// must be a loopback name, so that a web page cannot reach it by a name of its
// own that resolves to this machine; and a page of another site is refused.
func (p *Portal) control(h func([]byte) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := p.runControl(r, h)
		maps.Copy(w.Header(), a.header)
		if a.code != http.StatusNoContent {
			w.Header().Set("Content-Type", jsonType)
		}
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body) // the caller may be gone; there is nobody to tell
	}
}

func (p *Portal) runControl(r *http.Request, h func([]byte) (any, error)) answer {
	if !loopback(r.Host) || http.NewCrossOriginProtection().Check(r) != nil {
		return failure(&apiError{code: http.StatusForbidden, Message: "control calls are for this machine only"}, p.correlation())
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return failure(invalid("request body could not be read"), p.correlation())
	}
	out, err := h(body)
	if err != nil {
		api, is := errors.AsType[*apiError](err)
		if !is {
			api = invalid("%s", err)
		}
		return failure(api, p.correlation())
	}
	if out == nil {
		return noContent()
	}
	return ok(out)
}

// loopback reports whether a Host header names this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

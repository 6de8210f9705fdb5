package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// Create makes a record as a colleague would, by a change without an id, and
// returns its id.
func (p *Portal) Create(ch Change) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.kindOf(ch.Type)
	if err != nil {
		return "", err
	}
	w, err := p.colleague(ch.User, ch.Source)
	if err != nil {
		return "", err
	}
	dr, err := p.prepare(t, ch.Properties, nil, w)
	if err != nil {
		return "", fmt.Errorf("create %s: %w", ch.Type, err)
	}
	return strconv.FormatInt(p.create(t, dr, w).cur.id, 10), nil
}

// Link is an association that a colleague makes.
type Link struct {
	Type     string `json:"type"`
	ID       text   `json:"id"`
	ToType   string `json:"to_type"`
	ToID     text   `json:"to_id"`
	Category string `json:"category"` // of TypeID; "" is any
	TypeID   int    `json:"type_id"`  // 0 is the default association
}

// Associate links two records as a colleague would.
func (p *Portal) Associate(l Link) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	from, a, err := p.at(l.Type, string(l.ID), false)
	if err != nil {
		return err
	}
	to, b, err := p.at(l.ToType, string(l.ToID), false)
	if err != nil {
		return err
	}
	if l.TypeID != 0 {
		kind, known := p.kindFor(from, to, l.Category, l.TypeID)
		if !known {
			return fmt.Errorf("no association type %d from %s to %s", l.TypeID, from.kind.plural, to.kind.plural)
		}
		p.linkAll(from, a, linkSpec{b.cur.id, to, []uint16{kind}})
		return nil
	}
	if p.linkDefault(from, a, to, b) == nil {
		return fmt.Errorf("no association type exists from %s to %s", from.kind.plural, to.kind.plural)
	}
	return nil
}

// Dissociate ends every association between two records as a colleague would.
func (p *Portal) Dissociate(l Link) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	from, a, err := p.at(l.Type, string(l.ID), false)
	if err != nil {
		return err
	}
	to, b, err := p.at(l.ToType, string(l.ToID), false)
	if err != nil {
		return err
	}
	p.unlinkAll(from, a, to, b.cur.id)
	return nil
}

// Forget deletes a record for good, out of the recycle bin too: gdpr-delete.
func (p *Portal) Forget(typ, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, r, err := p.at(typ, id, false)
	if err != nil {
		if t, r, err = p.at(typ, id, true); err != nil {
			return err
		}
	}
	if !t.kind.forgets {
		return fmt.Errorf("%s cannot be deleted for good", t.kind.plural)
	}
	p.erase(t, r, p.somebody())
	return nil
}

// NewOwner is an owner that joins the account.
type NewOwner struct {
	Type      string `json:"type"` // PERSON, "" for it too, or QUEUE, which no user is behind
	Email     string `json:"email"`
	FirstName string `json:"firstName"` // of a queue its name
	LastName  string `json:"lastName"`
}

// AddOwner adds an owner and returns its id.
func (p *Portal) AddOwner(n NewOwner) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case n.Type != "" && n.Type != ownerPerson && n.Type != ownerQueue:
		return "", fmt.Errorf("owner type %q: want PERSON or QUEUE", n.Type)
	case n.Type == ownerQueue && (n.Email != "" || n.FirstName == ""):
		return "", errors.New("a queue has a firstName, which is its name, and no e-mail")
	case n.Type != ownerQueue && (n.Email == "" || p.user(n.Email) != nil):
		return "", fmt.Errorf("a person needs an e-mail that nobody has, not %q", n.Email)
	}
	now := p.nowMS()
	o := p.addOwner(owner{
		Type: cmp.Or(n.Type, ownerPerson), Email: n.Email, FirstName: n.FirstName, LastName: n.LastName, Created: now, Updated: now,
	})
	p.saver.touch(p)
	return strconv.FormatInt(o.ID, 10), nil
}

// ArchiveOwner deactivates the user behind an owner: the owner is archived and
// what the user granted to the app ends.
func (p *Portal) ArchiveOwner(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.owners {
		if strconv.FormatInt(o.ID, 10) != id || o.Archived != 0 {
			continue
		}
		o.Archived, o.Updated = p.nowMS(), p.nowMS()
		for token, g := range p.auth.Refresh {
			if o.UserID != 0 && g.UserID == o.UserID {
				delete(p.auth.Refresh, token)
			}
		}
		p.saver.touch(p)
		return nil
	}
	return fmt.Errorf("no active owner with id %q", id)
}

// colleagueRoutes mounts what other people do in HubSpot.
func (p *Portal) colleagueRoutes(on func(pattern string, h func(body []byte) (any, error))) {
	on("POST /_sandbox/edit", func(body []byte) (any, error) {
		var ch Change
		if err := decode(body, &ch); err != nil {
			return nil, err
		}
		return struct{}{}, p.Edit(ch)
	})
	on("POST /_sandbox/create", func(body []byte) (any, error) {
		var ch Change
		if err := decode(body, &ch); err != nil {
			return nil, err
		}
		id, err := p.Create(ch)
		return map[string]string{"id": id}, err
	})
	on("POST /_sandbox/associate", func(body []byte) (any, error) {
		var l Link
		if err := decode(body, &l); err != nil {
			return nil, err
		}
		return struct{}{}, p.Associate(l)
	})
	on("POST /_sandbox/archive", controlRecord(p.Archive))
	on("POST /_sandbox/restore", controlRecord(p.Restore))
	on("POST /_sandbox/forget", controlRecord(p.Forget))
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
	on("GET /_sandbox/owners", func([]byte) (any, error) { return map[string][]ownerJSON{"owners": p.ownerViews()}, nil })
	on("POST /_sandbox/owners", p.controlOwners)
}

// ownerViews lists all owners as the API would show them, archived ones too.
func (p *Portal) ownerViews() []ownerJSON {
	p.mu.RLock()
	defer p.mu.RUnlock()
	out := []ownerJSON{}
	for _, o := range p.owners {
		out = append(out, o.view())
	}
	return out
}

// controlOwners adds an owner, or archives the one named in archive.
func (p *Portal) controlOwners(body []byte) (any, error) {
	var in struct {
		NewOwner
		Archive text `json:"archive"`
	}
	if err := decodeKnown(body, &in); err != nil {
		return nil, err
	}
	if in.Archive == "" {
		id, err := p.AddOwner(in.NewOwner)
		return map[string]string{"id": id}, err
	}
	if in.NewOwner != (NewOwner{}) {
		return nil, invalid("either archive an owner or add one")
	}
	return map[string]string{"id": string(in.Archive)}, p.ArchiveOwner(string(in.Archive))
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

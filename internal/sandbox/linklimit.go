package sandbox

import (
	"net/http"
	"slices"
)

// linkLimit is a limit of associations as HubSpot's associationsSchema file
// shows it: how many records one may have by a type.
type linkLimit struct {
	Category string  `json:"category"`
	TypeID   int     `json:"typeId"`
	Label    *string `json:"label,omitempty"`
	Max      int     `json:"userEnforcedMaxToObjectIds,omitempty"`
}

// limitInput is one input of a batch of limits.
type limitInput struct {
	Category string `json:"category"`
	TypeID   int    `json:"typeId"`
	Max      *int   `json:"maxToObjectIds"`
}

// allLinkLimits is GET …/definitions/configurations/all.
func allLinkLimits(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	if err := c.need(c.p.anyReadScope()...); err != nil {
		return answer{}, err
	}
	return ok(map[string][]linkLimit{"results": c.p.linkLimits(func(*linkType) bool { return true })}), nil
}

// anyReadScope are the scopes of which one opens what is about all types.
func (p *Portal) anyReadScope() []string {
	var scopes []string
	for _, t := range p.tables {
		scopes = append(scopes, t.kind.objectScopes("read")...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// pairLinkLimits is GET …/definitions/configurations/{from}/{to}.
func pairLinkLimits(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	from, to, err := c.pair(false)
	if err != nil {
		return answer{}, err
	}
	list := c.p.linkLimits(func(lt *linkType) bool { return lt.From == from.kind.id && lt.To == to.kind.id })
	return ok(map[string][]linkLimit{"results": list}), nil
}

// linkLimits lists the types that have a limit.
func (p *Portal) linkLimits(wanted func(*linkType) bool) []linkLimit {
	out := []linkLimit{}
	for _, lt := range p.linkTypes {
		if lt.Max > 0 && wanted(lt) {
			out = append(out, lt.limit())
		}
	}
	return out
}

func (lt *linkType) limit() linkLimit {
	v := lt.view()
	return linkLimit{v.Category, v.TypeID, v.Label, lt.Max}
}

// createLinkLimits is POST …/batch/create: a limit for types that have none.
func createLinkLimits(c *call) (answer, error) {
	return c.changeLinkLimits(c.madeCode(), func(lt *linkType, most int) (linkLimit, error) {
		if lt.Max > 0 {
			return linkLimit{}, exists("This association type has a limit already.")
		}
		lt.Max = most
		return lt.limit(), nil
	})
}

// updateLinkLimits is POST …/batch/update: another limit for types that have one.
func updateLinkLimits(c *call) (answer, error) {
	return c.changeLinkLimits(http.StatusOK, func(lt *linkType, most int) (linkLimit, error) {
		if lt.Max == 0 {
			return linkLimit{}, &apiError{code: http.StatusNotFound, Message: "This association type has no limit.", Category: "OBJECT_NOT_FOUND"}
		}
		lt.Max = most
		shown := lt.limit()
		shown.Label = nil
		return shown, nil
	})
}

// changeLinkLimits runs a batch of limits. Records that have more already keep
// what they have.
func (c *call) changeLinkLimits(code int, change func(lt *linkType, most int) (linkLimit, error)) (answer, error) {
	started := c.p.nowMS()
	inputs, err := linkInputs[limitInput](c, batchMax)
	if err != nil {
		return answer{}, err
	}
	for _, in := range inputs {
		if err := unset(map[string]bool{"category": in.Category == "", "typeId": in.TypeID == 0, "maxToObjectIds": in.Max == nil}); err != nil {
			return answer{}, err
		}
		if *in.Max < 1 {
			return answer{}, invalid("maxToObjectIds must be at least 1, but was %d", *in.Max)
		}
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pair(true)
	if err != nil {
		return answer{}, err
	}
	var done []linkLimit
	var problems []batchError
	for _, in := range inputs {
		kinds, err := c.kinds(from, to, []linkKind{{in.Category, in.TypeID}})
		var shown linkLimit
		if err == nil {
			shown, err = change(c.p.linkTypes[kinds[0]], *in.Max)
		}
		if err != nil {
			problems = append(problems, itemError(err, ""))
			continue
		}
		done = append(done, shown)
	}
	c.p.saver.touch(c.p)
	return finishLinks(c, code, done, problems, started), nil
}

// purgeLinkLimits is POST …/batch/purge: the types have no limit any more.
func purgeLinkLimits(c *call) (answer, error) {
	started := c.p.nowMS()
	inputs, err := linkInputs[limitInput](c, batchMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pair(true)
	if err != nil {
		return answer{}, err
	}
	for _, in := range inputs {
		kinds, err := c.kinds(from, to, []linkKind{{in.Category, in.TypeID}})
		if err != nil {
			return answer{}, err
		}
		c.p.linkTypes[kinds[0]].Max = 0
	}
	c.p.saver.touch(c.p)
	return c.voided(started), nil
}

// room refuses links that would give one of two records more associates by a
// type than its limit allows. The unlabeled type comes with every link.
func (p *Portal) room(t *table, r *record, to *table, other *record, kinds []uint16) error {
	if base, has := p.baseKind(t, to); has {
		kinds = append(slices.Clone(kinds), base)
	}
	for _, kind := range kinds {
		back := uint16(p.linkTypes[kind].Inverse)
		if n := r.others(kind, other.cur.id); p.linkTypes[kind].full(n) {
			return p.overLimit(t, kind)
		}
		if n := other.others(back, r.cur.id); p.linkTypes[back].full(n) {
			return p.overLimit(to, back)
		}
	}
	return nil
}

// roomForNew is room for the links of a record that is not there yet.
func (p *Portal) roomForNew(t *table, links []linkSpec) error {
	counts := map[uint16]int{}
	for _, l := range links {
		kinds := slices.Clone(l.kinds)
		if base, has := p.baseKind(t, l.table); has && !slices.Contains(kinds, base) {
			kinds = append(kinds, base)
		}
		for _, kind := range kinds {
			back := uint16(p.linkTypes[kind].Inverse)
			if p.linkTypes[kind].full(counts[kind]) {
				return p.overLimit(t, kind)
			}
			counts[kind]++
			if other := l.table.find(l.to); other != nil && p.linkTypes[back].full(other.others(back, 0)) {
				return p.overLimit(l.table, back)
			}
		}
	}
	return nil
}

// full reports whether n associates are all that the type allows.
func (lt *linkType) full(n int) bool { return lt.Max > 0 && n >= lt.Max }

// others counts a record's associates by a type, leaving one out.
func (r *record) others(kind uint16, except int64) int {
	n := 0
	for _, l := range r.links {
		if l.kind == kind && l.to != except {
			n++
		}
	}
	return n
}

func (p *Portal) overLimit(t *table, kind uint16) error {
	lt := p.linkTypes[kind]
	return invalid("A %s may have at most %d records of type %s by the association type %s %d", t.kind.singular, lt.Max, lt.To, lt.Category, lt.ID)
}

package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// associationRoutes mounts the operations of fact sheet 5.3.
func associationRoutes(on mount) {
	one := func(op operation, method, rest string) {
		const at = "/{type}/{id}/associations"
		on(op, method, "/crm/objects/{v}"+at+rest, "/crm/v4/objects"+at+rest)
	}
	one(listAssociations, "GET", "/{to}")
	one(putDefault, "PUT", "/default/{to}/{toID}")
	one(putAssociation, "PUT", "/{to}/{toID}")
	one(deleteAssociation, "DELETE", "/{to}/{toID}")
	many := func(op operation, method, rest string) {
		const at = "/{type}/{to}"
		on(op, method, "/crm/associations/{v}"+at+rest, "/crm/v4/associations"+at+rest)
	}
	many(batchReadAssociations, "POST", "/batch/read")
	many(batchCreateAssociations, "POST", "/batch/create")
	many(batchDefault, "POST", "/batch/associate/default")
	many(batchArchiveAssociations, "POST", "/batch/archive")
	many(batchArchiveLabels, "POST", "/batch/labels/archive")
	labelRoutes(on)
}

// pair is the two types that an associations call is about.
func (c *call) pair(write bool) (from, to *table, err error) {
	if from, err = c.table("type"); err != nil {
		return nil, nil, err
	}
	if to, err = c.table("to"); err != nil {
		return nil, nil, err
	}
	access := "read"
	if write {
		access = "write"
	}
	return from, to, c.need(from.kind.objectScopes(access)...)
}

// pairToLink is the pair of a call that changes associations.
func (c *call) pairToLink() (from, to *table, err error) {
	if from, to, err = c.pair(true); err != nil {
		return nil, nil, err
	}
	return from, to, c.mayLink()
}

// mayLink asks for the user's permission to associate, which only 2026-09 does;
// fact sheet 4.6. The caller holds the portal's lock.
func (c *call) mayLink() error {
	if c.version == "2026-09" && c.p.opt.RefuseAssociations {
		return invalid("Missing 'Edit Associations' permission.")
	}
	return nil
}

// recordID is an id in an association's answer: a number in v4, text in the
// dated versions; fact sheet 5.3.
func (c *call) recordID(id int64) any {
	if c.version == "v4" {
		return id
	}
	return strconv.FormatInt(id, 10)
}

// associated is one associate with the types that lead to it.
type associated struct {
	To    any              `json:"toObjectId"`
	Types []associatedType `json:"associationTypes"`
}

type associatedType struct {
	Category string  `json:"category"`
	TypeID   int     `json:"typeId"`
	Label    *string `json:"label"`
}

func (c *call) associates(list []linked) []associated {
	out := []associated{}
	for _, l := range list {
		a := associated{To: c.recordID(l.id), Types: []associatedType{}}
		for _, kind := range l.kinds {
			a.Types = append(a.Types, c.p.linkTypes[kind].view())
		}
		out = append(out, a)
	}
	return out
}

func (lt *linkType) view() associatedType {
	v := associatedType{Category: lt.Category, TypeID: lt.ID}
	if lt.Label != "" {
		v.Label = &lt.Label
	}
	return v
}

// listAssociations is GET …/{id}/associations/{to}.
func listAssociations(c *call) (answer, error) {
	from, to, err := c.pair(false)
	if err != nil {
		return answer{}, err
	}
	limit, err := c.limit(500, 500)
	if err != nil {
		return answer{}, err
	}
	after, err := c.after()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	r, err := c.target(from, c.r.PathValue("id"), "", false)
	if err != nil {
		return answer{}, err
	}
	list := linksTo(r, to, after)
	page := struct {
		Results []associated `json:"results"`
		Paging  *paging      `json:"paging,omitempty"`
	}{}
	if len(list) > limit {
		page.Paging = c.next(strconv.FormatInt(list[limit].id, 10))
		list = list[:limit]
	}
	page.Results = c.associates(list)
	return ok(page), nil
}

// ends finds the two records of a path.
func (c *call) ends() (from, to *table, a, b *record, err error) {
	if from, to, err = c.pairToLink(); err != nil {
		return nil, nil, nil, nil, err
	}
	if a, err = c.target(from, c.r.PathValue("id"), "", false); err != nil {
		return nil, nil, nil, nil, err
	}
	b, err = c.target(to, c.r.PathValue("toID"), "", false)
	return from, to, a, b, err
}

type objectRef struct {
	ID string `json:"id"`
}

// defaultLink is one direction of an association made by default.
type defaultLink struct {
	From objectRef `json:"from"`
	To   objectRef `json:"to"`
	Spec linkKind  `json:"associationSpec"`
}

// associateDefault links two records and describes both directions.
func (c *call) associateDefault(from, to *table, a, b *record) []defaultLink {
	var out []defaultLink
	ref := func(r *record) objectRef { return objectRef{strconv.FormatInt(r.cur.id, 10)} }
	for _, kind := range c.p.linkDefault(from, a, to, b) {
		there := c.p.linkTypes[kind]
		here := c.p.linkTypes[there.Inverse]
		out = append(out, defaultLink{ref(a), ref(b), linkKind{there.Category, there.ID}})
		out = append(out, defaultLink{ref(b), ref(a), linkKind{here.Category, here.ID}})
	}
	return out
}

// putDefault is PUT …/associations/default/{to}/{toId}.
func putDefault(c *call) (answer, error) {
	started := c.p.nowMS()
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, a, b, err := c.ends()
	if err != nil {
		return answer{}, err
	}
	if err := c.p.room(from, a, to, b, nil); err != nil {
		return answer{}, err
	}
	made := c.associateDefault(from, to, a, b)
	if made == nil {
		return answer{}, invalid("No association type exists between %s and %s", from.kind.id, to.kind.id)
	}
	return ok(linkBatch[defaultLink]{"COMPLETE", made, 0, nil, stamp(started), stamp(c.p.nowMS())}), nil
}

// labelled is a pair of records with its labels.
type labelled struct {
	FromType string   `json:"fromObjectTypeId"`
	From     any      `json:"fromObjectId"`
	ToType   string   `json:"toObjectTypeId"`
	To       any      `json:"toObjectId"`
	Labels   []string `json:"labels"`
}

func (c *call) labelsBetween(from, to *table, a, b *record) labelled {
	out := labelled{from.kind.id, c.recordID(a.cur.id), to.kind.id, c.recordID(b.cur.id), []string{}}
	for _, l := range linksTo(a, to, b.cur.id) {
		for _, kind := range l.kinds {
			if label := c.p.linkTypes[kind].Label; label != "" && l.id == b.cur.id {
				out.Labels = append(out.Labels, label)
			}
		}
	}
	return out
}

// putAssociation is PUT …/associations/{to}/{toId}: the given labels take the
// place of the old ones.
func putAssociation(c *call) (answer, error) {
	var sent []linkKind
	if err := decode(c.body, &sent); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, a, b, err := c.ends()
	if err != nil {
		return answer{}, err
	}
	kinds, err := c.kinds(from, to, sent)
	if err != nil {
		return answer{}, err
	}
	if err := c.p.room(from, a, to, b, kinds); err != nil {
		return answer{}, err
	}
	for _, l := range slices.Clone(a.links) {
		if l.table == to.num && l.to == b.cur.id && c.p.linkTypes[l.kind].Label != "" && !slices.Contains(kinds, l.kind) {
			c.p.unlink(from, a, l)
		}
	}
	c.p.linkAll(from, a, linkSpec{b.cur.id, to, kinds})
	return answer{code: http.StatusCreated, body: encodeJSON(c.labelsBetween(from, to, a, b))}, nil
}

// kinds resolves association types in the direction of a call.
func (c *call) kinds(from, to *table, sent []linkKind) ([]uint16, error) {
	if len(sent) == 0 {
		return nil, invalid("At least one association type must be given")
	}
	out := make([]uint16, 0, len(sent))
	for _, s := range sent {
		i, known := c.p.kindFor(from, to, s.Category, s.TypeID)
		if !known {
			return nil, invalid("Association type %s %d does not exist from %s to %s", s.Category, s.TypeID, from.kind.id, to.kind.id)
		}
		out = append(out, i)
	}
	return out, nil
}

// deleteAssociation is DELETE …/associations/{to}/{toId}: all labels go.
func deleteAssociation(c *call) (answer, error) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, a, b, err := c.ends()
	switch {
	case isAPIError(err, http.StatusNotFound):
		return noContent(), nil
	case err != nil:
		return answer{}, err
	}
	c.p.unlinkAll(from, a, to, b.cur.id)
	return noContent(), nil
}

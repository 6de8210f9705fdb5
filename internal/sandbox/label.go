package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// labelRoutes mounts the operations of HubSpot's associationsSchema file; fact
// sheet 5.3.
func labelRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/crm/associations/{v}"+rest, "/crm/associations/v4"+rest)
	}
	labels := func(op operation, method, rest string) {
		const path = "/{type}/{to}/labels"
		at(op, method, path+rest)
		on(op, method, "/crm/v4/associations"+path+rest)
	}
	labels(listLabels, "GET", "")
	labels(createLabel, "POST", "")
	labels(renameLabel, "PUT", "")
	labels(deleteLabel, "DELETE", "/{label}")
	const limits = "/definitions/configurations"
	at(allLinkLimits, "GET", limits+"/all")
	at(pairLinkLimits, "GET", limits+"/{type}/{to}")
	at(createLinkLimits, "POST", limits+"/{type}/{to}/batch/create")
	at(updateLinkLimits, "POST", limits+"/{type}/{to}/batch/update")
	at(purgeLinkLimits, "POST", limits+"/{type}/{to}/batch/purge")
}

// listLabels is GET …/labels.
func listLabels(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	from, to, err := c.pair(false)
	if err != nil {
		return answer{}, err
	}
	out := []associatedType{}
	for _, lt := range c.p.linkTypes {
		if lt.From == from.kind.id && lt.To == to.kind.id {
			out = append(out, lt.view())
		}
	}
	return ok(map[string][]associatedType{"results": out}), nil
}

// createLabel is POST …/labels; the answer has both directions.
func createLabel(c *call) (answer, error) {
	var in struct {
		Label   string `json:"label"`
		Name    string `json:"name"`
		Inverse string `json:"inverseLabel"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if strings.TrimSpace(in.Label) == "" || strings.TrimSpace(in.Name) == "" {
		return answer{}, notSet("label", "name")
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pair(true)
	if err != nil {
		return answer{}, err
	}
	made, err := c.p.newLabel(from, to, in.Name, in.Label, in.Inverse)
	if err != nil {
		return answer{}, err
	}
	out := []associatedType{}
	for _, lt := range made {
		out = append(out, lt.view())
	}
	return ok(map[string][]associatedType{"results": out}), nil
}

// newLabel makes a label for a pair of types, in both directions.
func (p *Portal) newLabel(from, to *table, name, label, inverse string) ([]*linkType, error) {
	if inverse == "" {
		inverse = label
	}
	count := 0
	for _, lt := range p.linkTypes {
		if lt.Category == userDefined && lt.Label != "" && lt.From == from.kind.id && lt.To == to.kind.id {
			count++
			if lt.Label == label || lt.Name == name {
				return nil, &apiError{code: http.StatusConflict, Message: "A label named '" + label + "' already exists.", Category: "OBJECT_ALREADY_EXISTS"}
			}
		}
	}
	if count >= labelMax {
		return nil, invalid("The limit of %d association labels between %s and %s has been reached.", labelMax, from.kind.plural, to.kind.plural)
	}
	n, id := len(p.linkTypes), p.nextLinkID()
	there := &linkType{From: from.kind.id, To: to.kind.id, ID: id, Category: userDefined, Label: label, Name: name, Inverse: n + 1}
	here := &linkType{From: to.kind.id, To: from.kind.id, ID: id + 1, Category: userDefined, Label: inverse, Name: name, Inverse: n}
	p.linkTypes = append(p.linkTypes, there, here)
	p.saver.touch(p)
	return []*linkType{there, here}, nil
}

// nextLinkID is the id of the next association type that the account makes; ids
// of deleted ones are not used again.
func (p *Portal) nextLinkID() int {
	last := 0
	for _, lt := range p.linkTypes {
		if lt.Category == userDefined {
			last = max(last, lt.ID)
		}
	}
	return last + 1
}

// ownLabel finds a label that the account made. HubSpot's own types are counted
// apart from it, so both may have the same id; the account's is meant.
func (p *Portal) ownLabel(from, to *table, id int) (int, error) {
	known := false
	for i, lt := range p.linkTypes {
		if lt.Gone || lt.ID != id || lt.From != from.kind.id || lt.To != to.kind.id {
			continue
		}
		if lt.Category == userDefined && lt.Label != "" {
			return i, nil
		}
		known = true
	}
	if known {
		return 0, invalid("Association type %d is not a label of this account and cannot be changed", id)
	}
	return 0, &apiError{code: http.StatusNotFound, Message: "Association type " + strconv.Itoa(id) + " was not found", Category: "OBJECT_NOT_FOUND"}
}

// renameLabel is PUT …/labels: 204. A label that reads the same in both
// directions keeps doing so unless the body has an inverse one.
func renameLabel(c *call) (answer, error) {
	var in struct {
		ID      int    `json:"associationTypeId"`
		Label   string `json:"label"`
		Inverse string `json:"inverseLabel"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := unset(map[string]bool{"associationTypeId": in.ID == 0, "label": blank(&in.Label)}); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pair(true)
	if err != nil {
		return answer{}, err
	}
	i, err := c.p.ownLabel(from, to, in.ID)
	if err != nil {
		return answer{}, err
	}
	there := c.p.linkTypes[i]
	here := c.p.linkTypes[there.Inverse]
	for _, lt := range c.p.linkTypes {
		if lt != there && lt != here && lt.From == there.From && lt.To == there.To && lt.Label == in.Label {
			return answer{}, exists("A label named '" + in.Label + "' already exists.")
		}
	}
	if in.Inverse != "" {
		here.Label = in.Inverse
	} else if here.Label == there.Label {
		here.Label = in.Label
	}
	there.Label = in.Label
	c.p.saver.touch(c.p)
	return noContent(), nil
}

// deleteLabel is DELETE …/labels/{id}: 204. The label goes from all records, in
// both directions; what it labelled stays associated.
func deleteLabel(c *call) (answer, error) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pair(true)
	if err != nil {
		return answer{}, err
	}
	id, err := strconv.Atoi(c.r.PathValue("label"))
	if err != nil {
		return answer{}, invalid("Association type id %q is not a number", c.r.PathValue("label"))
	}
	i, err := c.p.ownLabel(from, to, id)
	if err != nil {
		return answer{}, err
	}
	c.p.dropLinkType(i)
	return noContent(), nil
}

// tableOf finds a type by its id, archived or not.
func (p *Portal) tableOf(id string) *table {
	i := slices.IndexFunc(p.tables, func(t *table) bool { return t.kind.id == id })
	if i < 0 {
		return nil
	}
	return p.tables[i]
}

// dropLinkType removes an association type in both directions, with all links
// of it. Its place stays: links name types by their position.
func (p *Portal) dropLinkType(i int) {
	lt := p.linkTypes[i]
	if from := p.tableOf(lt.From); from != nil {
		for _, r := range from.recs {
			for _, l := range slices.Clone(r.links) {
				if int(l.kind) == i || int(l.kind) == lt.Inverse {
					p.unlink(from, r, l)
				}
			}
		}
	}
	for _, n := range []int{i, lt.Inverse} {
		old := p.linkTypes[n]
		p.linkTypes[n] = &linkType{ID: old.ID, Category: old.Category, Inverse: old.Inverse, Gone: true}
	}
	p.saver.touch(p)
}

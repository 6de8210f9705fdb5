package sandbox

import (
	"net/http"
	"slices"
)

// listGroups is GET /crm/properties/{v}/{type}/groups.
func listGroups(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []group{}
	for _, g := range t.groups {
		out = append(out, *g)
	}
	return ok(map[string][]group{"results": out}), nil
}

func getGroup(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	g := t.group(c.r.PathValue("name"))
	if g == nil {
		return answer{}, notFound()
	}
	return ok(g), nil
}

// createGroup is POST /crm/properties/{v}/{type}/groups.
func createGroup(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	var in group
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Name == "" || in.Label == "" {
		return answer{}, notSet("label", "name")
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if t.group(in.Name) != nil {
		return answer{}, &apiError{code: http.StatusConflict, Message: "A property group named '" + in.Name + "' already exists.", Category: "OBJECT_ALREADY_EXISTS"}
	}
	t.groups = append(t.groups, &in)
	c.p.saver.touch(c.p)
	return answer{code: http.StatusCreated, body: encodeJSON(in)}, nil
}

// updateGroup is PATCH …/groups/{name}.
func updateGroup(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	var in struct {
		Label *string `json:"label"`
		Order *int    `json:"displayOrder"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Label != nil && blank(in.Label) {
		return answer{}, invalid("A property group needs a label")
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	g := t.group(c.r.PathValue("name"))
	if g == nil {
		return answer{}, notFound()
	}
	if in.Label != nil {
		g.Label = *in.Label
	}
	if in.Order != nil {
		g.DisplayOrder = *in.Order
	}
	c.p.saver.touch(c.p)
	return ok(g), nil
}

// archiveGroup is DELETE …/groups/{name}. A group with live properties stays.
func archiveGroup(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	name := c.r.PathValue("name")
	g := t.group(name)
	if g == nil {
		return answer{}, notFound()
	}
	if slices.ContainsFunc(t.props, func(def *property) bool { return def.Group == name && def.Archived == 0 }) {
		return answer{}, invalid("Property group '%s' has properties and cannot be deleted", name)
	}
	t.groups = slices.DeleteFunc(t.groups, func(other *group) bool { return other == g })
	c.p.saver.touch(c.p)
	return noContent(), nil
}

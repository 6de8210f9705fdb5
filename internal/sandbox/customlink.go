package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// createSchemaLink is POST …/schemas/{type}/associations: 201.
func createSchemaLink(c *call) (answer, error) {
	if err := c.writesSchemas(); err != nil {
		return answer{}, err
	}
	var in struct {
		From string `json:"fromObjectTypeId"`
		To   string `json:"toObjectTypeId"`
		Name string `json:"name"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := unset(map[string]bool{"fromObjectTypeId": in.From == "", "toObjectTypeId": in.To == ""}); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	t, err := c.ownType(false)
	if err != nil {
		return answer{}, err
	}
	from, err := c.p.kindOf(in.From)
	if err != nil {
		return answer{}, err
	}
	to, err := c.p.kindOf(in.To)
	if err != nil {
		return answer{}, err
	}
	if from != t && to != t {
		return answer{}, invalid("Neither %s nor %s is object type %s", in.From, in.To, t.kind.id)
	}
	if _, has := c.p.baseKind(from, to); has {
		return answer{}, exists("Object types " + from.kind.id + " and " + to.kind.id + " are associated already.")
	}
	return answer{code: http.StatusCreated, body: encodeJSON(c.p.newLinkType(from, to, in.Name).definition())}, nil
}

// deleteSchemaLink is DELETE …/schemas/{type}/associations/{id}: the records
// lose all such associations.
func deleteSchemaLink(c *call) (answer, error) {
	if err := c.writesSchemas(); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	t, err := c.ownType(false)
	if err != nil {
		return answer{}, err
	}
	id := c.r.PathValue("link")
	i := slices.IndexFunc(c.p.linkTypes, func(lt *linkType) bool {
		return !lt.Gone && lt.Label == "" && strconv.Itoa(lt.ID) == id && lt.Category == userDefined && (lt.From == t.kind.id || lt.To == t.kind.id)
	})
	if i < 0 {
		return answer{}, &apiError{code: http.StatusNotFound, Message: "Association " + id + " was not found", Category: "OBJECT_NOT_FOUND"}
	}
	c.p.dropLinkType(i)
	return noContent(), nil
}

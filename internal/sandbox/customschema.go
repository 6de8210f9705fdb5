package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// customRoutes mounts the operations of HubSpot's schemas file.
func customRoutes(on mount) {
	at := func(op operation, method, rest string) {
		const file = "/crm-object-schemas/"
		on(op, method, file+"{v}/schemas"+rest, file+"v3/schemas"+rest, "/crm/v3/schemas"+rest)
	}
	at(listSchemas, "GET", "")
	at(createSchema, "POST", "")
	at(batchReadSchemas, "POST", "/batch/read")
	at(getSchema, "GET", "/{type}")
	at(updateSchema, "PATCH", "/{type}")
	at(deleteSchema, "DELETE", "/{type}")
	at(createSchemaLink, "POST", "/{type}/associations")
	at(deleteSchemaLink, "DELETE", "/{type}/associations/{link}")
}

func (c *call) readsSchemas() error {
	return c.need("crm.schemas.custom.read", "crm.objects.custom.read")
}

func (c *call) writesSchemas() error { return c.need("crm.schemas.custom.write") }

// customTable finds a type of the account by any of its names.
func (p *Portal) customTable(name string, archived bool) *table {
	for _, t := range p.customTables() {
		named := slices.ContainsFunc(t.kind.names(), func(n string) bool { return strings.EqualFold(n, name) })
		if named && (t.kind.custom.Archived != 0) == archived {
			return t
		}
	}
	return nil
}

// ownType is the type of the account that a path names.
func (c *call) ownType(archived bool) (*table, error) {
	name := c.r.PathValue("type")
	if t := c.p.customTable(name, archived); t != nil {
		return t, nil
	}
	if t, err := c.p.kindOf(name); err == nil && t.kind.custom == nil {
		return nil, invalid("Object type %s is defined by HubSpot and cannot be changed", t.kind.id)
	}
	return nil, noType(name)
}

func noType(name string) *apiError {
	return &apiError{code: http.StatusNotFound, Message: "Object type " + name + " was not found", Category: "OBJECT_NOT_FOUND"}
}

// listSchemas is GET …/schemas: the account's own types.
func listSchemas(c *call) (answer, error) {
	if err := c.readsSchemas(); err != nil {
		return answer{}, err
	}
	archived := c.r.URL.Query().Get("archived") == "true"
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []schemaJSON{}
	for _, t := range c.p.customTables() {
		if (t.kind.custom.Archived != 0) == archived {
			out = append(out, c.p.schemaView(t, c.parts()))
		}
	}
	return ok(map[string][]schemaJSON{"results": out}), nil
}

// anyType finds a type that can be described: HubSpot's own, the account's, and
// archived ones.
func (p *Portal) anyType(name string) *table {
	if t, err := p.kindOf(name); err == nil {
		return t
	}
	return p.customTable(name, true)
}

// getSchema is GET …/schemas/{type}.
func getSchema(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	t := c.p.anyType(c.r.PathValue("type"))
	if t == nil {
		return answer{}, noType(c.r.PathValue("type"))
	}
	if err := c.need(t.kind.schemaScopes("read")...); err != nil {
		return answer{}, err
	}
	return ok(c.p.schemaView(t, c.parts())), nil
}

// batchReadSchemas is POST …/schemas/batch/read; what is not there is left out,
// since the answer has no place for errors.
func batchReadSchemas(c *call) (answer, error) {
	if err := c.readsSchemas(); err != nil {
		return answer{}, err
	}
	var in struct {
		Inputs []string `json:"inputs"`
		Props  *bool    `json:"includePropertyDefinitions"`
		Links  *bool    `json:"includeAssociationDefinitions"`
		Audit  *bool    `json:"includeAuditMetadata"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := checkBatch(in.Inputs == nil, len(in.Inputs)); err != nil {
		return answer{}, err
	}
	on := func(b *bool) bool { return b == nil || *b }
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []schemaJSON{}
	for _, name := range in.Inputs {
		if t := c.p.anyType(name); t != nil {
			out = append(out, c.p.schemaView(t, schemaParts{on(in.Props), on(in.Links), on(in.Audit)}))
		}
	}
	return ok(map[string][]schemaJSON{"results": out}), nil
}

// schemaBody is the body of a type's create and update.
type schemaBody struct {
	Name        string         `json:"name"`
	Labels      *typeLabels    `json:"labels"`
	Description *string        `json:"description"`
	Clear       bool           `json:"clearDescription"`
	Primary     *string        `json:"primaryDisplayProperty"`
	Secondary   []string       `json:"secondaryDisplayProperties"`
	Required    []string       `json:"requiredProperties"`
	Searchable  []string       `json:"searchableProperties"`
	Sensitive   *bool          `json:"allowsSensitiveProperties"`
	Properties  []propertyBody `json:"properties"`
	Associated  []string       `json:"associatedObjects"`
	Itself      bool           `json:"shouldCreateSameObjectAssociation"` // up to 2026-03
}

// apply copies what a body has into a type.
func (in schemaBody) apply(d *custom) {
	if in.Labels != nil {
		if in.Labels.Singular != "" {
			d.Singular = in.Labels.Singular
		}
		if in.Labels.Plural != "" {
			d.Plural = in.Labels.Plural
		}
	}
	if in.Description != nil {
		d.Description = *in.Description
	}
	if in.Clear {
		d.Description = ""
	}
	if in.Primary != nil {
		d.Primary = *in.Primary
	}
	if in.Secondary != nil {
		d.Secondary = in.Secondary
	}
	if in.Required != nil {
		d.Required = in.Required
	}
	if in.Searchable != nil {
		d.Searched = in.Searchable
	}
	if in.Sensitive != nil {
		d.Sensitive = *in.Sensitive
	}
}

// createSchema is POST …/schemas: 201. The type is served from now on.
func createSchema(c *call) (answer, error) {
	if err := c.writesSchemas(); err != nil {
		return answer{}, err
	}
	var in schemaBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	labelled := in.Labels != nil && in.Labels.Singular != "" && in.Labels.Plural != ""
	err := unset(map[string]bool{"name": in.Name == "", "labels": !labelled, "properties": in.Properties == nil, "requiredProperties": in.Required == nil})
	if err != nil {
		return answer{}, err
	}
	if !typeName.MatchString(in.Name) {
		return answer{}, invalid("Object type name %q is not valid: letters, digits and underscores only, a letter first", in.Name)
	}
	if c.p.refusesUnique() && slices.ContainsFunc(in.Properties, propertyBody.unique) {
		return answer{}, (&call{who: &caller{}}).need("crm.schemas.custom.write")
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	now := c.p.nowMS()
	d := &custom{
		ID: c.p.newTypeID(), Name: in.Name, Full: "p" + strconv.FormatInt(c.p.portalID, 10) + "_" + in.Name,
		Created: now, Updated: now, CreatedBy: c.who.userID, UpdatedBy: c.who.userID,
	}
	in.apply(d)
	if err := c.p.freeType(d); err != nil {
		return answer{}, err
	}
	with, err := c.p.partners(in.Associated)
	if err != nil {
		return answer{}, err
	}
	t, err := c.p.newType(d, in.Properties, with)
	if err != nil {
		return answer{}, err
	}
	if in.Itself && c.version != "2026-09" {
		c.p.newLinkType(t, t, "")
	}
	return answer{code: http.StatusCreated, body: encodeJSON(c.p.schemaView(t, schemaParts{true, true, true}))}, nil
}

// partners finds the types that a new one is associated with: those that were
// named, and the activities, which go with every type.
func (p *Portal) partners(names []string) ([]*table, error) {
	var out []*table
	for _, name := range names {
		t, err := p.kindOf(name)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	for _, t := range p.tables {
		if t.kind.activity {
			out = append(out, t)
		}
	}
	return out, nil
}

// updateSchema is PATCH …/schemas/{type}. Properties are changed with their own
// endpoint.
func updateSchema(c *call) (answer, error) {
	if err := c.writesSchemas(); err != nil {
		return answer{}, err
	}
	var in schemaBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	t, err := c.ownType(false)
	if err != nil {
		return answer{}, err
	}
	next := *t.kind.custom
	in.apply(&next)
	if err := t.checkNames(&next); err != nil {
		return answer{}, err
	}
	next.Updated, next.UpdatedBy = c.p.nowMS(), c.who.userID
	*t.kind.custom = next
	t.kind.title, t.kind.required, t.kind.searched = next.Singular, next.Required, next.Searched
	c.p.saver.touch(c.p)
	v := t.kind.typeView()
	v.PortalID = c.p.portalID
	return ok(v), nil
}

// deleteSchema is DELETE …/schemas/{type}: 204. A type with live records stays.
// With archived=true an archived type goes for good, which makes its name free.
func deleteSchema(c *call) (answer, error) {
	if err := c.writesSchemas(); err != nil {
		return answer{}, err
	}
	purge := c.r.URL.Query().Get("archived") == "true"
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	t, err := c.ownType(purge)
	if err != nil {
		return answer{}, err
	}
	if n := t.live.len(); n > 0 {
		return answer{}, invalid("Object type %s has %d records and cannot be deleted", t.kind.id, n)
	}
	if purge {
		c.p.purge(t)
		return noContent(), nil
	}
	t.kind.custom.Archived = c.p.nowMS()
	c.p.kinds.drop(t)
	c.p.saver.touch(c.p)
	return noContent(), nil
}

package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// uniqueMax is how many unique properties a type may have; fact sheet 4.2.
const uniqueMax = 10

// schemaRoutes mounts what describes records: properties, pipelines, owners.
func schemaRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/crm/properties/{v}/{type}"+rest, "/crm/v3/properties/{type}"+rest)
	}
	at(listProperties, "GET", "")
	at(createProperty, "POST", "")
	at(getProperty, "GET", "/{name}")
	at(updateProperty, "PATCH", "/{name}")
	at(archiveProperty, "DELETE", "/{name}")
	at(listGroups, "GET", "/groups")
	at(createGroup, "POST", "/groups")
	at(getGroup, "GET", "/groups/{name}")
	pipelineRoutes(on)
	on(listOwners, "GET", "/crm/owners/{v}", "/crm/v3/owners")
	on(getOwner, "GET", "/crm/owners/{v}/{id}", "/crm/v3/owners/{id}")
}

// schema opens a properties call: the type, and the scope for reading it.
func (c *call) schema() (*table, error) {
	t, err := c.table("type")
	if err != nil {
		return nil, err
	}
	return t, c.need(t.kind.schemaScopes("read")...)
}

// listProperties is GET /crm/properties/{v}/{type}: all at once, not paged.
func listProperties(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	archived := c.r.URL.Query().Get("archived") == "true"
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []propertyJSON{}
	if level := c.r.URL.Query().Get("dataSensitivity"); level == "" || level == "non_sensitive" {
		for _, def := range t.props {
			if (def.Archived != 0) == archived {
				out = append(out, def.view())
			}
		}
	}
	return ok(map[string][]propertyJSON{"results": out}), nil
}

// oneProperty finds the definition that a path names.
func (c *call) oneProperty(t *table, archived bool) (*property, error) {
	name := c.r.PathValue("name")
	i, known := t.byName[name]
	if !known || (t.props[i].Archived != 0) != archived {
		return nil, &apiError{
			code: http.StatusNotFound, Message: "Property '" + name + "' does not exist", Category: "OBJECT_NOT_FOUND",
			SubCategory: "PropertyValidationError.PROPERTY_NOT_FOUND",
		}
	}
	return t.props[i], nil
}

func getProperty(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	def, err := c.oneProperty(t, c.r.URL.Query().Get("archived") == "true")
	if err != nil {
		return answer{}, err
	}
	return ok(def.view()), nil
}

// propertyBody is the body of a property's create and update.
type propertyBody struct {
	Name        string   `json:"name"`
	Label       *string  `json:"label"`
	Group       *string  `json:"groupName"`
	Type        *string  `json:"type"`
	FieldType   *string  `json:"fieldType"`
	Description *string  `json:"description"`
	Order       *int     `json:"displayOrder"`
	Options     []option `json:"options"`
	Unique      bool     `json:"hasUniqueValue"`
	Hidden      *bool    `json:"hidden"`
	FormField   *bool    `json:"formField"`
}

// createProperty is POST /crm/properties/{v}/{type}. A portal that refuses
// unique properties answers as one that has not granted the schema scope.
func createProperty(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	scopes := t.kind.schemaScopes("write")
	if err := c.need(scopes...); err != nil {
		return answer{}, err
	}
	var in propertyBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Unique && c.p.opt.RefuseUniqueProperties {
		return answer{}, (&call{who: &caller{}}).need(scopes...)
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	def, err := c.p.define(t, in, c.who.userID)
	if err != nil {
		return answer{}, err
	}
	return answer{code: http.StatusCreated, body: encodeJSON(def.view())}, nil
}

// define checks and enters a new definition. The name of an archived one
// restores it; fact sheet 4.2.
func (p *Portal) define(t *table, in propertyBody, user int64) (*property, error) {
	if i, known := t.byName[in.Name]; known {
		def := t.props[i]
		if def.Archived == 0 {
			return nil, &apiError{
				code: http.StatusConflict, Message: "A property named '" + in.Name + "' already exists.",
				Category: "OBJECT_ALREADY_EXISTS", SubCategory: "Properties.PROPERTY_WITH_NAME_EXISTS",
			}
		}
		def.Archived = 0
		p.saver.touch(p)
		return def, nil
	}
	if err := t.checkDefinition(in); err != nil {
		return nil, err
	}
	now := p.nowMS()
	def := &property{
		Name: in.Name, Label: *in.Label, Group: *in.Group, Type: *in.Type, FieldType: *in.FieldType, Order: -1,
		Options: in.Options, HasUniqueValue: in.Unique, Created: now, Updated: now, UserID: user,
	}
	in.apply(def)
	t.addProperty(def)
	p.saver.touch(p)
	return def, nil
}

// checkDefinition refuses definitions that HubSpot does not take.
func (t *table) checkDefinition(in propertyBody) error {
	var lacking []string
	for name, val := range map[string]*string{"label": in.Label, "groupName": in.Group, "type": in.Type, "fieldType": in.FieldType, "name": &in.Name} {
		if val == nil || *val == "" {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		slices.Sort(lacking)
		return invalid("Some required fields were not set: [%s]", strings.Join(lacking, ", "))
	}
	types := []string{"bool", "date", "datetime", "enumeration", "number", "string", "phone_number"}
	switch {
	case !regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`).MatchString(in.Name):
		return invalid("Property name %q is not valid: lower-case letters, digits and underscores only", in.Name)
	case !slices.Contains(types, *in.Type):
		return invalid("Property type %q is not one of %s", *in.Type, strings.Join(types, ", "))
	case t.group(*in.Group) == nil:
		return invalid("Property group %q does not exist", *in.Group)
	case *in.Type == "enumeration" && len(in.Options) == 0:
		return invalid("An enumeration needs options")
	case in.Unique && *in.Type != "string" && *in.Type != "number":
		return invalid("Only text and number properties can have unique values")
	case in.Unique && t.uniqueCount() >= uniqueMax:
		return invalid("The limit of %d unique properties has been reached for %s", uniqueMax, t.kind.id)
	}
	return nil
}

// uniqueCount counts the account's own unique properties, archived ones too.
func (t *table) uniqueCount() int {
	n := 0
	for i := range t.unique {
		if !t.props[i].HubSpotDefined {
			n++
		}
	}
	return n
}

// apply copies the optional fields of a body to a definition.
func (in propertyBody) apply(def *property) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&def.Label, in.Label)
	set(&def.Group, in.Group)
	set(&def.FieldType, in.FieldType)
	set(&def.Description, in.Description)
	if in.Order != nil {
		def.Order = *in.Order
	}
	if in.Hidden != nil {
		def.Hidden = *in.Hidden
	}
	if in.FormField != nil {
		def.FormField = *in.FormField
	}
	if in.Options != nil {
		def.Options = in.Options
	}
	if def.Type == "bool" && len(def.Options) == 0 {
		def.Options = parseOptions("true=Yes;false=No")
	}
}

// updateProperty is PATCH; sent options replace the whole list.
func updateProperty(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	var in propertyBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	def, err := c.oneProperty(t, false)
	if err != nil {
		return answer{}, err
	}
	if in.Group != nil && t.group(*in.Group) == nil {
		return answer{}, invalid("Property group %q does not exist", *in.Group)
	}
	in.apply(def)
	def.Updated = c.p.nowMS()
	c.p.saver.touch(c.p)
	return ok(def.view()), nil
}

// archiveProperty is DELETE; HubSpot's own properties stay.
func archiveProperty(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	def, err := c.oneProperty(t, false)
	if err != nil {
		return answer{}, err
	}
	if def.HubSpotDefined {
		return answer{}, invalid("Property '%s' is defined by HubSpot and cannot be archived", def.Name)
	}
	def.Archived = c.p.nowMS()
	c.p.saver.touch(c.p)
	return noContent(), nil
}

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
		return answer{}, invalid("Some required fields were not set: [label, name]")
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

package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

const (
	uniqueMax         = 10    // unique properties of a type; fact sheet 4.2
	customPropertyMax = 1_000 // an account's own properties of a type
)

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
	Unique      *bool    `json:"hasUniqueValue"`
	Hidden      *bool    `json:"hidden"`
	FormField   *bool    `json:"formField"`
	References  *string  `json:"referencedObjectType"`
	Formula     *string  `json:"calculationFormula"`
	Sensitivity *string  `json:"dataSensitivity"`
}

// unique reports whether the body asks for unique values.
func (in propertyBody) unique() bool { return in.Unique != nil && *in.Unique }

// refusesUnique reports whether new unique properties are refused just now.
func (p *Portal) refusesUnique() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.opt.RefuseUniqueProperties
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
	if in.unique() && c.p.refusesUnique() {
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
		Options: in.Options, HasUniqueValue: in.unique(), Created: now, Updated: now, UserID: user,
	}
	if in.Sensitivity != nil {
		def.Sensitivity = *in.Sensitivity
	}
	if in.References != nil {
		def.References = *in.References
	}
	if in.Formula != nil {
		def.Formula, def.Calculated = *in.Formula, true
	}
	in.apply(def)
	t.addProperty(def)
	p.saver.touch(p)
	return def, nil
}

// checkDefinition refuses definitions that HubSpot does not take.
func (t *table) checkDefinition(in propertyBody) error {
	err := unset(map[string]bool{
		"label": blank(in.Label), "groupName": blank(in.Group), "type": blank(in.Type), "fieldType": blank(in.FieldType), "name": in.Name == "",
	})
	if err != nil {
		return err
	}
	types := []string{"bool", "date", "datetime", "enumeration", "number", "string", "phone_number"}
	external := in.References != nil && *in.References != ""
	switch {
	case !regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`).MatchString(in.Name):
		return invalid("Property name %q is not valid: lower-case letters, digits and underscores only", in.Name)
	case in.Name == "groups" || in.Name == "batch":
		return invalid("Property name %q is reserved", in.Name)
	case !slices.Contains(types, *in.Type):
		return invalid("Property type %q is not one of %s", *in.Type, strings.Join(types, ", "))
	case t.group(*in.Group) == nil:
		return invalid("Property group %q does not exist", *in.Group)
	case *in.Type == "enumeration" && len(in.Options) == 0 && !external:
		return invalid("An enumeration needs options")
	case in.unique() && *in.Type != "string" && *in.Type != "number":
		return invalid("Only text and number properties can have unique values")
	case in.unique() && t.uniqueCount() >= uniqueMax:
		return invalid("The limit of %d unique properties has been reached for %s", uniqueMax, t.kind.id)
	case t.customCount() >= customPropertyMax:
		return invalid("The limit of %d custom properties has been reached for %s", customPropertyMax, t.kind.id)
	}
	if in.Sensitivity != nil {
		if _, err := sensitivity(*in.Sensitivity); err != nil {
			return err
		}
	}
	return in.checkShape()
}

// checkShape refuses a field type that does not exist and options that values
// could not be made of: a value with a ";" would be two of them; fact sheet 4.2.
func (in propertyBody) checkShape() error {
	fields := []string{
		"booleancheckbox", "calculation_equation", "checkbox", "date", "file", "html", "number", "phonenumber", "radio", "select", "text", "textarea",
	}
	if in.FieldType != nil && !slices.Contains(fields, *in.FieldType) {
		return invalid("Property field type %q is not one of %s", *in.FieldType, strings.Join(fields, ", "))
	}
	seen := map[string]bool{}
	for _, o := range in.Options {
		switch {
		case o.Label == "" || o.Value == "":
			return invalid("An option needs a label and a value")
		case strings.Contains(o.Value, ";"):
			return invalid("Option value %q must not contain a semicolon", o.Value)
		case seen[o.Value]:
			return invalid("Option value %q is there twice", o.Value)
		}
		seen[o.Value] = true
	}
	return nil
}

// customCount counts the account's own live properties.
func (t *table) customCount() int {
	n := 0
	for _, def := range t.props {
		if !def.HubSpotDefined && def.Archived == 0 {
			n++
		}
	}
	return n
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
	def, err := t.definition(c.r.PathValue("name"), false)
	if err != nil {
		return answer{}, err
	}
	if err := t.mayUpdate(def, in); err != nil {
		return answer{}, err
	}
	in.apply(def)
	def.Updated = c.p.nowMS()
	c.p.saver.touch(c.p)
	return ok(def.view()), nil
}

// mayUpdate refuses what cannot be changed: name, type, uniqueness and
// sensitivity of any property, and everything but the options of HubSpot's own,
// whose modificationMetadata says so; fact sheet 4.1, 4.2.
func (t *table) mayUpdate(def *property, in propertyBody) error {
	fixed := func(what string) error { return invalid("The %s of property '%s' cannot be changed", what, def.Name) }
	switch {
	case in.Name != "" && in.Name != def.Name:
		return fixed("name")
	case in.Type != nil && *in.Type != def.Type:
		return fixed("type")
	case in.Unique != nil && *in.Unique != def.HasUniqueValue:
		return fixed("hasUniqueValue")
	case in.Sensitivity != nil && *in.Sensitivity != def.level():
		return fixed("dataSensitivity")
	case in.Group != nil && t.group(*in.Group) == nil:
		return invalid("Property group %q does not exist", *in.Group)
	case in.Label != nil && blank(in.Label):
		return invalid("A property needs a label")
	case in.Options != nil && len(in.Options) == 0 && def.Type == "enumeration" && !def.external():
		return invalid("An enumeration needs options")
	}
	if def.HubSpotDefined {
		touched := in.Label != nil || in.Group != nil || in.FieldType != nil || in.Description != nil || in.Order != nil || in.Hidden != nil || in.FormField != nil
		piped := def.Name == t.kind.pipeline || def.Name == t.kind.stage
		if touched || in.Options != nil && (piped || def.readOnlyOptions()) {
			return invalid("Property '%s' is defined by HubSpot and its definition is read-only", def.Name)
		}
	}
	return in.checkShape()
}

// archiveProperty is DELETE; HubSpot's own properties stay, and those that a
// rule needs.
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
	def, err := t.definition(c.r.PathValue("name"), false)
	if err != nil {
		return answer{}, err
	}
	if err := t.mayArchive(def); err != nil {
		return answer{}, err
	}
	def.Archived = c.p.nowMS()
	c.p.saver.touch(c.p)
	return noContent(), nil
}

// mayArchive refuses to archive what HubSpot defined and what is in use.
func (t *table) mayArchive(def *property) error {
	if def.HubSpotDefined {
		return invalid("Property '%s' is defined by HubSpot and cannot be archived", def.Name)
	}
	if !t.inUse(def.Name) {
		return nil
	}
	e := invalid("Property '%s' is in use and cannot be deleted", def.Name)
	e.SubCategory = "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
	e.Context = map[string][]string{"propertyName": {def.Name}}
	return e
}

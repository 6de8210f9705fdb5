package sandbox

import "net/http"

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
	at(batchReadProperties, "POST", "/batch/read")
	at(batchCreateProperties, "POST", "/batch/create")
	at(batchArchiveProperties, "POST", "/batch/archive")
	at(listGroups, "GET", "/groups")
	at(createGroup, "POST", "/groups")
	at(getGroup, "GET", "/groups/{name}")
	at(updateGroup, "PATCH", "/groups/{name}")
	at(archiveGroup, "DELETE", "/groups/{name}")
	pipelineRoutes(on)
	validationRoutes(on)
	customRoutes(on)
	limitRoutes(on)
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
	level, err := sensitivity(c.r.URL.Query().Get("dataSensitivity"))
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []propertyJSON{}
	for _, def := range t.props {
		if (def.Archived != 0) == archived && def.level() == level {
			out = append(out, def.view())
		}
	}
	return ok(map[string][]propertyJSON{"results": out}), nil
}

// definition finds a property by name.
func (t *table) definition(name string, archived bool) (*property, error) {
	i, known := t.byName[name]
	if !known || (t.props[i].Archived != 0) != archived {
		return nil, noProperty(name)
	}
	return t.props[i], nil
}

func noProperty(name string) *apiError {
	return &apiError{
		code: http.StatusNotFound, Message: "Property '" + name + "' does not exist", Category: "OBJECT_NOT_FOUND",
		SubCategory: "PropertyValidationError.PROPERTY_NOT_FOUND",
	}
}

// getProperty is GET …/{name}. A property of another sensitivity than the one
// that was asked for is not there.
func getProperty(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	level, err := sensitivity(c.r.URL.Query().Get("dataSensitivity"))
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	def, err := t.readable(c.r.PathValue("name"), c.r.URL.Query().Get("archived") == "true", level)
	if err != nil {
		return answer{}, err
	}
	return ok(def.view()), nil
}

// readable finds a property of one sensitivity.
func (t *table) readable(name string, archived bool, level string) (*property, error) {
	def, err := t.definition(name, archived)
	if err == nil && def.level() != level {
		return nil, noProperty(name)
	}
	return def, err
}

// sensitivity reads a dataSensitivity; without one only what is not sensitive
// is meant.
func sensitivity(raw string) (string, error) {
	switch raw {
	case "":
		return nonSensitive, nil
	case nonSensitive, "sensitive", "highly_sensitive":
		return raw, nil
	}
	return "", invalid("dataSensitivity must be non_sensitive, sensitive or highly_sensitive, but was %s", raw)
}

package sandbox

import (
	"strconv"
	"strings"
)

// typeLabels are a type's names for people.
type typeLabels struct {
	Singular string `json:"singular"`
	Plural   string `json:"plural"`
}

// typeJSON is a type as a change of it answers (ObjectTypeDefinition).
type typeJSON struct {
	ID          string     `json:"id"`
	ObjectType  string     `json:"objectTypeId"`
	Name        string     `json:"name"`
	Full        string     `json:"fullyQualifiedName"`
	Labels      typeLabels `json:"labels"`
	Description string     `json:"description,omitempty"`
	Primary     string     `json:"primaryDisplayProperty,omitempty"`
	Secondary   []string   `json:"secondaryDisplayProperties"`
	Required    []string   `json:"requiredProperties"`
	Searchable  []string   `json:"searchableProperties"`
	Sensitive   bool       `json:"allowsSensitiveProperties"`
	Archived    bool       `json:"archived"`
	CreatedAt   string     `json:"createdAt,omitempty"`
	UpdatedAt   string     `json:"updatedAt,omitempty"`
	PortalID    int64      `json:"portalId,omitempty"`
}

// schemaJSON is a type with all that belongs to it (ObjectSchema).
type schemaJSON struct {
	typeJSON
	CreatedBy    int64                 `json:"createdByUserId,omitempty"`
	UpdatedBy    int64                 `json:"updatedByUserId,omitempty"`
	Properties   []propertyJSON        `json:"properties"`
	Associations []associationTypeJSON `json:"associations"`
}

// associationTypeJSON is an association type of a schema (AssociationDefinition).
type associationTypeJSON struct {
	ID   string `json:"id"`
	From string `json:"fromObjectTypeId"`
	To   string `json:"toObjectTypeId"`
	Name string `json:"name,omitempty"`
}

func (lt *linkType) definition() associationTypeJSON {
	return associationTypeJSON{strconv.Itoa(lt.ID), lt.From, lt.To, lt.Name}
}

// schemaParts says what of a schema an answer shows.
type schemaParts struct{ props, links, audit bool }

// parts reads the include parameters; all are on unless the call says otherwise.
func (c *call) parts() schemaParts {
	on := func(name string) bool { return c.r.URL.Query().Get(name) != "false" }
	return schemaParts{on("includePropertyDefinitions"), on("includeAssociationDefinitions"), on("includeAuditMetadata")}
}

// typeView describes any type. Of HubSpot's own, only names and required
// properties are known.
func (k *objectType) typeView() typeJSON {
	list := func(names []string) []string { return append([]string{}, names...) }
	d := k.custom
	if d == nil {
		return typeJSON{
			ID: k.id, ObjectType: k.id, Name: k.upper, Full: k.upper,
			Labels:    typeLabels{k.title, strings.ToUpper(k.plural[:1]) + strings.ReplaceAll(k.plural[1:], "_", " ")},
			Secondary: []string{}, Required: list(k.required), Searchable: list(k.searched),
		}
	}
	return typeJSON{
		ID: d.ID, ObjectType: d.ID, Name: d.Name, Full: d.Full, Labels: typeLabels{d.Singular, d.Plural}, Description: d.Description,
		Primary: d.Primary, Secondary: list(d.Secondary), Required: list(d.Required), Searchable: list(d.Searched),
		Sensitive: d.Sensitive, Archived: d.Archived != 0, CreatedAt: stamp(d.Created), UpdatedAt: stamp(d.Updated),
	}
}

// schemaView describes a type with its properties and the unlabeled association
// types from and to it.
func (p *Portal) schemaView(t *table, show schemaParts) schemaJSON {
	v := schemaJSON{typeJSON: t.kind.typeView(), Properties: []propertyJSON{}, Associations: []associationTypeJSON{}}
	if d := t.kind.custom; d != nil && show.audit {
		v.CreatedBy, v.UpdatedBy = d.CreatedBy, d.UpdatedBy
	}
	if !show.audit {
		v.CreatedAt, v.UpdatedAt = "", ""
	}
	for _, def := range t.props {
		if show.props && def.Archived == 0 {
			v.Properties = append(v.Properties, def.view())
		}
	}
	for _, lt := range p.linkTypes {
		if show.links && lt.Label == "" && (lt.From == t.kind.id || lt.To == t.kind.id) {
			v.Associations = append(v.Associations, lt.definition())
		}
	}
	return v
}

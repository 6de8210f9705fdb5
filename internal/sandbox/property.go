package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// property is a property definition; fact sheet 4.1.
type property struct {
	Name        string
	Label       string
	Group       string
	Type        string // bool, date, datetime, enumeration, number, string, phone_number
	FieldType   string
	Description string
	Order       int
	Options     []option
	References  string // OWNER for owner fields: options are then elsewhere

	HasUniqueValue bool
	Calculated     bool
	Hidden         bool
	HubSpotDefined bool
	FormField      bool
	ReadOnly       bool // its value, not the definition
	Created        int64
	Updated        int64
	Archived       int64
	UserID         int64
	Sensitivity    string // "" is non_sensitive
	Formula        string // of a calculated property that the account made

	derive func(*doc) (string, bool) // nil unless the value is computed when read
}

// option is one allowed value of an enumeration.
type option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
	Description  string `json:"description"`
}

const nonSensitive = "non_sensitive"

// level is the property's data sensitivity as the API names it.
func (d *property) level() string {
	if d.Sensitivity == "" {
		return nonSensitive
	}
	return d.Sensitivity
}

// readOnlyOptions reports whether the options are HubSpot's own business.
func (d *property) readOnlyOptions() bool {
	return d.HubSpotDefined && (d.ReadOnly || d.Calculated || d.external() || d.Type == "bool")
}

// external reports whether the allowed values are kept outside the definition.
func (d *property) external() bool { return d.References != "" }

// writable reports whether the API may set the value; fact sheet 4.1.
func (d *property) writable() bool { return !d.Calculated && !d.ReadOnly }

// parseDefs reads the definitions of a type from the tables in defs_*.go: one
// property a line,
//
//	name|label|type/fieldType|flags|options
//
// under "# group|label" headings. Flags: ro (read-only value), calc, uniq,
// owner, hidden, form. Options: value=label;value=label, or @set for one of the
// named sets.
func parseDefs(text string) ([]*group, []*property, error) {
	var groups []*group
	var props []*property
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if head, ok := strings.CutPrefix(line, "# "); ok {
			name, label, _ := strings.Cut(head, "|")
			groups = append(groups, &group{Name: name, Label: label, DisplayOrder: len(groups)})
			continue
		}
		if len(groups) == 0 {
			return nil, nil, fmt.Errorf("property definitions, line %d: no group yet", n)
		}
		def, err := parseDef(line)
		if err != nil {
			return nil, nil, fmt.Errorf("property definitions, line %d: %w", n, err)
		}
		def.Group = groups[len(groups)-1].Name
		props = append(props, def)
	}
	return groups, props, nil
}

func parseDef(line string) (*property, error) {
	f := strings.Split(line, "|")
	if len(f) < 3 {
		return nil, fmt.Errorf("%q: want name|label|type/field", line)
	}
	kind, field, _ := strings.Cut(f[2], "/")
	if field == "" {
		field = defaultField(kind)
	}
	def := &property{Name: f[0], Label: f[1], Type: kind, FieldType: field, Order: -1, HubSpotDefined: true}
	if len(f) > 3 {
		flags := strings.Fields(f[3])
		has := func(s string) bool { return slices.Contains(flags, s) }
		def.ReadOnly, def.Calculated = has("ro"), has("calc")
		def.HasUniqueValue, def.Hidden, def.FormField = has("uniq"), has("hidden"), has("form")
		if has("owner") {
			def.References = "OWNER"
		}
	}
	if len(f) > 4 {
		def.Options = parseOptions(f[4])
	}
	if kind == "bool" {
		def.Options = parseOptions("true=Yes;false=No")
	}
	return def, nil
}

func parseOptions(text string) []option {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		text = optionSet(name)
	}
	var out []option
	for pair := range strings.SplitSeq(text, ";") {
		value, label, ok := strings.Cut(pair, "=")
		if !ok {
			label = value
		}
		out = append(out, option{Label: label, Value: value, DisplayOrder: len(out)})
	}
	return out
}

// defaultField is the field type that HubSpot picks for a value type.
func defaultField(kind string) string {
	switch kind {
	case "number":
		return "number"
	case "date", "datetime":
		return "date"
	case "bool":
		return "booleancheckbox"
	case "enumeration":
		return "select"
	case "phone_number":
		return "phonenumber"
	default:
		return "text"
	}
}

// allows reports whether value is one of the definition's options.
func (d *property) allows(value string) bool {
	return slices.ContainsFunc(d.Options, func(o option) bool { return o.Value == value })
}

// propertyJSON is a definition as the properties endpoint shows it.
type propertyJSON struct {
	UpdatedAt            string       `json:"updatedAt,omitempty"`
	CreatedAt            string       `json:"createdAt,omitempty"`
	ArchivedAt           string       `json:"archivedAt,omitempty"`
	Name                 string       `json:"name"`
	Label                string       `json:"label"`
	Type                 string       `json:"type"`
	FieldType            string       `json:"fieldType"`
	Description          string       `json:"description"`
	GroupName            string       `json:"groupName"`
	Options              []option     `json:"options"`
	CreatedUserID        string       `json:"createdUserId,omitempty"`
	UpdatedUserID        string       `json:"updatedUserId,omitempty"`
	ReferencedObjectType string       `json:"referencedObjectType,omitempty"`
	DisplayOrder         int          `json:"displayOrder"`
	Calculated           bool         `json:"calculated"`
	ExternalOptions      bool         `json:"externalOptions"`
	Archived             bool         `json:"archived"`
	HasUniqueValue       bool         `json:"hasUniqueValue"`
	Hidden               bool         `json:"hidden"`
	HubspotDefined       bool         `json:"hubspotDefined,omitempty"`
	Modification         modification `json:"modificationMetadata"`
	FormField            bool         `json:"formField"`
	DataSensitivity      string       `json:"dataSensitivity"`
	Formula              string       `json:"calculationFormula,omitempty"`
}

type modification struct {
	Archivable         bool `json:"archivable"`
	ReadOnlyDefinition bool `json:"readOnlyDefinition"`
	ReadOnlyOptions    bool `json:"readOnlyOptions"`
	ReadOnlyValue      bool `json:"readOnlyValue"`
}

func (d *property) view() propertyJSON {
	v := propertyJSON{
		Name: d.Name, Label: d.Label, Type: d.Type, FieldType: d.FieldType, Description: d.Description,
		GroupName: d.Group, Options: d.Options, ReferencedObjectType: d.References, DisplayOrder: d.Order,
		Calculated: d.Calculated, ExternalOptions: d.external(), Archived: d.Archived != 0,
		HasUniqueValue: d.HasUniqueValue, Hidden: d.Hidden, HubspotDefined: d.HubSpotDefined,
		FormField: d.FormField, DataSensitivity: d.level(), Formula: d.Formula,
		Modification: modification{
			Archivable: !d.HubSpotDefined, ReadOnlyDefinition: d.HubSpotDefined,
			ReadOnlyOptions: d.readOnlyOptions(), ReadOnlyValue: !d.writable(),
		},
	}
	if v.Options == nil {
		v.Options = []option{}
	}
	if d.Created != 0 {
		v.CreatedAt, v.UpdatedAt = stamp(d.Created), stamp(d.Updated)
	}
	if d.Archived != 0 {
		v.ArchivedAt = stamp(d.Archived)
	}
	if d.UserID != 0 {
		v.CreatedUserID = strconv.FormatInt(d.UserID, 10)
		v.UpdatedUserID = v.CreatedUserID
	}
	return v
}

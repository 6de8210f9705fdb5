package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// customTypeMax is how many object types an account may make.
const customTypeMax = 10

// custom describes an object type that the account made through the schemas
// endpoint. It is kept in the state file. All of it is read and changed under
// the portal's lock.
type custom struct {
	ID               string // "2-" and a number
	Name             string
	Full             string // "p", the account's id, "_" and the name
	Singular, Plural string // labels
	Description      string
	Primary          string // property that a record is called by
	Secondary        []string
	Required         []string
	Searched         []string
	Sensitive        bool
	Created, Updated int64
	CreatedBy        int64
	UpdatedBy        int64
	Archived         int64
	Purged           bool // only its place in Portal.tables is left
}

// uses reports whether the type itself needs a property.
func (d *custom) uses(name string) bool {
	return name == d.Primary || slices.Contains(d.Secondary, name) || slices.Contains(d.Required, name) || slices.Contains(d.Searched, name)
}

// customDefs are the definitions that every custom object starts with; format:
// parseDefs. The group's name and label are put in its place.
const customDefs = `
# group|Group
hs_createdate|Object create date/time|datetime|ro
hs_pipeline|Pipeline|enumeration|
hs_pipeline_stage|Pipeline stage|enumeration|
` + recordDefs

// kind is the type as the rest of the portal knows it. Associations in a record
// stand under the full name.
func (d *custom) kind() *objectType {
	const created, modified = "hs_createdate", "hs_lastmodifieddate"
	return &objectType{
		id: d.ID, plural: d.Full, singular: d.Name, upper: d.Full, title: d.Singular,
		created: created, modified: modified, defaults: []string{created, modified, "hs_object_id"},
		searched: d.Searched, required: d.Required, scope: "custom",
		pipeline: "hs_pipeline", stage: "hs_pipeline_stage",
		firstID: 22_000_000_000, gap: 83, history: 20, defs: customDefs, custom: d,
	}
}

var typeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,69}$`)

// customTables are the tables of the account's own types, archived ones too.
func (p *Portal) customTables() []*table {
	var out []*table
	for _, t := range p.tables {
		if d := t.kind.custom; d != nil && !d.Purged {
			out = append(out, t)
		}
	}
	return out
}

// newTypeID makes the next type's id. Purged types count, so that no id comes
// twice.
func (p *Portal) newTypeID() string {
	n := uint64(0)
	for _, t := range p.tables {
		if t.kind.custom != nil {
			n++
		}
	}
	return "2-" + strconv.FormatUint(30_000_000+p.salt%9_000_000+n*7, 10)
}

// freeType refuses a name that a type has, be it archived, and a type too many.
// The place in Portal.tables is a byte, and purged types keep theirs.
func (p *Portal) freeType(d *custom) error {
	taken := func(name string) bool { _, err := p.kindOf(name); return err == nil }
	tables := p.customTables()
	if slices.ContainsFunc(tables, func(t *table) bool { return strings.EqualFold(t.kind.custom.Name, d.Name) }) || taken(d.Name) || taken(d.Full) {
		return exists("An object type named '" + d.Name + "' already exists.")
	}
	if len(tables) >= customTypeMax || len(p.tables) > 250 {
		return invalid("The limit of %d custom object types has been reached", customTypeMax)
	}
	return nil
}

// newType makes and enters a type with its properties and associations.
func (p *Portal) newType(d *custom, props []propertyBody, with []*table) (*table, error) {
	t, err := p.makeTable(d.kind())
	if err != nil {
		return nil, err
	}
	heading := d.Name + "_information"
	for _, def := range t.props {
		def.Group = heading
	}
	t.groups = []*group{{Name: heading, Label: d.Singular + " information"}}
	for _, in := range props {
		if blank(in.Group) {
			in.Group = &heading
		} else if t.group(*in.Group) == nil {
			t.groups = append(t.groups, &group{Name: *in.Group, Label: *in.Group, DisplayOrder: len(t.groups)})
		}
		if _, err := p.define(t, in, d.CreatedBy); err != nil {
			return nil, err
		}
	}
	if err := t.checkNames(d); err != nil {
		return nil, err
	}
	p.enter(t)
	for _, other := range with {
		if _, has := p.baseKind(t, other); !has {
			p.newLinkType(t, other, "")
		}
	}
	p.refreshStages()
	p.saver.touch(p)
	return t, nil
}

// checkNames refuses a type that names properties it does not have.
func (t *table) checkNames(d *custom) error {
	names := slices.Concat(d.Required, d.Searched, d.Secondary)
	if d.Primary != "" {
		names = append(names, d.Primary)
	}
	for _, name := range names {
		if _, err := t.definition(name, false); err != nil {
			return invalid("Property '%s' does not exist on object type %s", name, d.Name)
		}
	}
	return nil
}

// newLinkType makes the unlabeled association type between a type of the account
// and another one, in both directions.
func (p *Portal) newLinkType(from, to *table, name string) *linkType {
	n, id := len(p.linkTypes), p.nextLinkID()
	if name == "" {
		name = from.kind.singular + "_to_" + to.kind.singular
	}
	there := &linkType{From: from.kind.id, To: to.kind.id, ID: id, Category: userDefined, Name: name, Inverse: n}
	p.linkTypes = append(p.linkTypes, there)
	if from != to {
		there.Inverse = n + 1
		here := &linkType{From: to.kind.id, To: from.kind.id, ID: id + 1, Category: userDefined, Name: to.kind.singular + "_to_" + from.kind.singular, Inverse: n}
		p.linkTypes = append(p.linkTypes, here)
	}
	p.saver.touch(p)
	return there
}

// purge takes an archived type out of the portal. Its place in Portal.tables
// stays, since links name tables by position.
func (p *Portal) purge(t *table) {
	for i, lt := range p.linkTypes {
		if !lt.Gone && (lt.From == t.kind.id || lt.To == t.kind.id) {
			p.dropLinkType(i)
		}
	}
	delete(p.pipelines, t.kind.plural)
	t.recs, t.alias = map[int64]*record{}, map[int64]int64{}
	t.gone = newTable(t.kind, int(t.num), t.salt).gone
	t.rules, t.checks = Rules{}, map[string][]validation{}
	t.kind.custom.Purged = true
	p.saver.touch(p)
}

package sandbox

import (
	"slices"
	"strings"
)

// objectType is what the API needs to know of one CRM object type. A type is
// served as soon as it stands in objectTypes and has property definitions.
type objectType struct {
	id       string // objectTypeId, "0-1"
	plural   string // path name, "contacts"
	singular string // "contact"; also the stem of association type names
	upper    string // name in batch error messages, "CONTACT"
	title    string // name in sentences, "Contact"
	created  string // property that holds the create stamp
	modified string // property that holds the modify stamp; fact sheet 3.5
	defaults []string
	searched []string // fields that the search's query looks at
	required []string
	oneOf    []string // at least one of these on create
	key      string   // built-in unique property, "" for none
	scope    string   // middle part of crm.objects.<scope>.read
	merges   bool
	piped    bool // records stand in pipelines
	firstID  int64
	gap      int64 // ids grow by 1..gap
	history  int   // versions kept per property
	defs     string
}

// objectTypes is the table of the types this portal serves.
func objectTypes() []*objectType {
	return []*objectType{
		{
			id: "0-1", plural: "contacts", singular: "contact", upper: "CONTACT", title: "Contact",
			created: "createdate", modified: "lastmodifieddate",
			defaults: []string{"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
			searched: []string{"firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"},
			key:      "email", scope: "contacts", merges: true,
			firstID: 171_591_000_198, gap: 97, history: 45, defs: contactDefs,
		},
		{
			id: "0-2", plural: "companies", singular: "company", upper: "COMPANY", title: "Company",
			created: "createdate", modified: "hs_lastmodifieddate",
			defaults: []string{"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"},
			searched: []string{"website", "phone", "name", "domain"},
			oneOf:    []string{"name", "domain"}, scope: "companies", merges: true,
			firstID: 35_220_140_871, gap: 211, history: 20, defs: companyDefs,
		},
		{
			id: "0-3", plural: "deals", singular: "deal", upper: "DEAL", title: "Deal",
			created: "createdate", modified: "hs_lastmodifieddate",
			defaults: []string{"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"},
			searched: []string{"dealname", "pipeline", "dealstage", "description", "dealtype"},
			required: []string{"dealname", "dealstage", "pipeline"}, scope: "deals", merges: true, piped: true,
			firstID: 48_104_772_310, gap: 133, history: 20, defs: dealDefs,
		},
	}
}

// system reports whether a property is one of the three that every record has
// and that are kept in the record itself, not among its values.
func (k *objectType) system(name string) bool {
	return name == "hs_object_id" || name == k.created || name == k.modified
}

// names holds every name that stands for the type in a path or a body.
func (k *objectType) names() []string {
	return []string{k.id, k.plural, k.singular}
}

// kindOf finds a type by name, singular or id, as all paths accept it.
func (p *Portal) kindOf(name string) (*table, error) {
	low := strings.ToLower(name)
	for _, t := range p.tables {
		if slices.Contains(t.kind.names(), low) {
			return t, nil
		}
	}
	return nil, &apiError{code: 400, Message: "Unable to infer object type from: " + name}
}

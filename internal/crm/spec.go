package crm

import "strings"

// Spec describes what the program needs to know of an object type beyond its
// properties, so that a new type is an entry in a table and not code.
type Spec struct {
	Type     ObjectType
	ID       string   // HubSpot's objectTypeId, as in "0-1"
	One      string   // singular, lower case
	Many     string   // plural, as the portal calls it; "" for HubSpot's own types
	Number   int64    // the type's place in the store's row ids; never reused
	Title    []string // properties that make the name, joined by spaces
	Fallback string   // the property shown when the title is empty
	Modified string   // the property with the modified stamp
	Search   []string // properties found by text search, the title's included
	Text     []string // at most TextSlots: properties with an indexed text order
	Numeric  []string // at most NumberSlots: with an indexed numeric or date order
	Pipeline string   // the property with its pipeline; "" for a type without
	Stage    string   // the property with its stage in the pipeline
	Required []string // needed to create one; see RequiredAny
	// RequiredAny needs at least one of these to create a record.
	RequiredAny []string
	Links       []ObjectType // types whose associations are kept
	Custom      bool         // made by the portal
	Aside       bool         // found and counted only where it is asked for by name
	Activity    bool         // an entry of other records' timelines: see Activities
	Body        string       // of an activity: the property with its text
	HTML        string       // of an activity: the property with its text as HTML; Body, unless HubSpot keeps both
}

// TextSlots and NumberSlots bound Spec.Text and Spec.Numeric: the store keeps
// one indexed column for each.
const (
	TextSlots   = 4
	NumberSlots = 3
)

// Specs returns the types of the portal's own records, in the order of the
// navigation.
func Specs() []Spec {
	return []Spec{
		{
			Type: Contacts, ID: "0-1", One: "contact", Number: 1,
			Title: []string{"firstname", "lastname"}, Fallback: "email", Modified: "lastmodifieddate",
			Search:      []string{"firstname", "lastname", "email", "phone", "mobilephone", "company", "jobtitle"},
			Text:        []string{"email", "hubspot_owner_id", "lifecyclestage", "phone"},
			Numeric:     []string{"lastmodifieddate", "createdate", "notes_last_updated"},
			RequiredAny: []string{"email", "firstname", "lastname"},
			Links:       []ObjectType{Companies, Deals, Tickets},
		},
		{
			Type: Companies, ID: "0-2", One: "company", Number: 2,
			Title: []string{"name"}, Fallback: "domain", Modified: "hs_lastmodifieddate",
			Search:      []string{"name", "domain", "phone", "website", "city"},
			Text:        []string{"domain", "hubspot_owner_id", "industry", "country"},
			Numeric:     []string{"hs_lastmodifieddate", "createdate", "annualrevenue"},
			RequiredAny: []string{"name", "domain"},
			Links:       []ObjectType{Contacts, Deals, Tickets},
		},
		{
			Type: Deals, ID: "0-3", One: "deal", Number: 3,
			Title: []string{"dealname"}, Fallback: "hs_object_id", Modified: "hs_lastmodifieddate",
			Search:   []string{"dealname", "description", "dealtype"},
			Text:     []string{"dealstage", "hubspot_owner_id", "pipeline", "deal_currency_code"},
			Numeric:  []string{"hs_lastmodifieddate", "closedate", "amount"},
			Pipeline: "pipeline", Stage: "dealstage",
			Required: []string{"dealname", "dealstage", "pipeline"},
			Links:    []ObjectType{Companies, Contacts, LineItems, Tickets},
		},
		{
			Type: Tickets, ID: "0-5", One: "ticket", Number: 9,
			Title: []string{"subject"}, Fallback: "hs_object_id", Modified: "hs_lastmodifieddate",
			Search:   []string{"subject", "content"},
			Text:     []string{"hs_pipeline_stage", "hubspot_owner_id", "hs_pipeline", "hs_ticket_priority"},
			Numeric:  []string{"hs_lastmodifieddate", "createdate", "closed_date"},
			Pipeline: "hs_pipeline", Stage: "hs_pipeline_stage",
			Required: []string{"subject", "hs_pipeline", "hs_pipeline_stage"},
			Links:    []ObjectType{Contacts, Companies, Deals},
		},
		{
			Type: LineItems, ID: "0-8", One: "line item", Number: 10,
			Title: []string{"name"}, Fallback: "hs_sku", Modified: "hs_lastmodifieddate",
			Search:   []string{"name", "hs_sku", "description"},
			Text:     []string{"hs_sku", "hs_product_id"},
			Numeric:  []string{"hs_lastmodifieddate", "amount", "price"},
			Required: []string{"name"},
			Links:    []ObjectType{Deals},
			Aside:    true,
		},
		{
			Type: Products, ID: "0-7", One: "product", Number: 11,
			Title: []string{"name"}, Fallback: "hs_sku", Modified: "hs_lastmodifieddate",
			Search:   []string{"name", "hs_sku", "description"},
			Text:     []string{"hs_sku", "hs_product_type"},
			Numeric:  []string{"hs_lastmodifieddate", "createdate", "price"},
			Required: []string{"name"},
			Aside:    true,
		},
	}
}

// AllSpecs returns every type that is pulled: the portal's records, and
// activities on them.
func AllSpecs() []Spec { return append(Specs(), Activities()...) }

// SpecOf finds one of HubSpot's own types by its plural, its singular or HubSpot's
// id.
func SpecOf(name string) (Spec, bool) { return FindSpec(AllSpecs(), name) }

// FindSpec finds a type among these by its plural, its singular or HubSpot's id.
func FindSpec(specs []Spec, name string) (Spec, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, s := range specs {
		if name != "" && name == strings.ToLower(s.Many) {
			return s, true
		}
		if name == string(s.Type) || name == s.One || name == strings.ReplaceAll(s.One, " ", "_") || name == s.ID {
			return s, true
		}
	}
	return Spec{}, false
}

// TitleOf names a record from its values; "" when it has nothing to be called
// by.
func (s Spec) TitleOf(v Values) string {
	var parts []string
	for _, p := range s.Title {
		t := strings.TrimSpace(v[p])
		if p == s.Body {
			t, _, _ = strings.Cut(PlainText(t), "\n")
		}
		if t != "" {
			parts = append(parts, t)
		}
	}
	if len(parts) == 0 {
		if s.Activity {
			line, _, _ := strings.Cut(PlainText(v[s.Fallback]), "\n")
			return line
		}
		return strings.TrimSpace(v[s.Fallback])
	}
	return strings.Join(parts, " ")
}

// KeyProperty is the unique property that Satchel adds to a portal where it
// may: a create carries the record's LocalID in it, so that the same create
// can be sent twice and still make one record.
const KeyProperty = "satchel_client_key"

package crm

import (
	"slices"
	"strings"
)

// CustomType is an object type that the portal made for itself, as HubSpot's
// schemas describe it.
type CustomType struct {
	Type     ObjectType   `json:"type"`     // HubSpot's objectTypeId, as in "2-3453932"
	Name     string       `json:"name"`     // the portal's own name of it, in paths and imports
	One      string       `json:"one"`      // label, singular
	Many     string       `json:"many"`     // label, plural
	Title    string       `json:"title"`    // the property that names a record
	Search   []string     `json:"search"`   // properties that HubSpot's own search looks into
	Beside   []string     `json:"beside"`   // properties that HubSpot shows beside the title
	Required []string     `json:"required"` // needed to create one
	Links    []ObjectType `json:"links"`    // of HubSpot's own types, those that it can be associated with
}

// firstCustom is the first Number of custom types; those below are HubSpot's own
// types.
const firstCustom = 100

// Spec describes the type as the others are described. number is its place in
// the store's row ids, at least 100.
func (c CustomType) Spec(number int64) Spec {
	beside := slices.DeleteFunc(slices.Clone(c.Beside), func(p string) bool { return p == c.Title })
	return Spec{
		Type: c.Type, ID: string(c.Type), One: strings.ToLower(c.One), Many: c.Many, Number: number, Custom: true,
		Title: []string{c.Title}, Fallback: "hs_object_id", Modified: "hs_lastmodifieddate",
		Search:   distinct(append([]string{c.Title}, c.Search...)),
		Text:     append([]string{"hubspot_owner_id", "hs_pipeline_stage"}, beside[:min(len(beside), TextSlots-2)]...),
		Numeric:  []string{"hs_lastmodifieddate", "hs_createdate"},
		Pipeline: "hs_pipeline", Stage: "hs_pipeline_stage",
		Required: c.Required, Links: c.Links,
	}
}

func distinct(in []string) []string {
	var out []string
	for _, s := range in {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// FreeNumber is the lowest number for a custom type that is not taken.
func FreeNumber(taken []int64) int64 {
	n := int64(firstCustom)
	for slices.Contains(taken, n) {
		n++
	}
	return n
}

// IsCustom says whether a name is HubSpot's id of a custom type.
func IsCustom(t ObjectType) bool {
	digits, ok := strings.CutPrefix(string(t), "2-")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Weave returns HubSpot's own types and these custom ones: each of the first also
// shows those custom types that can be associated with it.
func Weave(custom []Spec) []Spec {
	out := AllSpecs()
	for i, s := range out {
		if s.Activity || s.Aside {
			continue
		}
		for _, c := range custom {
			if slices.Contains(c.Links, s.Type) {
				out[i].Links = append(out[i].Links, c.Type)
			}
		}
	}
	return append(out, custom...)
}

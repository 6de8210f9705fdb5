package hubspot

import (
	"context"
	"net/http"
	"slices"

	"satchel/internal/crm"
)

type schemaJSON struct {
	TypeID string `json:"objectTypeId"`
	Name   string `json:"name"`
	Labels struct {
		One  string `json:"singular"`
		Many string `json:"plural"`
	} `json:"labels"`
	Primary    string   `json:"primaryDisplayProperty"`
	Secondary  []string `json:"secondaryDisplayProperties"`
	Searchable []string `json:"searchableProperties"`
	Required   []string `json:"requiredProperties"`
	Archived   bool     `json:"archived"`
	Links      []struct {
		From string `json:"fromObjectTypeId"`
		To   string `json:"toObjectTypeId"`
	} `json:"associations"`
}

func (s schemaJSON) custom() crm.CustomType {
	c := crm.CustomType{
		Type: crm.ObjectType(s.TypeID), Name: s.Name, One: s.Labels.One, Many: s.Labels.Many, Title: s.Primary,
		Search: s.Searchable, Beside: s.Secondary, Required: s.Required,
	}
	if c.One == "" {
		c.One = s.Name
	}
	if c.Many == "" {
		c.Many = c.One
	}
	for _, spec := range crm.Specs() {
		for _, l := range s.Links {
			other := l.From
			if other == s.TypeID {
				other = l.To
			}
			if other == spec.ID && !spec.Aside && !slices.Contains(c.Links, spec.Type) {
				c.Links = append(c.Links, spec.Type)
			}
		}
	}
	return c
}

// CustomTypes are the object types that the portal made for itself.
func (c *Client) CustomTypes(ctx context.Context) ([]crm.CustomType, error) {
	var a results[schemaJSON]
	if err := c.do(ctx, read("custom object types", http.MethodGet, "/crm-object-schemas/"+version+"/schemas"), &a); err != nil {
		return nil, err
	}
	out := []crm.CustomType{}
	for _, s := range a.Results {
		if crm.IsCustom(crm.ObjectType(s.TypeID)) && !s.Archived {
			out = append(out, s.custom())
		}
	}
	return out, nil
}

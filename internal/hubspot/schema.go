package hubspot

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"satchel/internal/crm"
)

type propertyJSON struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Group       string `json:"groupName"`
	Description string `json:"description"`
	Type        string `json:"type"`
	Field       string `json:"fieldType"`
	Options     []struct {
		Label  string `json:"label"`
		Value  string `json:"value"`
		Hidden bool   `json:"hidden"`
	} `json:"options"`
	Unique     bool   `json:"hasUniqueValue"`
	Calculated bool   `json:"calculated"`
	External   bool   `json:"externalOptions"`
	Refers     string `json:"referencedObjectType"`
	Hidden     bool   `json:"hidden"`
	Archived   bool   `json:"archived"`
	Order      int    `json:"displayOrder"`
	// Sensitivity is non_sensitive, sensitive or highly_sensitive.
	Sensitivity string `json:"dataSensitivity"`
	Metadata    struct {
		ReadOnlyValue bool `json:"readOnlyValue"`
	} `json:"modificationMetadata"`
}

func (p propertyJSON) property(groups map[string]string) crm.Property {
	out := crm.Property{
		Name: p.Name, Label: p.Label, Group: p.Group, GroupLabel: groups[p.Group], Description: p.Description,
		Type: crm.PropertyType(p.Type), Field: p.Field, Hidden: p.Hidden, Unique: p.Unique,
		ReadOnly: p.Calculated || p.Metadata.ReadOnlyValue,
		External: p.External, Refers: p.Refers, Order: p.Order,
	}
	for _, o := range p.Options {
		out.Options = append(out.Options, crm.Option{Value: o.Value, Label: o.Label, Hidden: o.Hidden})
	}
	return out
}

// sensitive says whether HubSpot marks what the property holds as sensitive; a
// level that is not known counts as one.
func (p propertyJSON) sensitive() bool {
	return p.Sensitivity != "" && p.Sensitivity != "non_sensitive"
}

// Sensitive names the type's properties that HubSpot marks as sensitive. A sign-in
// that may not see them gets none.
func (c *Client) Sensitive(ctx context.Context, t crm.ObjectType) ([]string, error) {
	var out []string
	for _, level := range []string{"sensitive", "highly_sensitive"} {
		q := read("sensitive properties of "+name(t), http.MethodGet, properties(t))
		q.query = url.Values{"dataSensitivity": {level}}
		var a results[propertyJSON]
		err := c.do(ctx, q, &a)
		if err != nil && crm.KindOf(err) != crm.Forbidden {
			return nil, err
		}
		for _, p := range a.Results {
			if p.sensitive() {
				out = append(out, p.Name)
			}
		}
	}
	return out, nil
}

// Properties are the type's properties with the labels of their groups. Those that
// HubSpot marks as sensitive are left out, so that nobody asks for them.
func (c *Client) Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error) {
	var props results[propertyJSON]
	var groups map[string]string
	var err error
	var wg sync.WaitGroup
	wg.Go(func() { groups, err = c.groups(ctx, t) })
	failed := c.do(ctx, read("properties of "+name(t), http.MethodGet, properties(t)), &props)
	if wg.Wait(); failed != nil {
		return nil, failed
	}
	if k := crm.KindOf(err); err != nil && k != crm.Forbidden && k != crm.NotFound {
		return nil, err
	}
	out := make([]crm.Property, 0, len(props.Results))
	for _, p := range props.Results {
		if !p.Archived && !p.sensitive() {
			out = append(out, p.property(groups))
		}
	}
	return out, nil
}

func (c *Client) groups(ctx context.Context, t crm.ObjectType) (map[string]string, error) {
	var a results[struct {
		Name  string `json:"name"`
		Label string `json:"label"`
	}]
	if err := c.do(ctx, read("property groups of "+name(t), http.MethodGet, properties(t, "groups")), &a); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(a.Results))
	for _, g := range a.Results {
		out[g.Name] = g.Label
	}
	return out, nil
}

type newProperty struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Group       string `json:"groupName"`
	Type        string `json:"type"`
	Field       string `json:"fieldType"`
	Description string `json:"description"`
	Unique      bool   `json:"hasUniqueValue"`
	FormField   bool   `json:"formField"`
}

// EnsureKey makes crm.KeyProperty in the portal unless it is there. ok is
// false when the portal cannot have it: the scope is missing, the type has its
// ten unique properties already, or somebody made one of that name that is not
// unique.
func (c *Client) EnsureKey(ctx context.Context, t crm.ObjectType) (ok bool, err error) {
	if found, unique, err := c.findKey(ctx, t); err != nil || found {
		return unique, err
	}
	q := write("make key property of "+name(t), http.MethodPost, properties(t))
	q.body = newProperty{
		Name: crm.KeyProperty, Label: "Satchel client key", Group: c.mainGroup(ctx, t),
		Type: "string", Field: "text", Unique: true,
		Description: "Set by Satchel on records that it creates, so that none is created twice. Not for people.",
	}
	err = c.do(ctx, q, nil)
	switch crm.KindOf(err) {
	case crm.Forbidden, crm.Invalid:
		return false, nil
	case crm.Conflict, crm.Uncertain: // somebody else was faster, or nobody knows: look
		_, unique, err := c.findKey(ctx, t)
		return unique, err
	case crm.Internal, crm.NotFound, crm.Unauthorized, crm.RateLimited, crm.Offline,
		crm.Upstream, crm.Corrupt, crm.Canceled, crm.Storage, crm.InUse:
	}
	return err == nil, err
}

func (c *Client) findKey(ctx context.Context, t crm.ObjectType) (found, unique bool, err error) {
	var p propertyJSON
	err = c.do(ctx, read("key property of "+name(t), http.MethodGet, properties(t, crm.KeyProperty)), &p)
	switch {
	case err == nil:
		return !p.Archived, p.Unique && !p.Archived, nil
	case crm.KindOf(err) == crm.NotFound:
		return false, false, nil
	case crm.KindOf(err) == crm.Forbidden:
		return true, false, nil
	}
	return false, false, err
}

// mainGroup is where HubSpot keeps a type's own properties.
func (c *Client) mainGroup(ctx context.Context, t crm.ObjectType) string {
	spec, ok := crm.SpecOf(string(t))
	if ok {
		return strings.ReplaceAll(spec.One, " ", "") + "information"
	}
	groups, err := c.groups(ctx, t)
	if err == nil {
		for g := range groups {
			return g
		}
	}
	return name(t) + "_information"
}

type pipelineJSON struct {
	ID       id     `json:"id"`
	Label    string `json:"label"`
	Order    int    `json:"displayOrder"`
	Archived bool   `json:"archived"`
	Stages   []struct {
		ID       id              `json:"id"`
		Label    string          `json:"label"`
		Order    int             `json:"displayOrder"`
		Archived bool            `json:"archived"`
		Metadata map[string]text `json:"metadata"`
	} `json:"stages"`
}

// Pipelines are the type's pipelines with their stages; archived ones are left
// out.
func (c *Client) Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error) {
	var a results[pipelineJSON]
	q := read("pipelines of "+name(t), http.MethodGet, "/crm/pipelines/"+version+"/"+name(t))
	if err := c.do(ctx, q, &a); err != nil {
		return nil, err
	}
	var out []crm.Pipeline
	for _, p := range a.Results {
		if p.Archived {
			continue
		}
		pipe := crm.Pipeline{ID: string(p.ID), Label: p.Label, Order: p.Order}
		for _, s := range p.Stages {
			if s.Archived {
				continue
			}
			probability, _ := strconv.ParseFloat(s.Metadata["probability"].value, 64)
			closed := s.Metadata["isClosed"].value == "true" || s.Metadata["ticketState"].value == "CLOSED"
			pipe.Stages = append(pipe.Stages, crm.Stage{ID: string(s.ID), Label: s.Label, Order: s.Order, Probability: probability, Closed: closed})
		}
		out = append(out, pipe)
	}
	return out, nil
}

type ownerJSON struct {
	ID       id     `json:"id"`
	Email    string `json:"email"`
	First    string `json:"firstName"`
	Last     string `json:"lastName"`
	User     id     `json:"userId"`
	Archived bool   `json:"archived"`
	Teams    []struct {
		ID      id     `json:"id"`
		Name    string `json:"name"`
		Primary bool   `json:"primary"`
	} `json:"teams"`
}

func (o ownerJSON) owner() crm.Owner {
	out := crm.Owner{ID: crm.OwnerID(o.ID), Email: o.Email, First: o.First, Last: o.Last, UserID: string(o.User), Archived: o.Archived}
	for _, t := range o.Teams {
		out.Teams = append(out.Teams, crm.Team{ID: string(t.ID), Name: t.Name, Primary: t.Primary})
	}
	return out
}

// Owners are the portal's owners, those who left included: records still
// belong to them.
func (c *Client) Owners(ctx context.Context) ([]crm.Owner, error) {
	var out []crm.Owner
	for _, archived := range []bool{false, true} {
		for after := ""; ; {
			var a results[ownerJSON]
			q := read("owners", http.MethodGet, "/crm/owners/"+version)
			q.query = url.Values{"limit": {"100"}, "archived": {strconv.FormatBool(archived)}}
			if after != "" {
				q.query.Set("after", after)
			}
			if err := c.do(ctx, q, &a); err != nil {
				return nil, err
			}
			for _, o := range a.Results {
				one := o.owner()
				one.Archived = one.Archived || archived
				out = append(out, one)
			}
			if after = string(a.Paging.Next.After); after == "" {
				break
			}
		}
	}
	return out, nil
}

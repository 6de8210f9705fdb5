package doctor

import (
	"context"

	"satchel/internal/crm"
)

const idProperty = "hs_object_id"

// reading is the comparison of one type.
type reading struct {
	c      *comparison
	spec   crm.Spec
	asked  []string
	firm   []crm.Property // differ only when the copies do
	loose  []crm.Property // set by HubSpot itself, and not with the record's stamp
	linked []linkable     // compared, and their associations not yet
	doubts []crm.RemoteID // to be confirmed
}

// linkable is a record whose associations are to be compared.
type linkable struct {
	id     crm.RemoteID
	recent bool // it, or something about it, is on its way
}

// newReading finds out which properties count. One that HubSpot calculates, or
// sets by itself, changes without the record's stamp, so a difference in it says
// nothing about the copy.
func (c *comparison) newReading(ctx context.Context, s crm.Spec) (*reading, error) {
	r := &reading{c: c, spec: s}
	var err error
	if r.asked, err = c.Asked(ctx, s.Type); err != nil {
		return nil, err
	}
	ps, err := c.Local.Properties(ctx, s.Type)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(r.asked))
	for _, name := range r.asked {
		wanted[name] = true
	}
	for _, p := range ps {
		switch {
		case !wanted[p.Name] || p.Name == s.Modified:
		case p.ReadOnly:
			r.loose = append(r.loose, p)
		default:
			r.firm = append(r.firm, p)
		}
	}
	return r, nil
}

// differ names the properties that differ. HubSpot's empty value and no value are
// the same.
func differ(ps []crm.Property, a, b crm.Values) (out []string) {
	for _, p := range ps {
		if x, y := a[p.Name], b[p.Name]; x != y && !p.Same(x, y) {
			out = append(out, p.Name)
		}
	}
	return out
}

func (r *reading) compare(ctx context.Context) error {
	walk := r.all
	if !r.c.All {
		walk = r.some
	}
	if err := walk(ctx); err != nil {
		return err
	}
	if _, err := r.confirm(ctx, r.doubts, false); err != nil {
		return err
	}
	r.doubts = nil
	return r.link(ctx)
}

// some reads a sample by ids.
func (r *reading) some(ctx context.Context) error {
	return r.sampled(ctx, func(ids []crm.RemoteID) error {
		read, err := r.c.Remote.BatchRead(ctx, r.spec.Type, ids, r.asked)
		if err != nil {
			return err
		}
		return r.look(ctx, ids, read.Found)
	})
}

// all walks over HubSpot's list and over what is here at once, both in the order
// of the ids: what one of them does not have is met in passing, and only a page
// is in memory.
func (r *reading) all(ctx context.Context) error {
	low, after := crm.RemoteID(""), ""
	for {
		page, err := r.c.Remote.List(ctx, r.spec.Type, crm.ListCall{After: after, Limit: pageSize, Props: r.asked})
		if err != nil {
			return err
		}
		high := crm.RemoteID("")
		if page.Next != "" {
			if len(page.Records) == 0 || page.Next == after {
				return &crm.Error{Kind: crm.Upstream, Op: "list from " + after, Msg: "HubSpot's list does not move on."}
			}
			high = page.Records[len(page.Records)-1].ID
		}
		if err := r.upTo(ctx, low, high, page.Records); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		low, after = high, page.Next
	}
}

// upTo compares a page with what is here above low and not above high; "" is
// without an end.
func (r *reading) upTo(ctx context.Context, low, high crm.RemoteID, page []crm.RemoteRecord) error {
	met := make(map[crm.RemoteID]bool, len(page))
	ids := make([]crm.RemoteID, 0, 2*len(page))
	for _, p := range page {
		met[p.ID] = true
		ids = append(ids, p.ID)
	}
	for {
		here, err := r.c.Local.RemoteIDs(ctx, r.spec.Type, low, r.c.window)
		if err != nil {
			return err
		}
		over := false
		for _, id := range here {
			if over = high != "" && before(high, id); over {
				break
			}
			if !met[id] {
				ids = append(ids, id)
			}
		}
		if err := r.look(ctx, ids, page); err != nil {
			return err
		}
		if over || len(here) < r.c.window {
			return nil
		}
		low, ids, page = here[len(here)-1], nil, nil
	}
}

// before compares ids as the numbers that they are.
func before(a, b crm.RemoteID) bool {
	return a.Compare(b) < 0
}

// look compares records at a first glance, and confirms what looks different.
func (r *reading) look(ctx context.Context, ids []crm.RemoteID, found []crm.RemoteRecord) error {
	held, err := r.c.Local.Held(ctx, r.spec.Type, ids)
	if err != nil {
		return err
	}
	there := make(map[crm.RemoteID]crm.RemoteRecord, len(found))
	for _, f := range found {
		there[f.ID] = f
	}
	calculated := 0
	for _, id := range ids {
		t, ok := there[id]
		h, here := held[id]
		if !ok || !here || h.Gone {
			r.doubts = append(r.doubts, id)
			continue
		}
		r.linked = append(r.linked, linkable{id, h.Busy || t.Modified >= r.c.since})
		switch {
		case len(differ(r.firm, t.Values, h.Values)) > 0:
			r.doubts = append(r.doubts, id)
		case len(differ(r.loose, t.Values, h.Values)) > 0:
			calculated++
		}
	}
	r.c.step(r.spec.Type, len(ids), calculated)
	for len(r.doubts) >= pageSize {
		if _, err := r.confirm(ctx, r.doubts[:pageSize], false); err != nil {
			return err
		}
		r.doubts = r.doubts[pageSize:]
	}
	if len(r.linked) >= linkSize {
		return r.link(ctx)
	}
	return nil
}

package doctor

import (
	"context"
	"fmt"
	"slices"

	"satchel/internal/crm"
)

// link compares the associations of the records that were compared.
func (r *reading) link(ctx context.Context) error {
	for batch := range slices.Chunk(r.linked, linkSize) {
		ids := make([]crm.RemoteID, len(batch))
		recent := map[crm.RemoteID]bool{}
		for i, l := range batch {
			ids[i] = l.id
			recent[l.id] = l.recent
		}
		for _, to := range r.spec.Links {
			if !slices.ContainsFunc(r.c.Kept, func(s crm.Spec) bool { return s.Type == to }) {
				continue // not pulled
			}
			err := r.linkTo(ctx, to, ids, recent)
			if crm.KindOf(err) == crm.Forbidden && err != nil {
				r.c.note(r.spec.Type, fmt.Sprintf("HubSpot does not show the associations of %s with %s to this sign-in; they were not compared.", r.spec.Type, to))
				continue
			}
			if err != nil {
				return fmt.Errorf("associations with %s: %w", to, err)
			}
		}
	}
	r.linked = nil
	return nil
}

// linkTo looks twice, the second time only at what looked different, and takes
// for certain what it saw both times.
func (r *reading) linkTo(ctx context.Context, to crm.ObjectType, ids []crm.RemoteID, recent map[crm.RemoteID]bool) error {
	first, err := r.lookAtLinks(ctx, to, ids)
	if err != nil || len(first) == 0 {
		return err
	}
	doubts := make([]crm.RemoteID, 0, len(first))
	for _, id := range ids {
		if len(first[id]) > 0 {
			doubts = append(doubts, id)
		}
	}
	second, err := r.lookAtLinks(ctx, to, doubts)
	if err != nil {
		return err
	}
	for _, id := range doubts {
		ends := slices.DeleteFunc(second[id], func(e end) bool { return !slices.Contains(first[id], e) })
		k := key{r.spec.Type, id}
		switch {
		case len(ends) == 0:
		case recent[id]:
			r.c.found.late(k)
		default:
			if err := r.c.found.link(k, ends); err != nil {
				return err
			}
		}
	}
	return nil
}

// held is one association as it is here.
type held struct {
	types []int
	gone  bool
}

// lookAtLinks reads both sides, HubSpot's first, and says by record which ends
// differ. An end that is archived here is left out: HubSpot ends associations
// with an archived record, and keeps them for when it is restored.
func (r *reading) lookAtLinks(ctx context.Context, to crm.ObjectType, ids []crm.RemoteID) (map[crm.RemoteID][]end, error) {
	there, err := r.c.Remote.Associations(ctx, r.spec.Type, to, ids)
	if err != nil {
		return nil, err
	}
	links, known, err := r.c.Local.HeldLinks(ctx, r.spec.Type, to, ids)
	if err != nil {
		return nil, err
	}
	here := map[[2]crm.RemoteID]held{}
	for _, l := range links {
		k := [2]crm.RemoteID{l.FromID, l.ToID}
		here[k] = held{append(here[k].types, l.TypeID), l.Gone}
	}
	theirs := map[[2]crm.RemoteID][]int{}
	for _, l := range there {
		k := [2]crm.RemoteID{l.FromID, l.ToID}
		theirs[k] = append(theirs[k], l.TypeID)
	}
	read := make(map[crm.RemoteID]bool, len(known))
	for _, id := range known {
		read[id] = true
	}
	out := map[crm.RemoteID][]end{}
	note := func(k [2]crm.RemoteID, how string) {
		out[k[0]] = append(out[k[0]], end{key{to, k[1]}, how})
	}
	for k, types := range theirs {
		switch h, ok := here[k]; {
		case !ok:
			note(k, LinkMissing)
		case !h.gone && read[k[0]] && !sameSet(h.types, types):
			note(k, LinkLabel)
		}
	}
	for k, h := range here {
		if _, ok := theirs[k]; !ok && !h.gone {
			note(k, LinkExtra)
		}
	}
	return out, nil
}

func sameSet(a, b []int) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// ends looks at the records at the other ends of associations that differ: one
// that is missing or gone explains the association.
func (c *comparison) ends(ctx context.Context) error {
	for t, ids := range c.found.open() {
		s, ok := crm.FindSpec(c.Kept, string(t))
		if !ok {
			continue
		}
		r, err := c.newReading(ctx, s)
		if err != nil {
			return err
		}
		if _, err := r.confirm(ctx, ids, true); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return nil
}

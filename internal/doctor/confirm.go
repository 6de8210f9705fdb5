package doctor

import (
	"context"
	"slices"

	"satchel/internal/crm"
)

// tries is how often a record is read that moves while it is looked at.
const tries = 3

// verdict is what is certain of a record; the zero verdict is that it is equal.
type verdict struct {
	kind   Kind
	into   crm.RemoteID
	props  []string
	why    string
	behind bool
	moving bool // pulled between the two reads
}

// answer is what HubSpot says of an id.
type answer struct {
	record *crm.RemoteRecord // nil: archived, deleted or merged
	into   crm.RemoteID
}

// confirm reads records again, HubSpot's side first and ours afterwards, and notes
// what is certain then. For the other end of an association it is also noted that
// it changed a moment ago. alive are those that both sides have.
func (r *reading) confirm(ctx context.Context, ids []crm.RemoteID, end bool) (alive []crm.RemoteID, err error) {
	for batch := range slices.Chunk(ids, pageSize) {
		for try := 1; len(batch) > 0; try++ {
			there, err := r.fresh(ctx, batch)
			if err != nil {
				return nil, err
			}
			held, err := r.c.Local.Held(ctx, r.spec.Type, batch)
			if err != nil {
				return nil, err
			}
			var again []crm.RemoteID
			for _, id := range batch {
				h, here := held[id]
				v := r.judge(there[id], h, here && !h.Gone)
				if v.moving && try < tries {
					again = append(again, id)
					continue
				}
				rec := there[id].record
				if end && v.kind == "" && rec != nil && (h.Busy || rec.Modified >= r.c.since) {
					v.behind = true
				}
				if rec != nil && here && !h.Gone {
					alive = append(alive, id)
				}
				if err := r.c.found.add(key{r.spec.Type, id}, v); err != nil {
					return nil, err
				}
			}
			batch = again
		}
	}
	return alive, nil
}

// fresh reads ids from HubSpot's own tables. What a batch leaves out without a
// word is read singly: a record that was merged answers with the one that took
// its place.
func (r *reading) fresh(ctx context.Context, ids []crm.RemoteID) (map[crm.RemoteID]answer, error) {
	read, err := r.c.Remote.BatchRead(ctx, r.spec.Type, ids, r.asked)
	if err != nil {
		return nil, err
	}
	out := make(map[crm.RemoteID]answer, len(ids))
	for _, f := range read.Found {
		if !f.Archived {
			out[f.ID] = answer{record: &f}
		}
	}
	for _, id := range read.Unknown {
		rec, err := r.c.Remote.Get(ctx, r.spec.Type, id, r.asked)
		switch {
		case crm.KindOf(err) == crm.NotFound && err != nil:
		case err != nil:
			return nil, err
		case rec.ID != id:
			out[id] = answer{into: rec.ID}
		case !rec.Archived:
			out[id] = answer{record: &rec}
		}
	}
	return out, nil
}

// judge compares what HubSpot says with what is held. live says that the record
// is here, and not archived.
func (r *reading) judge(a answer, h crm.Held, live bool) verdict {
	switch t := a.record; {
	case t == nil && !live:
		return verdict{}
	case t == nil && h.Busy:
		return verdict{behind: true}
	case t == nil && a.into != "":
		return verdict{kind: Merged, into: a.into}
	case t == nil:
		return verdict{kind: Gone}
	case !live && (h.Busy || max(t.Created, t.Modified) >= r.c.since):
		return verdict{behind: true}
	case !live && h.Gone:
		return verdict{kind: Missing, why: "it is archived here, and was perhaps restored there"}
	case !live:
		return verdict{kind: Missing}
	default:
		return r.judgeBoth(*t, h)
	}
}

func (r *reading) judgeBoth(t crm.RemoteRecord, h crm.Held) verdict {
	props := differ(r.firm, t.Values, h.Values)
	switch newer := t.Modified > h.Modified; {
	case len(props) == 0:
		return verdict{}
	case h.Busy, newer && t.Modified >= r.c.since:
		return verdict{behind: true}
	case newer:
		return verdict{kind: Differs, props: props, why: "HubSpot changed it at " + t.Modified.Time().Format("2006-01-02 15:04:05") + " UTC, and no pull brought it"}
	case t.Modified < h.Modified:
		return verdict{kind: Differs, props: props, moving: true, why: "it claims to be newer here than it is in HubSpot"}
	}
	return verdict{kind: Differs, props: props}
}

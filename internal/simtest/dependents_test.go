package simtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// births are the records of a portal: which of ours each one is, and since when
// it is there. Nothing of it comes from Satchel: the portal's journal says what
// was created, and the marks in the values say by which act.
type births struct {
	since map[crm.RemoteID]time.Time // by HubSpot's id; zero for from the start
	ids   map[known]crm.RemoteID
}

func (w *world) births(all []change) births {
	b := births{map[crm.RemoteID]time.Time{}, map[known]crm.RemoteID{}}
	for _, id := range w.origin {
		b.since[id] = time.Time{}
	}
	maps.Copy(b.ids, w.came)
	for k, id := range w.first {
		b.since[id], b.ids[k] = time.Time{}, id
	}
	for _, id := range w.merged {
		b.since[id] = time.Time{} // a colleague's doing
	}
	by := w.marked()
	for _, c := range all {
		if !c.create {
			continue
		}
		id := crm.RemoteID(strconv.FormatInt(c.id, 10))
		b.since[id] = c.at
		if a, ok := by[c.value]; ok {
			b.ids[a.rec] = id
		}
	}
	return b
}

// marked are the acts by what they wrote.
func (w *world) marked() map[string]*act {
	by := map[string]*act{}
	for _, a := range w.acts {
		by[a.mark] = a
	}
	return by
}

// are says whether an id is a record's, or that of one into which it was merged.
func (w *world) are(b births, k known, id crm.RemoteID) bool {
	for have, ok := b.ids[k]; ok; have, ok = w.merged[have] {
		if have == id {
			return true
		}
	}
	return false
}

// afterTheirCreate is I5. Every call that named a record named one that HubSpot
// had by then, and the one that was meant: the values of an edit went to the
// record that was edited, an association joined the two that the rep had joined,
// an archive was of a record that the rep had archived. And at rest, whatever
// still waits follows something that was refused, its own create for one.
func (w *world) afterTheirCreate(all []change, ops []crm.Op) {
	w.t.Helper()
	b := w.births(all)
	by := w.marked()
	for _, n := range w.wire.named {
		if aboutActivities(n.path) {
			continue // jotsArrived looks after these
		}
		for _, row := range n.rows(w) {
			for _, id := range row.ids {
				since, ok := b.since[id]
				require.True(w.t, ok, "I5: %s names a record that HubSpot does not have: %q", n, id)
				require.False(w.t, n.at.Before(since), "I5: %s names %s, which HubSpot did not have yet", n, id)
			}
			for _, v := range row.values {
				if a, ok := by[v]; ok {
					require.True(w.t, w.are(b, a.rec, row.ids[0]), "I5: %s writes %s to %s, which is not %s", n, v, row.ids[0], w.called(a.rec))
				}
			}
			if row.pair {
				require.True(w.t, w.joined(b, row.ids[0], row.ids[1]), "I5: %s joins %s and %s, which the rep has not", n, row.ids[0], row.ids[1])
			}
		}
		if n.method == http.MethodDelete {
			id := crm.RemoteID(path.Base(n.path))
			meant := false
			for k := range w.removed {
				meant = meant || w.are(b, k, id)
			}
			require.True(w.t, meant, "I5: %s archives a record that the rep has not", n)
		}
	}
	w.heldBack(ops)
}

func (w *world) joined(b births, from, to crm.RemoteID) bool {
	return slices.ContainsFunc(w.links, func(l *link) bool {
		return w.are(b, l.from, from) && w.are(b, l.to, to) || w.are(b, l.from, to) && w.are(b, l.to, from)
	})
}

// heldBack checks that what waits for no time waits for something refused that
// it follows: a create holds back what is about its record and nothing else.
func (w *world) heldBack(ops []crm.Op) {
	w.t.Helper()
	held := map[crm.OpID]bool{}
	for i, op := range ops {
		if op.State == crm.Parked || op.State == crm.InDispute {
			held[op.ID] = true
			continue
		}
		held[op.ID] = slices.ContainsFunc(ops[:i], func(p crm.Op) bool { return held[p.ID] && follows(op, p) })
		require.True(w.t, held[op.ID], "I5: %s of %s is held back by nothing that it follows", op.Kind, w.called(known{op.Type, op.Record}))
	}
}

// follows says whether an operation has to wait for an earlier one.
func follows(op, p crm.Op) bool {
	link := func(o crm.Op) bool { return o.Kind == crm.OpAssociate || o.Kind == crm.OpDetach }
	stuck := p.State == crm.Parked || p.State == crm.InDispute
	shares := op.Record == p.Record || link(op) && op.ToRecord == p.Record || link(p) && op.Record == p.ToRecord
	switch {
	case p.Kind == crm.OpCreate && op.Kind == crm.OpArchive && op.Record == p.ToRecord:
		return !stuck // an activity on the record
	case p.Kind == crm.OpCreate:
		return op.Record == p.Record || op.ToRecord == p.Record
	case link(p) && link(op):
		return !stuck && (op.Record == p.Record && op.ToRecord == p.ToRecord || op.Record == p.ToRecord && op.ToRecord == p.Record)
	case link(p):
		return !stuck && op.Kind == crm.OpArchive && shares
	case link(op) || op.Record != p.Record:
		return false
	case !stuck:
		return true
	}
	return slices.ContainsFunc(op.Fields, func(f crm.Field) bool {
		return slices.ContainsFunc(p.Fields, func(g crm.Field) bool { return f.Name == g.Name })
	})
}

// named is one row of a call.
type named struct {
	ids    []crm.RemoteID
	values []string // what is written to the record
	pair   bool     // the ids are two records to join or to part
}

func (n naming) String() string {
	return fmt.Sprintf("%s %s %s", n.at.Format("15:04:05.000"), n.method, n.path)
}

// rows are what a call is about. Creates name no record, and a read by a key
// names values.
func (n naming) rows(w *world) (out []named) {
	w.t.Helper()
	if n.method == http.MethodDelete {
		return []named{{ids: []crm.RemoteID{crm.RemoteID(path.Base(n.path))}}}
	}
	type ref struct {
		ID crm.RemoteID `json:"id"`
	}
	var body struct {
		Key    string `json:"idProperty"`
		Inputs []struct {
			ref
			Props map[string]string `json:"properties"`
			From  *ref              `json:"from"`
			To    json.RawMessage   `json:"to"`
		} `json:"inputs"`
	}
	require.NoError(w.t, json.Unmarshal(n.body, &body), "%s", n.body)
	verb := path.Base(n.path)
	if body.Key != "" || verb == "create" || verb == "upsert" {
		return nil
	}
	for _, in := range body.Inputs {
		if in.From == nil {
			row := named{ids: []crm.RemoteID{in.ID}}
			for _, v := range in.Props {
				row.values = append(row.values, v)
			}
			out = append(out, row)
			continue
		}
		to := []ref{{}}
		if strings.HasPrefix(string(in.To), "[") {
			require.NoError(w.t, json.Unmarshal(in.To, &to))
		} else {
			require.NoError(w.t, json.Unmarshal(in.To, &to[0]))
		}
		for _, other := range to {
			out = append(out, named{ids: []crm.RemoteID{in.From.ID, other.ID}, pair: true})
		}
	}
	return out
}

// linksArrived is I1 for associations: what the rep wanted last of two records is
// so in HubSpot, or waits for a reason. Of records that were merged or archived
// HubSpot's associations are its own affair.
func (w *world) linksArrived(ops []crm.Op) {
	w.t.Helper()
	seen := map[[2]crm.LocalID]bool{}
	for _, l := range slices.Backward(w.links) {
		pair := [2]crm.LocalID{min(l.from.id, l.to.id), max(l.from.id, l.to.id)}
		if seen[pair] {
			continue
		}
		seen[pair] = true
		open := slices.ContainsFunc(ops, func(o crm.Op) bool {
			return o.ToRecord != "" && pair == [2]crm.LocalID{min(o.Record, o.ToRecord), max(o.Record, o.ToRecord)}
		})
		taken := slices.ContainsFunc(w.links, func(m *link) bool {
			return m.given && pair == [2]crm.LocalID{min(m.from.id, m.to.id), max(m.from.id, m.to.id)}
		})
		from, there := w.settled(l.from)
		to, there2 := w.settled(l.to)
		if open || taken || !there || !there2 {
			continue
		}
		require.Equal(w.t, l.kind == crm.OpAssociate, w.linkedThere(l, from, to), "I1: %s of %s and %s is lost", l.kind, w.called(l.from), w.called(l.to))
	}
}

// settled is a record's id, if it is there and always was itself.
func (w *world) settled(k known) (crm.RemoteID, bool) {
	r, ok := w.record(k)
	_, merged := w.merged[r.RemoteID]
	for _, id := range w.merged {
		merged = merged || id == r.RemoteID
	}
	buried := slices.ContainsFunc(w.buried, func(b known) bool { return w.one(b, k) })
	return r.RemoteID, ok && r.ID == k.id && r.RemoteID != "" && r.Badge != crm.BadgeGone && !r.Archived && !merged && !buried
}

// linkedThere asks HubSpot.
func (w *world) linkedThere(l *link, from, to crm.RemoteID) bool {
	w.t.Helper()
	var got []crm.Link
	w.insist(func() (err error) {
		got, err = w.hub.Associations(w.ctx, l.from.typ, l.to.typ, []crm.RemoteID{from})
		return err
	})
	return slices.ContainsFunc(got, func(g crm.Link) bool { return g.ToID == to })
}

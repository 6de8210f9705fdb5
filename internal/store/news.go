package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"satchel/internal/crm"
)

// How long news is kept and how much of it, the oldest dropped; and how long
// what was seen can be taken back.
const (
	newsKept  = 30 * 24 * time.Hour
	newsMost  = 10_000
	newsUndo  = 24 * time.Hour
	newsFresh = 24 * time.Hour // see noteArrival
)

// What stands for yes in the values of kinds that have no others.
const newsYes = "yes"

// mineIs says whether a record is the rep's, and news may be made at all: nothing
// is news before the copy was fresh once.
func (t *tx) mineIs(ctx context.Context, owners ...string) (bool, error) {
	p, err := t.here(ctx)
	return err == nil && p.rep != "" && p.online != 0 && slices.Contains(owners, string(p.rep)), err
}

// noteChange makes news of what HubSpot's values of a record are, against what
// they were. Not told are values that the program or HubSpot alone sets, those
// that an edit of the rep's has waiting, and those for which own says so. A
// record whose coming is unseen has no other news.
func (t *tx) noteChange(ctx context.Context, r *row, before crm.Values, own func(name string) bool) error {
	if r.id == 0 || r.was.modified == 0 || r.spec.Activity || maps.Equal(before, r.base) {
		return nil // without a stamp it was not HubSpot's yet
	}
	mine, err := t.mineIs(ctx, before[ownerProperty], r.base[ownerProperty])
	if err != nil || !mine {
		return err
	}
	if known, err := t.unseenNew(ctx, r.local); err != nil || known {
		return err
	}
	props, err := t.cares(ctx, r.spec)
	if err != nil {
		return err
	}
	names := slices.Collect(maps.Keys(before))
	for n := range r.base {
		if _, had := before[n]; !had {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		p, ok := props[n]
		was, is := before[n], r.base[n]
		if !ok || own(n) || p.Same(was, is) {
			continue
		}
		if over, waits := r.overlay[n]; waits && p.Same(over, is) {
			continue // our own, come back before its answer
		}
		if err := t.note(ctx, r, crm.NewsProperty, n, was, is, p.Same); err != nil {
			return err
		}
	}
	return nil
}

// cares are the properties whose changes a rep wants to hear of: not those that
// HubSpot calculates, or hides. What has no definition here is not told, other
// than the owner.
func (t *tx) cares(ctx context.Context, spec crm.Spec) (map[string]crm.Property, error) {
	if known, ok := t.cared[spec.Type]; ok {
		return known, nil
	}
	bodies, err := column[string](ctx, t, `SELECT body FROM property WHERE type = ?`, string(spec.Type))
	if err != nil {
		return nil, err
	}
	props, err := decodeAll[crm.Property](bodies)
	if err != nil {
		return nil, err
	}
	out := map[string]crm.Property{ownerProperty: {Name: ownerProperty, Type: crm.TypeEnumeration}}
	for _, p := range props {
		if !p.ReadOnly && !p.Hidden && p.Name != crm.KeyProperty && p.Name != mergedProperty && !slices.Contains(stamps(), p.Name) {
			out[p.Name] = p
		}
	}
	if t.cared == nil {
		t.cared = map[crm.ObjectType]map[string]crm.Property{}
	}
	t.cared[spec.Type] = out
	return out, nil
}

// noteArchive makes news of a record that left HubSpot's lists or came back,
// other than by an archive of ours.
func (t *tx) noteArchive(ctx context.Context, r *row, was bool) error {
	if r.id == 0 || r.spec.Activity || was == r.gone || r.gone && r.was.archived {
		return nil
	}
	mine, err := t.mineIs(ctx, r.base[ownerProperty])
	if err != nil || !mine {
		return err
	}
	before, after := "", newsYes
	if was {
		before, after = newsYes, ""
	}
	return t.note(ctx, r, crm.NewsArchived, "", before, after, equal)
}

// noteArrival makes news of a record that has come for the first time with the
// rep as its owner. What HubSpot made long before the copy was last fresh comes
// because the rep may see it now, or because all is pulled again.
func (t *tx) noteArrival(ctx context.Context, r *row) error {
	mine, err := t.mineIs(ctx, r.base[ownerProperty])
	if err != nil || !mine || r.spec.Activity || !t.recent(r) {
		return err
	}
	return t.note(ctx, r, crm.NewsNew, "", "", newsYes, equal)
}

func (t *tx) recent(r *row) bool {
	return t.present != nil && r.created >= t.present.online-crm.Millis(newsFresh.Milliseconds())
}

// noteMerge makes news of a record that was merged into one here.
func (t *tx) noteMerge(ctx context.Context, r, was *row, remote crm.RemoteID) error {
	mine, err := t.mineIs(ctx, r.base[ownerProperty], was.base[ownerProperty])
	if err != nil || !mine || r.spec.Activity {
		return err
	}
	return t.note(ctx, r, crm.NewsMerged, string(remote), was.was.title, newsYes, equal)
}

func (t *tx) unseenNew(ctx context.Context, id crm.LocalID) (bool, error) {
	found, err := column[int64](ctx, t, `SELECT id FROM news WHERE record = ? AND kind = ? AND name = '' AND seen = 0`, string(id), string(crm.NewsNew))
	return len(found) > 0, err
}

func equal(a, b string) bool { return a == b }

// note adds one piece of news, folded into what is unseen of the same thing: it
// keeps the oldest value before, and vanishes when it is back there.
func (t *tx) note(ctx context.Context, r *row, kind crm.NewsKind, name, before, after string, same func(a, b string) bool) error {
	t.noted = true
	before, after = crm.NewsText(before), crm.NewsText(after)
	var id, away int64
	var first string
	err := one(ctx, t, []any{&id, &first, &away}, `SELECT id, before, away FROM news WHERE record = ? AND kind = ? AND name = ? AND seen = 0`,
		string(r.local), string(kind), name)
	if err != nil && !errors.Is(err, errNoRow) {
		return err
	}
	if err == nil {
		if _, err := t.exec(ctx, `DELETE FROM news WHERE id = ?`, id); err != nil {
			return err
		}
		if before = first; same(before, after) && !crm.NewsCut(after) {
			return nil
		}
	}
	_, err = t.exec(ctx, `INSERT INTO news (record, type, kind, name, before, after, modified, noticed, away) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		string(r.local), string(r.spec.Type), string(kind), name, before, after, int64(r.modified), int64(now()), away)
	return err
}

// pruneNews takes away what is too old or too much.
func (t *tx) pruneNews(ctx context.Context) error {
	at := int64(now())
	_, err := t.exec(ctx, `DELETE FROM news WHERE noticed < ?1 OR seen <> 0 AND seen < ?2
		OR id <= coalesce((SELECT id FROM news ORDER BY id DESC LIMIT 1 OFFSET ?3), 0)`,
		at-newsKept.Milliseconds(), at-newsUndo.Milliseconds(), newsMost)
	return err
}

// dropNews erases the news of a record, and that it is named in.
func (t *tx) dropNews(ctx context.Context, r *row) error {
	_, err := t.exec(ctx, `DELETE FROM news WHERE record = ?1 OR name = ?1 AND kind = ?2 OR name = ?3 AND kind = ?4`,
		string(r.local), string(crm.NewsActivity), linkName(r.spec, r.remote), string(crm.NewsLink))
	return err
}

// linkName is the name of news about a record at the other end: its type and its
// id in HubSpot.
func linkName(spec crm.Spec, id crm.RemoteID) string { return string(spec.Type) + "/" + string(id) }

// linkOf is the record that a name of linkName is about.
func (k *kinds) linkOf(name string) (crm.Spec, crm.RemoteID, bool) {
	typ, id, ok := strings.Cut(name, "/")
	spec, err := k.of(crm.ObjectType(typ))
	return spec, crm.RemoteID(id), ok && err == nil
}

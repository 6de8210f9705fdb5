package store

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"satchel/internal/crm"
)

// typeShift makes a type a range of record ids.
const typeShift = 40

// row is a record as the database holds it: what it stands on, and what was
// derived from that when it was last written.
type row struct {
	id       int64
	spec     crm.Spec
	local    crm.LocalID
	remote   crm.RemoteID
	created  crm.Millis
	modified crm.Millis
	gone     bool
	goneAt   crm.Millis
	base     crm.Values
	overlay  crm.Values

	is  derived
	was derived // as stored; the zero value for a new row
}

// derived is everything that follows from a row and its operations. Its fields
// are columns; comparing two says what has to be written.
type derived struct {
	remote   crm.RemoteID
	created  crm.Millis
	modified crm.Millis
	gone     bool
	goneAt   crm.Millis
	archived bool
	badge    crm.Badge
	title    string
	titleKey string
	owner    string
	text     [crm.TextSlots]string
	number   [crm.NumberSlots]*float64
	words    string
	tags     string
	overlay  string // JSON, "" for none
	base     string // JSON
}

// rowColumns are read by scanRow, in this order.
const rowColumns = `r.id, r.type, r.local_id, coalesce(r.remote_id, ''), r.created, r.modified, r.gone, r.gone_at,
	r.archived, r.badge, r.title, coalesce(r.title_key, ''), coalesce(r.owner, ''),
	coalesce(r.t1, ''), coalesce(r.t2, ''), coalesce(r.t3, ''), coalesce(r.t4, ''),
	r.n1, r.n2, r.n3, r.text, r.tags, coalesce(json(r.overlay), ''), json(r.base)`

// viewColumns are rowColumns without what only a writer needs.
const viewColumns = `r.id, r.type, r.local_id, coalesce(r.remote_id, ''), r.created, r.modified, r.gone, r.gone_at,
	r.archived, r.badge, r.title, '', '', '', '', '', '', NULL, NULL, NULL, '', '', coalesce(json(r.overlay), ''), json(r.base)`

func scanRows(ctx context.Context, q querier, query string, args ...any) ([]*row, error) {
	var out []*row
	var r row
	var typ int64
	d := &r.was
	var spec crm.Spec // of the row before: most have the same
	dest := []any{
		&r.id, &typ, &r.local, &d.remote, &d.created, &d.modified, &d.gone, &d.goneAt,
		&d.archived, &d.badge, &d.title, &d.titleKey, &d.owner,
		&d.text[0], &d.text[1], &d.text[2], &d.text[3],
		&d.number[0], &d.number[1], &d.number[2], &d.words, &d.tags, &d.overlay, &d.base,
	}
	err := each(ctx, q, func() error {
		c := r
		if spec.Number != typ {
			var ok bool
			if spec, ok = q.kinds().byNumber(typ); !ok {
				return invalid("The local data holds a record type that this version does not know.")
			}
		}
		c.spec = spec
		c.remote, c.created, c.modified, c.gone, c.goneAt = c.was.remote, c.was.created, c.was.modified, c.was.gone, c.was.goneAt
		var err error
		if c.base, err = valuesOf(c.was.base); err != nil {
			return err
		}
		if c.was.overlay != "" {
			if c.overlay, err = valuesOf(c.was.overlay); err != nil {
				return err
			}
		}
		c.is = c.was
		out = append(out, &c)
		return nil
	}, dest, query, args...)
	return out, err
}

func oneRow(ctx context.Context, q querier, query string, args ...any) (*row, error) {
	rows, err := scanRows(ctx, q, query, args...)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errNoRow
	}
	return rows[0], nil
}

// rowByLocal finds a record by its local id, or by one that it had before it
// was merged.
func rowByLocal(ctx context.Context, q querier, id crm.LocalID) (*row, error) {
	r, err := oneRow(ctx, q, `SELECT `+rowColumns+` FROM record r WHERE r.local_id = ?`, string(id))
	if !errors.Is(err, errNoRow) {
		return r, err
	}
	var into string
	if err := one(ctx, q, []any{&into}, `SELECT into_id FROM alias WHERE local_id = ?`, string(id)); err != nil {
		return nil, err
	}
	return rowByLocal(ctx, q, crm.LocalID(into))
}

const whereRemote = ` WHERE r.type = ? AND length(r.remote_id) = length(?2) AND r.remote_id = ?2`

func rowByRemote(ctx context.Context, q querier, typ int64, id crm.RemoteID) (*row, error) {
	return oneRow(ctx, q, `SELECT `+rowColumns+` FROM record r`+whereRemote, typ, string(id))
}

func (r *row) record() crm.Record {
	return crm.Record{
		Type: r.spec.Type, ID: r.local, RemoteID: r.remote, Base: r.base, Overlay: r.overlay,
		Created: r.created, Modified: r.modified, Archived: r.is.archived, Badge: r.is.badge,
	}
}

func (r *row) brief(props []string) crm.Brief {
	b := crm.Brief{Type: r.spec.Type, ID: r.local, RemoteID: r.remote, Title: r.is.title, Badge: r.is.badge, Values: crm.Values{}}
	for _, p := range props {
		if v := r.value(p); v != "" {
			b.Values[p] = v
		}
	}
	return b
}

// value is a property of the view.
func (r *row) value(prop string) string {
	if v, ok := r.overlay[prop]; ok {
		return v
	}
	return r.base[prop]
}

// derive computes what follows from the row and from its operations, which
// give the badge and whether an archive waits.
func (r *row) derive(badge crm.Badge, archiving bool) {
	d := derived{
		remote: r.remote, created: r.created, modified: r.modified, gone: r.gone, goneAt: r.goneAt,
		archived: r.gone || archiving, badge: badge,
		base: asJSON(r.base),
	}
	if len(r.overlay) > 0 {
		d.overlay = asJSON(r.overlay)
	}
	if r.gone && badge != crm.BadgeNone {
		d.badge = crm.BadgeGone
	}
	view := r.overlay.Over(r.base)
	d.title = r.spec.TitleOf(view)
	d.titleKey = fold(d.title)
	d.owner = view[ownerProperty]
	for i, p := range r.spec.Text {
		d.text[i] = view[p]
	}
	for i, p := range r.spec.Numeric {
		if p == r.spec.Modified {
			at := float64(r.touched())
			d.number[i] = &at
		} else if f, ok := slotNumber(view[p]); ok {
			d.number[i] = &f
		}
	}
	d.words = searchText(r.spec, view)
	d.tags = ownerTag(crm.OwnerID(d.owner))
	r.is = d
}

// touched orders records by recency: by HubSpot's stamp, and those that are not
// there yet by when they were made.
func (r *row) touched() crm.Millis {
	if r.modified != 0 {
		return r.modified
	}
	return r.created
}

// ownerProperty is HubSpot's property with a record's owner, on every type.
const ownerProperty = "hubspot_owner_id"

// ownerTag is the word that stands for an owner in the search index.
func ownerTag(o crm.OwnerID) string {
	if o == "" {
		return ""
	}
	return "o" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, string(o))
}

func searchText(spec crm.Spec, view crm.Values) string {
	var b strings.Builder
	add := func(s string) {
		if s == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	for _, p := range spec.Search {
		v := view[p]
		add(words(v))
		if strings.Contains(p, "phone") {
			add(digits(v))
		}
	}
	return b.String()
}

// slotNumber reads a number, a date or an instant for sorting: the slots are
// filled before the property's definition may be known.
func slotNumber(v string) (float64, bool) {
	if v == "" {
		return 0, false
	}
	if f, ok := crm.Number(crm.TypeNumber, v); ok {
		return f, true
	}
	return crm.Number(crm.TypeDateTime, v)
}

// viewChanged says whether a person would see a difference. HubSpot's modified
// stamp does not count: a mass touch moves it on every record and changes
// nothing.
func (r *row) viewChanged() bool {
	if r.was.remote != r.is.remote || r.was.archived != r.is.archived || r.was.badge != r.is.badge {
		return true
	}
	if r.was.base == r.is.base && r.was.overlay == r.is.overlay {
		return false
	}
	var base, overlay crm.Values
	if r.was.base == "" || fromJSON(r.was.base, &base) != nil {
		return true
	}
	if r.was.overlay != "" && fromJSON(r.was.overlay, &overlay) != nil {
		return true
	}
	before, after := overlay.Over(base), r.overlay.Over(r.base)
	for _, v := range []crm.Values{before, after} {
		for _, p := range stamps() {
			delete(v, p)
		}
	}
	return !maps.Equal(before, after)
}

// stamps are the properties that HubSpot moves at every touch.
func stamps() []string { return []string{"lastmodifieddate", "hs_lastmodifieddate"} }

// now is our own clock.
func now() crm.Millis { return crm.At(time.Now()) }

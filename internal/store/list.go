package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"satchel/internal/crm"
)

// textCap is how many matches of a text search a list looks at; beyond, its
// total is a floor.
const textCap = 1000

// List returns a window of a type's live records. Without text and filters it
// is read from one covering index, whatever the offset.
func (s *Store) List(ctx context.Context, q crm.ListQuery) (crm.ListPage, error) {
	var page crm.ListPage
	spec, err := s.kinds().of(q.Type)
	if err != nil {
		return page, err
	}
	if q.Offset < 0 || q.Limit < 0 {
		return page, invalid("A list cannot begin before its first row.")
	}
	types, err := s.propertyTypes(ctx, q.Type)
	if err != nil {
		return page, err
	}
	o, err := orderOf(spec, q.Sort, types)
	if err != nil {
		return page, err
	}
	where, err := filterSQL(spec, q.Filters, types)
	if err != nil {
		return page, err
	}
	where.ownerOf(spec, q.Owner)
	sought := terms(q.Text)
	err = s.read(ctx, "read list", func(ctx context.Context, r querier) error {
		var ids []int64
		switch {
		case len(sought) > 0:
			ids, page.Total, page.Capped, err = searchWindow(ctx, r, spec, q, o, where, sought)
		case len(q.Filters) == 0 && o.index != "":
			ids, page.Total, err = s.indexWindow(ctx, r, spec, q, o)
		default:
			ids, page.Total, page.Capped, err = s.filterWindow(ctx, r, spec, q, o, where)
		}
		if err != nil {
			return err
		}
		rows, err := rowsByID(ctx, r, ids)
		page.Records = records(rows)
		return err
	})
	return page, err
}

func rowsByID(ctx context.Context, q querier, ids []int64) ([]*row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return scanRows(ctx, q, `SELECT `+viewColumns+` FROM json_each(?) j CROSS JOIN record r ON r.id = j.value ORDER BY j.key`, asJSON(ids))
}

func records(rows []*row) []crm.Record {
	out := make([]crm.Record, len(rows))
	for i, r := range rows {
		out[i] = r.record()
	}
	return out
}

// order is how a list is sorted.
type order struct {
	expr    string // the value, NULL when empty
	collate string
	index   string // the index that has it in order, "" for none
	args    []any  // of expr
	desc    bool
}

func (o order) dir(backwards bool) string {
	if o.desc != backwards {
		return " DESC"
	}
	return " ASC"
}

func orderOf(spec crm.Spec, sort crm.Sort, types map[string]crm.PropertyType) (order, error) {
	if sort.Prop == "" {
		sort = crm.Sort{Prop: spec.Modified, Desc: true}
	}
	o := order{desc: sort.Desc}
	if column, text := slot(spec, sort.Prop); column != "" {
		o.expr, o.index = "r."+column, "record_"+strings.TrimSuffix(column, "_key")
		if text && column != titleColumn {
			o.collate = " COLLATE NOCASE"
		}
		return o, nil
	}
	v, err := jsonValue(sort.Prop)
	if err != nil {
		return o, err
	}
	o.expr, o.args = v.typed(types[sort.Prop])
	o.collate = collation(types[sort.Prop])
	return o, nil
}

const titleColumn = "title_key"

// slot is the indexed column of a property, "" when it has none.
func slot(spec crm.Spec, prop string) (column string, text bool) {
	if prop == crm.SortTitle {
		return titleColumn, true
	}
	if i := slices.Index(spec.Text, prop); i >= 0 {
		return "t" + strconv.Itoa(i+1), true
	}
	if i := slices.Index(spec.Numeric, prop); i >= 0 {
		return "n" + strconv.Itoa(i+1), false
	}
	return "", false
}

// live is the condition of the lists' indexes: its constants are written out,
// since SQLite does not look into parameters to choose a partial index.
func live(spec crm.Spec) string {
	return "r.type = " + strconv.FormatInt(spec.Number, 10) + " AND r.archived = 0"
}

func countOf(ctx context.Context, q querier, spec crm.Spec, owner crm.OwnerID) (int, error) {
	return tallied(ctx, q, spec, tallyLive, owner)
}

func count(ctx context.Context, q asker, query string, args ...any) (int, error) {
	var n int
	err := one(ctx, q, []any{&n}, query, args...)
	return n, err
}

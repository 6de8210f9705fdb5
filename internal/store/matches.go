package store

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"satchel/internal/crm"
)

// A search finds the rows that hold all its terms, in one owner's records or in
// all.
type search struct {
	terms []term
	owner crm.OwnerID
}

// indexed is how many letters of a word the search index keeps lists for. The
// rows of a longer one are collected from the lists of all words that begin with
// it, before the first is known.
const indexed = 3

// ofBodies is the search as it is asked of activities: no single letter is looked
// for in a body, of which almost every one has a word that begins with it.
func (s search) ofBodies() search {
	s.terms = slices.DeleteFunc(slices.Clone(s.terms), func(t term) bool {
		return !t.whole && len(t.words) == 1 && utf8.RuneCountInString(t.words[0]) == 1
	})
	return s
}

// expr is the search as FTS5 is asked.
func (s search) expr() string { return within(expression(s.terms), s.owner) }

// loose is the search by no more of each word than there are lists for, which
// finds the first rows at once, among them some that do not match. ok is false
// when it is the search itself, or when the words are not plain enough to be
// compared here.
func (s search) loose() (expr string, ok bool) {
	var out []term
	for _, t := range s.terms {
		for i, w := range t.words {
			if !isASCII(w) {
				return "", false
			}
			if len(w) > indexed && (i < len(t.words)-1 || !t.whole) {
				ok = true
			}
			out = append(out, term{words: []string{w[:min(len(w), indexed)]}})
		}
	}
	return within(expression(out), s.owner), ok
}

// holds says whether a row's text has all the terms.
func (s search) holds(text string) bool {
	all := tokens(text)
	for _, t := range s.terms {
		if !t.in(all) {
			return false
		}
	}
	return true
}

func (t term) in(all []string) bool {
	for i := range all {
		if i+len(t.words) > len(all) {
			return false
		}
		last := len(t.words) - 1
		if !slices.Equal(all[i:i+last], t.words[:last]) {
			continue
		}
		if end := all[i+last]; end == t.words[last] || !t.whole && strings.HasPrefix(end, t.words[last]) {
			return true
		}
	}
	return false
}

// A matching asks for matches.
type matching struct {
	search
	first, last int64 // the range of row ids
	where       where // what else must hold
	limit       int
}

// glance is how many rows of the loose search are looked at beyond those that
// are wanted. Where so many are not enough, the word is in few of its rows, and
// collecting them is quick.
const glance = 600

// find returns the rows that match, the latest first: those that the index shows
// as they are, and the late ones.
func (m matching) find(ctx context.Context, q querier) ([]int64, error) {
	if indexOf(m.first) != "record_fts" {
		if m.search = m.ofBodies(); len(m.terms) == 0 {
			return nil, nil
		}
	}
	known, done, err := m.skim(ctx, q)
	if err == nil && !done {
		known, err = column[int64](ctx, q, m.query(indexOf(m.first), "f.rowid", notLate), m.args(m.expr(), m.limit)...)
	}
	if err != nil {
		return nil, err
	}
	late, err := column[int64](ctx, q, m.query("record_late_fts", "f.rowid", ""), m.args(m.expr(), m.limit)...)
	return latest(known, late, m.limit), err
}

// skim goes through the rows of the loose search until there are enough. done is
// false when there were not, among as many as it looks at.
func (m matching) skim(ctx context.Context, q querier) (ids []int64, done bool, err error) {
	expr, ok := m.loose()
	if !ok {
		return nil, false, nil
	}
	var id int64
	var text string
	seen, most := 0, glance+2*m.limit
	err = each(ctx, q, func() error {
		seen++
		if m.holds(text) {
			ids = append(ids, id)
		}
		if len(ids) == m.limit {
			return errEnough
		}
		return nil
	}, []any{&id, &text}, m.query(indexOf(m.first), "f.rowid, r.text", notLate), m.args(expr, most)...)
	if isEnough(err) {
		return ids, true, nil
	}
	return ids, seen < most, err
}

const notLate = ` AND f.rowid NOT IN (SELECT id FROM late)`

func (m matching) query(table, columns, rest string) string {
	join := ""
	if len(m.where.conds) > 0 || strings.Contains(columns, "r.") {
		join = ` CROSS JOIN record r ON r.id = f.rowid`
	}
	return `SELECT ` + columns + ` FROM ` + table + ` f` + join + ` WHERE ` + table + ` MATCH ? AND f.rowid BETWEEN ? AND ?` + rest + m.where.and() +
		` ORDER BY f.rowid DESC LIMIT ?`
}

func (m matching) args(expr string, limit int) []any {
	return append(append([]any{expr, m.first, m.last}, m.where.args...), limit)
}

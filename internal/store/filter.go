package store

import (
	"strings"

	"satchel/internal/crm"
)

// where is a conjunction of conditions with its bound values.
type where struct {
	conds []string
	args  []any
	leads []lead // those of them that an index can find
}

// A lead is a condition on a slot, and the index that finds its rows.
type lead struct {
	index string
	cond  string
	arg   any
	rows  int // that it finds, once they have been counted
}

func (w *where) add(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

// led adds a condition on a slot.
func (w *where) led(column, cond string, arg any) {
	w.add(cond, arg)
	w.leads = append(w.leads, lead{index: "record_" + column, cond: cond, arg: arg})
}

func (w *where) owner(o crm.OwnerID) {
	if o != "" {
		w.add("r.owner = ?", string(o))
	}
}

// ownerOf is owner for lists that are not read in the order of an index.
func (w *where) ownerOf(spec crm.Spec, o crm.OwnerID) {
	if column, _ := slot(spec, ownerProperty); column != "" && o != "" {
		w.led(column, "r."+column+" = ? COLLATE NOCASE", string(o))
	}
	w.owner(o)
}

func (w *where) and() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " AND " + strings.Join(w.conds, " AND ")
}

// value is a property in SQL.
type value struct {
	expr string // text, NULL when empty
	args []any
}

// jsonValue reads a property from the view: the overlay's value where it has
// one, which may be empty, else the base's.
func jsonValue(prop string) (value, error) {
	if prop == "" || strings.ContainsAny(prop, "\"\\\x00") {
		return value{}, invalid("%q is not the name of a property.", prop)
	}
	path := `$."` + prop + `"`
	return value{expr: `nullif(coalesce(r.overlay ->> ?, r.base ->> ?), '')`, args: []any{path, path}}, nil
}

// typed is the value as it compares: numbers and times as numbers, the rest as
// text.
func (v value) typed(t crm.PropertyType) (string, []any) {
	switch t {
	case crm.TypeNumber:
		return "CAST(" + v.expr + " AS REAL)", v.args
	case crm.TypeDate, crm.TypeDateTime:
		return "(unixepoch(" + v.expr + ", 'subsec') * 1000.0)", v.args
	case crm.TypeString, crm.TypeEnumeration, crm.TypeBool, crm.TypePhone:
	}
	return v.expr, v.args
}

// collation is how typed compares.
func collation(t crm.PropertyType) string {
	switch t {
	case crm.TypeNumber, crm.TypeDate, crm.TypeDateTime:
		return ""
	case crm.TypeString, crm.TypeEnumeration, crm.TypeBool, crm.TypePhone:
	}
	return " COLLATE NOCASE"
}

// filterSQL compiles filters. A property with a slot is compared there, where
// an index can help; any other in the view.
func filterSQL(spec crm.Spec, filters []crm.Filter, types map[string]crm.PropertyType) (where, error) {
	var w where
	for _, f := range filters {
		if err := w.filter(spec, f, types[f.Prop]); err != nil {
			return where{}, err
		}
	}
	return w, nil
}

func (w *where) filter(spec crm.Spec, f crm.Filter, t crm.PropertyType) error {
	v, err := jsonValue(f.Prop)
	if err != nil {
		return err
	}
	numeric := t == crm.TypeNumber || t == crm.TypeDate || t == crm.TypeDateTime
	if column, text := slot(spec, f.Prop); column != "" && f.Prop != crm.SortTitle {
		v = value{expr: "r." + column}
		numeric = !text
	} else if f.Prop == crm.SortTitle {
		v = value{expr: "nullif(r.title, '')"}
	}
	op := f.Op
	if f.Value == "" {
		switch op {
		case crm.Equal:
			op = crm.IsEmpty
		case crm.NotEqual:
			op = crm.IsSet
		case crm.Contains:
			return nil
		case crm.More, crm.MoreEq, crm.Less, crm.LessEq, crm.IsSet, crm.IsEmpty:
		}
	}
	switch op {
	case crm.IsSet:
		w.add(v.expr+" IS NOT NULL", v.args...)
		return nil
	case crm.IsEmpty:
		w.add(v.expr+" IS NULL", v.args...)
		return nil
	case crm.Contains:
		w.add("instr(fold("+v.expr+"), ?) > 0", append(v.args, fold(f.Value))...)
		return nil
	case crm.Equal, crm.NotEqual, crm.More, crm.MoreEq, crm.Less, crm.LessEq:
	default:
		return invalid("%q is not a comparison that Satchel knows.", string(f.Op))
	}
	if numeric {
		return w.number(v, op, f, t)
	}
	w.text(v, op, f.Value)
	return nil
}

func (w *where) number(v value, op crm.FilterOp, f crm.Filter, t crm.PropertyType) error {
	want, ok := slotNumber(f.Value)
	if !ok || t == crm.TypeNumber && !isNumber(f.Value) {
		msg := f.Prop + " is compared with a number or a date (YYYY-MM-DD), not with “" + f.Value + "”."
		return &crm.Error{Kind: crm.Invalid, Msg: msg, Fields: map[string]string{f.Prop: msg}}
	}
	if !strings.HasPrefix(v.expr, "r.") {
		v.expr, v.args = v.typed(t)
	}
	if op == crm.NotEqual {
		w.add("("+v.expr+" IS NOT ?)", append(v.args, want)...)
		return nil
	}
	cond := v.expr + " " + string(op) + " ?"
	if column, ok := strings.CutPrefix(v.expr, "r."); ok {
		w.led(column, cond, want)
		return nil
	}
	w.add(cond, append(v.args, want)...)
	return nil
}

func isNumber(s string) bool {
	_, ok := crm.Number(crm.TypeNumber, s)
	return ok
}

// text compares letters as they are for equality, and without case for order.
// The indexes know no case, so equality is asked of them first that way.
func (w *where) text(v value, op crm.FilterOp, want string) {
	switch op {
	case crm.Equal:
		if column, ok := strings.CutPrefix(v.expr, "r."); ok {
			w.led(column, v.expr+" = ? COLLATE NOCASE", want)
		}
		w.add(v.expr+" = ?", append(v.args, want)...)
	case crm.NotEqual:
		w.add("("+v.expr+" IS NOT ?)", append(v.args, want)...)
	case crm.More, crm.MoreEq, crm.Less, crm.LessEq, crm.Contains, crm.IsSet, crm.IsEmpty:
		cond := v.expr + " " + string(op) + " ? COLLATE NOCASE"
		if column, ok := strings.CutPrefix(v.expr, "r."); ok {
			w.led(column, cond, want)
			return
		}
		w.add(cond, append(v.args, want)...)
	}
}

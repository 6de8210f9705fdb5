package sandbox

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// condition is one compiled filter. Where it is a range of one of the indexed
// stamps or of the id, axis names the property and lo and hi are its bounds.
type condition struct {
	match  func(*doc) bool
	axis   string
	lo, hi int64
}

// class is how a property's values are compared.
type class int

const (
	classText class = iota
	classNumber
	classTime
	classOption
)

func (d *property) class() class {
	switch d.Type {
	case "number":
		return classNumber
	case "date", "datetime":
		return classTime
	case "enumeration", "bool":
		return classOption
	default:
		return classText
	}
}

// condition compiles a filter; fact sheet 3.4 for the operators.
func (p *Portal) condition(t *table, f filter) (condition, error) {
	if name, ok := strings.CutPrefix(f.Name, "associations."); ok {
		return p.linkCondition(name, f)
	}
	i, known := t.byName[f.Name]
	if !known || t.props[i].Archived != 0 {
		return condition{}, invalid("There was a problem with the request. Property %q does not exist", f.Name)
	}
	get := func(d *doc) (string, bool) { return t.value(d, i) }
	def := t.props[i]
	if err := f.complete(); err != nil {
		return condition{}, err
	}
	switch f.Operator {
	case "HAS_PROPERTY":
		return condition{match: func(d *doc) bool { _, has := get(d); return has }}, nil
	case "NOT_HAS_PROPERTY":
		return condition{match: func(d *doc) bool { _, has := get(d); return !has }}, nil
	case "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		has, want := tokenMatcher(string(*f.Value)), f.Operator == "CONTAINS_TOKEN"
		return condition{match: func(d *doc) bool {
			val, _ := get(d)
			return has(val) == want
		}}, nil
	case "EQ", "NEQ", "IN", "NOT_IN":
		return equality(t, def, f, get)
	case "LT", "LTE", "GT", "GTE", "BETWEEN":
		return ordering(t, def, f, get)
	default:
		return condition{}, invalid("Invalid input JSON: operator %q is not one of the allowed operators", f.Operator)
	}
}

// complete checks that a filter has the operands its operator needs.
func (f filter) complete() error {
	switch f.Operator {
	case "IN", "NOT_IN":
		if len(f.Values) == 0 {
			return invalid("operator %s requires values", f.Operator)
		}
	case "BETWEEN":
		if f.Value == nil || f.High == nil {
			return invalid("operator BETWEEN requires value and highValue")
		}
	case "HAS_PROPERTY", "NOT_HAS_PROPERTY":
	default:
		if f.Value == nil {
			return invalid("operator %s requires a value", f.Operator)
		}
	}
	return nil
}

// equality compiles EQ, NEQ, IN and NOT_IN.
func equality(t *table, def *property, f filter, get func(*doc) (string, bool)) (condition, error) {
	operands := f.Values
	if f.Operator == "EQ" || f.Operator == "NEQ" {
		operands = []text{*f.Value}
	}
	want := f.Operator == "EQ" || f.Operator == "IN"
	kind := def.class()
	if kind == classNumber || kind == classTime {
		nums := make([]float64, 0, len(operands))
		for _, op := range operands {
			n, err := operand(def, string(op))
			if err != nil {
				return condition{}, err
			}
			nums = append(nums, n)
		}
		c := condition{match: func(d *doc) bool {
			val, has := get(d)
			n, okNum := toNumber(kind, val)
			return (has && okNum && slices.Contains(nums, n)) == want
		}}
		if f.Operator == "EQ" && t.kind.system(def.Name) {
			return t.between(def.Name, bound(nums[0], false, 1), bound(nums[0], false, -1)), nil
		}
		return c, nil
	}
	list := make([]string, 0, len(operands))
	for _, op := range operands {
		s := string(op)
		if kind == classText && (f.Operator == "EQ" || f.Operator == "NEQ") {
			s = strings.ToLower(s)
		}
		list = append(list, s)
	}
	return condition{match: func(d *doc) bool {
		val, has := get(d)
		return (has && hasAny(kind, val, list)) == want
	}}, nil
}

// hasAny reports whether a value is in a list: text in lower case, so that an
// upper-case IN value never matches; options exactly, one of several too.
func hasAny(kind class, val string, list []string) bool {
	if kind == classText {
		return slices.Contains(list, strings.ToLower(val))
	}
	if slices.Contains(list, val) {
		return true
	}
	for part := range strings.SplitSeq(val, ";") {
		if slices.Contains(list, part) {
			return true
		}
	}
	return false
}

// ordering compiles LT, LTE, GT, GTE and BETWEEN.
func ordering(t *table, def *property, f filter, get func(*doc) (string, bool)) (condition, error) {
	kind := def.class()
	if kind == classText || kind == classOption {
		return textOrdering(f, get), nil
	}
	low, high := math.Inf(-1), math.Inf(1)
	v, err := operand(def, string(*f.Value))
	if err != nil {
		return condition{}, err
	}
	openLow, openHigh := f.Operator == "GT", f.Operator == "LT"
	switch f.Operator {
	case "GT", "GTE":
		low = v
	case "LT", "LTE":
		high = v
	default:
		low = v
		if high, err = operand(def, string(*f.High)); err != nil {
			return condition{}, err
		}
	}
	if t.kind.system(def.Name) {
		return t.between(def.Name, bound(low, openLow, 1), bound(high, openHigh, -1)), nil
	}
	return condition{match: func(d *doc) bool {
		val, has := get(d)
		n, okNum := toNumber(kind, val)
		return has && okNum && (n > low || n == low && !openLow) && (n < high || n == high && !openHigh)
	}}, nil
}

// between is the condition that an indexed property lies within bounds.
func (t *table) between(name string, lo, hi int64) condition {
	key := t.axis(name)
	return condition{axis: name, lo: lo, hi: hi, match: func(d *doc) bool {
		k := key(d)
		return lo <= k && k <= hi
	}}
}

// bound turns a bound into an inclusive whole number.
func bound(v float64, open bool, step int64) int64 {
	switch {
	case v <= math.MinInt64:
		return math.MinInt64
	case v >= math.MaxInt64:
		return math.MaxInt64
	case step > 0 && v != math.Floor(v):
		return int64(math.Ceil(v))
	case step < 0 && v != math.Floor(v):
		return int64(math.Floor(v))
	case open:
		return int64(v) + step
	default:
		return int64(v)
	}
}

func textOrdering(f filter, get func(*doc) (string, bool)) condition {
	low := strings.ToLower(string(*f.Value))
	high := ""
	if f.High != nil {
		high = strings.ToLower(string(*f.High))
	}
	return condition{match: func(d *doc) bool {
		val, has := get(d)
		val = strings.ToLower(val)
		switch f.Operator {
		case "LT":
			return has && val < low
		case "LTE":
			return has && val <= low
		case "GT":
			return has && val > low
		case "GTE":
			return has && val >= low
		default:
			return has && val >= low && val <= high
		}
	}}
}

// operand reads a filter's number or time: times as epoch ms or ISO 8601.
func operand(def *property, raw string) (float64, error) {
	n, okNum := toNumber(def.class(), raw)
	if !okNum {
		return 0, invalid("There was a problem with the request. %q is not a valid value for property %s of type %s", raw, def.Name, def.Type)
	}
	return n, nil
}

// toNumber reads a value that is compared as a number. Times are epoch ms.
func toNumber(kind class, val string) (float64, bool) {
	if kind == classNumber {
		n, err := strconv.ParseFloat(val, 64)
		return n, err == nil && n == n // NaN is no number to compare with
	}
	if t, okTime := parseTime(val); okTime {
		return float64(t.UnixMilli()), true
	}
	day, err := time.Parse(time.DateOnly, val)
	return float64(day.UnixMilli()), err == nil
}

// linkCondition compiles the pseudo-property associations.{type}.
func (p *Portal) linkCondition(name string, f filter) (condition, error) {
	to, err := p.kindOf(name)
	if err != nil {
		return condition{}, err
	}
	if err := f.complete(); err != nil {
		return condition{}, err
	}
	ids := f.Values
	if f.Value != nil {
		ids = append(ids, *f.Value)
	}
	any := func(d *doc) bool {
		for _, l := range linksTo(d.rec, to, 0) {
			if len(ids) == 0 || slices.Contains(ids, text(strconv.FormatInt(l.id, 10))) {
				return true
			}
		}
		return false
	}
	switch f.Operator {
	case "EQ", "IN", "HAS_PROPERTY":
		return condition{match: any}, nil
	case "NEQ", "NOT_IN", "NOT_HAS_PROPERTY":
		return condition{match: func(d *doc) bool { return !any(d) }}, nil
	default:
		return condition{}, invalid("operator %s is not supported for associations", f.Operator)
	}
}

// tokenMatcher compiles CONTAINS_TOKEN: all words of the pattern are words of
// the value; a pattern with * is also held against the whole value.
func tokenMatcher(pattern string) func(string) bool {
	low := strings.ToLower(pattern)
	if strings.Contains(low, "*") {
		return func(val string) bool {
			val = strings.ToLower(val)
			return wildcard(low, val) || slices.ContainsFunc(words(val), func(w string) bool { return wildcard(low, w) })
		}
	}
	wanted := words(low)
	return func(val string) bool {
		have := words(strings.ToLower(val))
		for _, w := range wanted {
			if !slices.Contains(have, w) {
				return false
			}
		}
		return len(wanted) > 0
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// wildcard matches a pattern in which * stands for any text.
func wildcard(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, parts[last])
}

package crm

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Property is HubSpot's definition of a property.
type Property struct {
	Name        string
	Label       string
	Group       string // group name
	GroupLabel  string
	Description string
	Type        PropertyType
	Field       string // HubSpot's fieldType: text, textarea, select, checkbox...
	Options     []Option
	ReadOnly    bool // calculated, or HubSpot says its value cannot be set
	Hidden      bool
	Unique      bool
	External    bool   // options live elsewhere; do not validate against Options
	Refers      string // HubSpot's referencedObjectType, "OWNER" for owners
	Order       int
}

// Option is one allowed value of an enumeration.
type Option struct {
	Value  string
	Label  string
	Hidden bool
}

// PropertyType is HubSpot's type of a property's value.
type PropertyType string

// HubSpot's property types; others (object_coordinates, json) are read-only
// text to us.
const (
	TypeString      PropertyType = "string"
	TypeNumber      PropertyType = "number"
	TypeDate        PropertyType = "date"
	TypeDateTime    PropertyType = "datetime"
	TypeEnumeration PropertyType = "enumeration"
	TypeBool        PropertyType = "bool"
	TypePhone       PropertyType = "phone_number"
)

// MaxText is the longest string value HubSpot documents.
const MaxText = 65536

// Normal brings a value that a person typed into HubSpot's form, or says in a
// sentence for people why it cannot be: numbers without separators, dates as
// YYYY-MM-DD, date-times as RFC 3339 in UTC with milliseconds, enumerations by
// value or by label, several values joined by ";". "" (cleared) is always
// allowed. Errors are of kind Invalid with the property in Fields.
func (p Property) Normal(value string) (string, error) {
	if p.ReadOnly {
		return "", p.refuse("%s is read-only in HubSpot; it cannot be set", p.title())
	}
	v := strings.TrimSpace(value)
	if v == "" {
		return "", nil
	}
	switch p.Type {
	case TypeNumber:
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return "", p.refuse("%s needs a number, without thousands separators; got %q", p.title(), value)
		}
		return plainNumber(v, f), nil
	case TypeDate:
		t, err := parseDate(v)
		if err != nil {
			return "", p.refuse("%s needs a date as YYYY-MM-DD; got %q", p.title(), value)
		}
		return t.Format(time.DateOnly), nil
	case TypeDateTime:
		t, err := parseDateTime(v)
		if err != nil {
			return "", p.refuse("%s needs a date as YYYY-MM-DD, or a time as 2026-01-31T09:30:00Z; got %q", p.title(), value)
		}
		return FormatDateTime(t), nil
	case TypeBool:
		b, err := strconv.ParseBool(strings.ToLower(v))
		if err != nil {
			return "", p.refuse("%s needs true or false; got %q", p.title(), value)
		}
		return strconv.FormatBool(b), nil
	case TypeEnumeration:
		return p.normalOptions(v)
	case TypeString, TypePhone:
	}
	if len(value) > MaxText {
		return "", p.refuse("%s takes at most %d characters; got %d", p.title(), MaxText, len(value))
	}
	if p.Type == TypeString && p.Field == "textarea" {
		return value, nil
	}
	return v, nil
}

func (p Property) normalOptions(v string) (string, error) {
	if p.External || len(p.Options) == 0 {
		return v, nil
	}
	parts := []string{v}
	if p.Field == "checkbox" {
		parts = strings.Split(strings.Trim(v, ";"), ";")
	}
	for i, part := range parts {
		o, ok := p.option(strings.TrimSpace(part))
		if !ok {
			return "", p.refuse("%s has no option %q; it takes %s", p.title(), part, p.optionList())
		}
		parts[i] = o.Value
	}
	return strings.Join(parts, ";"), nil
}

func (p Property) option(v string) (Option, bool) {
	for _, o := range p.Options {
		if o.Value == v {
			return o, true
		}
	}
	for _, o := range p.Options {
		if strings.EqualFold(o.Value, v) || strings.EqualFold(o.Label, v) {
			return o, true
		}
	}
	return Option{}, false
}

func (p Property) optionList() string {
	var names []string
	for i, o := range p.Options {
		if i == 12 {
			names = append(names, fmt.Sprintf("and %d more", len(p.Options)-i))
			break
		}
		names = append(names, o.Value)
	}
	return strings.Join(names, ", ")
}

func (p Property) title() string {
	if p.Label != "" {
		return p.Label
	}
	return p.Name
}

func (p Property) refuse(format string, args ...any) error {
	msg := fmt.Sprintf(format, args...)
	return &Error{Kind: Invalid, Msg: msg, Fields: map[string]string{p.Name: msg}}
}

// Multiple says whether it takes several values at once, joined by ";".
func (p Property) Multiple() bool { return p.Type == TypeEnumeration && p.Field == "checkbox" }

// Same says whether two values mean the same to HubSpot: "12000" and
// "12000.0", an instant written in two ways, a set of options in another
// order.
func (p Property) Same(a, b string) bool {
	if a == b {
		return true
	}
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == b {
		return true
	}
	if a == "" || b == "" {
		return false
	}
	switch p.Type {
	case TypeNumber:
		return sameNumber(a, b)
	case TypeDate:
		x, errX := parseDate(a)
		y, errY := parseDate(b)
		return errX == nil && errY == nil && x.Equal(y)
	case TypeDateTime:
		x, errX := parseDateTime(a)
		y, errY := parseDateTime(b)
		return errX == nil && errY == nil && x.Equal(y)
	case TypeBool:
		return strings.EqualFold(a, b)
	case TypeEnumeration:
		return p.Field == "checkbox" && sameSet(a, b)
	case TypeString, TypePhone:
	}
	return p.Name == "email" && strings.EqualFold(a, b)
}

// plainNumber writes a number without exponent and needless zeros. Digits that
// a float cannot hold stay as they were typed.
func plainNumber(v string, f float64) string {
	r, ok := decimal(v)
	if !ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	_, fraction, _ := strings.Cut(v, ".")
	text := r.FloatString(len(fraction))
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func sameNumber(a, b string) bool {
	x, okX := decimal(a)
	y, okY := decimal(b)
	if okX && okY {
		return x.Cmp(y) == 0
	}
	f, errF := strconv.ParseFloat(a, 64)
	g, errG := strconv.ParseFloat(b, 64)
	return errF == nil && errG == nil && f == g
}

// decimal reads digits with an optional sign and point, exactly. Anything with
// an exponent is not one: it could be as long as it likes.
func decimal(v string) (*big.Rat, bool) {
	if len(v) > 400 || strings.ContainsFunc(v, func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune("+-.", r) }) {
		return nil, false
	}
	return new(big.Rat).SetString(v)
}

func sameSet(a, b string) bool {
	in := map[string]int{}
	for s := range strings.SplitSeq(a, ";") {
		in[strings.TrimSpace(s)]++
	}
	for s := range strings.SplitSeq(b, ";") {
		in[strings.TrimSpace(s)]--
	}
	for _, n := range in {
		if n != 0 {
			return false
		}
	}
	return true
}

// Number reads a value as a number for sorting and sums: numbers as they are,
// dates and date-times as milliseconds. ok is false for anything else.
func Number(t PropertyType, value string) (f float64, ok bool) {
	v := strings.TrimSpace(value)
	if v == "" {
		return 0, false
	}
	if t == TypeDate || t == TypeDateTime {
		at, err := parseDateTime(v)
		if err != nil {
			return 0, false
		}
		return float64(at.UnixMilli()), true
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// FormatDateTime writes an instant as HubSpot does: UTC with milliseconds.
func FormatDateTime(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func parseDate(v string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return t, nil
	}
	t, err := parseDateTime(v)
	if err != nil {
		return time.Time{}, err
	}
	if t.Truncate(24*time.Hour) != t {
		return time.Time{}, fmt.Errorf("%q is not midnight UTC", v)
	}
	return t, nil
}

// parseDateTime reads what HubSpot accepts for an instant: RFC 3339, a plain
// date (midnight UTC), or epoch milliseconds.
func parseDateTime(v string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return t, nil
	}
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil || len(v) < 9 {
		return time.Time{}, fmt.Errorf("%q is not a time", v)
	}
	return time.UnixMilli(ms).UTC(), nil
}

package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxString is the longest text a property holds, in characters; fact sheet 4.2.
const maxString = 65_536

// warning tells that a value was stored in another form; fact sheet 4.5.
type warning struct {
	Category string            `json:"category"`
	Message  string            `json:"message"`
	Context  map[string]string `json:"context"`
}

// checked is a value that passed validation.
type checked struct {
	val  string
	warn *warning
}

// check validates a sent value and brings it into the form it is stored in.
// dated is true under 2026-09, which normalises dates instead of refusing them.
func (p *Portal) check(t *table, prop uint16, raw, old string, dated bool) (checked, *problem) {
	def := t.props[prop]
	if !def.writable() {
		kind := "read only"
		if def.Calculated {
			kind = "calculated"
		}
		return checked{}, p.bad(def.Name, raw, "READ_ONLY_VALUE", fmt.Sprintf("%q is a %s property; its value cannot be set.", def.Name, kind))
	}
	if raw == "" {
		return checked{}, nil
	}
	if utf8.RuneCountInString(raw) > maxString {
		return checked{}, p.bad(def.Name, "", "VALUE_TOO_LONG", fmt.Sprintf("%s is longer than %d characters", def.Name, maxString))
	}
	switch def.Type {
	case "number":
		return p.checkNumber(def, raw)
	case "bool":
		if low := strings.ToLower(raw); low == "true" || low == "false" {
			return checked{val: low}, nil
		}
		return checked{}, p.badOption(def, raw)
	case "enumeration":
		return p.checkOption(def, raw, old)
	case "date":
		return p.checkDate(def, raw, dated)
	case "datetime":
		return p.checkDateTime(def, raw, dated)
	}
	if def.Name == "email" && def.HasUniqueValue {
		mail := foldKey(raw)
		if !isEmail(mail) {
			return checked{}, p.bad(def.Name, raw, "INVALID_EMAIL", "Email address "+raw+" is invalid")
		}
		return checked{val: mail}, nil
	}
	return checked{val: raw}, nil
}

func (p *Portal) bad(name, value, code, message string) *problem {
	b := &problem{Message: message, Code: code, Name: name, Localized: message, PortalID: p.portalID}
	if value != "" {
		b.Value = &value
	}
	return b
}

func (p *Portal) checkNumber(def *property, raw string) (checked, *problem) {
	val := strings.TrimSpace(raw)
	if f, err := strconv.ParseFloat(val, 64); err != nil || f != f || strings.ContainsAny(val, "xX_pPnN") {
		return checked{}, p.bad(def.Name, raw, "INVALID_INTEGER", raw+" was not a valid number")
	}
	return checked{val: val}, nil
}

// checkOption accepts allowed values: one, or for checkboxes a list separated
// by ";" that is appended to the old one when it starts with ";".
func (p *Portal) checkOption(def *property, raw, old string) (checked, *problem) {
	if def.References == "OWNER" {
		if !p.isOwner(raw) {
			return checked{}, p.bad(def.Name, raw, "INVALID_OWNER_ID", fmt.Sprintf("%q is not a valid owner ID", raw))
		}
		return checked{val: raw}, nil
	}
	if def.FieldType != "checkbox" {
		if len(def.Options) > 0 && !def.allows(raw) {
			return checked{}, p.badOption(def, raw)
		}
		return checked{val: raw}, nil
	}
	list := strings.Split(raw, ";")
	if list[0] == "" {
		list = append(strings.Split(old, ";"), list[1:]...)
	}
	var kept []string
	for _, v := range list {
		if v == "" || slices.Contains(kept, v) {
			continue
		}
		if len(def.Options) > 0 && !def.allows(v) {
			return checked{}, p.badOption(def, v)
		}
		kept = append(kept, v)
	}
	return checked{val: strings.Join(kept, ";")}, nil
}

func (p *Portal) badOption(def *property, raw string) *problem {
	shown := make([]string, 0, len(def.Options))
	for _, o := range def.Options {
		shown = append(shown, fmt.Sprintf("label: %q\nvalue: %q\ndisplay_order: %d\nhidden: %t\nread_only: false\n", o.Label, o.Value, o.DisplayOrder, o.Hidden))
	}
	return p.bad(def.Name, raw, "INVALID_OPTION", fmt.Sprintf("%s was not one of the allowed options: [%s]", raw, strings.Join(shown, ", ")))
}

// checkDate takes YYYY-MM-DD or midnight UTC in epoch ms; fact sheet 4.3.
func (p *Portal) checkDate(def *property, raw string, dated bool) (checked, *problem) {
	if t, err := time.Parse(time.DateOnly, raw); err == nil && inCalendar(t) {
		return checked{val: raw}, nil
	}
	t, okTime := parseTime(raw)
	if !okTime {
		return checked{}, p.bad(def.Name, raw, "INVALID_DATE", raw+" was not a valid date.")
	}
	day := t.Truncate(24 * time.Hour)
	out := checked{val: day.Format(time.DateOnly)}
	_, err := strconv.ParseInt(raw, 10, 64)
	if err == nil && day.Equal(t) {
		return out, nil
	}
	if !dated {
		return checked{}, p.bad(def.Name, raw, "INVALID_DATE", fmt.Sprintf("%s is at %s UTC, not midnight!", raw, t.Format("15:04:05.000")))
	}
	out.warn = normalized(def.Name, raw, strconv.FormatInt(day.UnixMilli(), 10))
	return out, nil
}

// checkDateTime takes ISO 8601 or epoch ms, and a bare date as midnight UTC.
func (p *Portal) checkDateTime(def *property, raw string, dated bool) (checked, *problem) {
	if t, okTime := parseTime(raw); okTime {
		return checked{val: stamp(t.UnixMilli())}, nil
	}
	day, err := time.Parse(time.DateOnly, raw)
	if err != nil || !inCalendar(day) {
		return checked{}, p.bad(def.Name, raw, "INVALID_LONG", raw+" was not a valid long.")
	}
	out := checked{val: stamp(day.UnixMilli())}
	if dated {
		out.warn = normalized(def.Name, raw, strconv.FormatInt(day.UnixMilli(), 10))
	}
	return out, nil
}

func normalized(name, raw, val string) *warning {
	return &warning{
		Category: "PROPERTY_VALUE_NORMALIZED", Message: name + " was normalized",
		Context: map[string]string{"normalizedValue": val, "propertyName": name, "rawValue": raw},
	}
}

// parseTime reads epoch ms or an ISO 8601 time.
func parseTime(raw string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(raw, 10, 64); err == nil {
		t := time.UnixMilli(ms).UTC()
		return t, inCalendar(t)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, raw); err == nil {
			return t.UTC(), inCalendar(t.UTC())
		}
	}
	return time.Time{}, false
}

func inCalendar(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// dayStart is midnight in a zone.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

func isEmail(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && len(s) <= 254 && hostPattern.MatchString(host) && !strings.ContainsAny(local, " ,;<>@\t\r\n")
}

var hostPattern = regexp.MustCompile(`^([\pL\pN]([\pL\pN-]*[\pL\pN])?\.)+\pL[\pL\pN-]+$`)

package desktop

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"satchel/internal/crm"
)

// Limits of what the page may send. They bound memory and time, not the rep:
// every one is far above what a form or a list asks for. Where a place takes more
// than a name, its field in wire says so: `max` is bytes of a text or of each value
// of a map.
const (
	maxName   = 256 // bytes of what has no max; it is one line without control characters
	maxText   = 2048
	maxFields = 500 // entries of a map
	maxList   = 100
)

// sized is a text that is an argument by itself.
type sized struct {
	what string
	text string
	max  int
}

// given is a caller that refuses arguments which are too large, or are not text,
// before anything is done with them. Every argument of a facade's method goes
// through it.
func (c *Caller) given(args ...any) *Caller {
	for _, a := range args {
		if err := bounded(a); err != nil {
			refusing := *c
			refusing.refusal = err
			return &refusing
		}
	}
	return c
}

func bounded(arg any) error {
	if s, ok := arg.(sized); ok {
		return text(s.what, s.text, s.max)
	}
	return within("name", reflect.ValueOf(arg), 0)
}

// within checks everything in v; limit is that of its texts, 0 for that of names.
func within(what string, v reflect.Value, limit int) error {
	switch v.Kind() { //nolint:exhaustive // the others have no size
	case reflect.String:
		if limit == 0 {
			return name(what, v.String())
		}
		return text(what, v.String(), limit)
	case reflect.Struct:
		return fields(v)
	case reflect.Slice:
		if v.Len() > maxList {
			return refuse("“%s” has %d entries, and at most %d are taken at once.", what, v.Len(), maxList)
		}
		for i := range v.Len() {
			if err := within(what, v.Index(i), limit); err != nil {
				return err
			}
		}
	case reflect.Map:
		if v.Len() > maxFields {
			return refuse("“%s” has %d entries, and at most %d are taken at once.", what, v.Len(), maxFields)
		}
		for entry := v.MapRange(); entry.Next(); {
			if err := name("name in "+what, entry.Key().String()); err != nil {
				return err
			}
			if err := within(entry.Key().String(), entry.Value(), limit); err != nil {
				return err
			}
		}
	}
	return nil // numbers and truths are as large as they are
}

func fields(v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		limit := 0
		if tag := f.Tag.Get("max"); tag != "" {
			var err error
			if limit, err = strconv.Atoi(tag); err != nil {
				return &crm.Error{Kind: crm.Internal, Op: "read the limit of " + f.Name, Err: err}
			}
		}
		what, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if err := within(what, v.Field(i), limit); err != nil {
			return err
		}
	}
	return nil
}

func name(what, s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return refuse("“%s” has characters that do not belong there.", what)
	}
	return text(what, s, maxName)
}

// text refuses what is longer than its place allows, or is no text.
func text(what, s string, limit int) error {
	if !utf8.ValidString(s) {
		return refuse("“%s” is not text.", what)
	}
	if len(s) > limit {
		return refuse("“%s” is too long: %d bytes, and at most %d are taken.", what, len(s), limit)
	}
	return nil
}

func refuse(format string, args ...any) error {
	return &crm.Error{Kind: crm.Invalid, Msg: fmt.Sprintf(format, args...) + " Nothing was changed."}
}

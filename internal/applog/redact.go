package applog

import (
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

const hidden = "[redacted]"

// longest is how many bytes of a text are logged.
const longest = 4096

// rule hides what a pattern finds.
type rule struct {
	pattern *regexp.Regexp
	with    string
}

// redactor is what is hidden: words in an attribute's name, patterns in a text.
type redactor struct {
	names []string
	rules []rule
}

//nolint:gochecknoglobals // compiled once, never changed
var personal = redactor{
	names: []string{
		"token", "secret", "passw", "passphrase", "authoriz", "credential", "cookie", "bearer", "verifier",
		"api_key", "apikey", "hapikey", "email", "e_mail", "phone",
	},
	rules: []rule{ // a telephone number has spaces, so it goes before all that end at one
		{regexp.MustCompile(`\+\d[\d ()./-]{7,}\d`), hidden},
		{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[\w.~+/=-]+`), "$1 " + hidden},
		{regexp.MustCompile(`(?i)((?:[?&]|\b)(?:access_token|refresh_token|id_token|token|client_secret|code_verifier|hapikey|password)=)[^&\s"']+`), "${1}" + hidden},
		{regexp.MustCompile(`(?i)([?&](?:code|state|q|query|email)=)[^&\s"']+`), "${1}" + hidden},
		{regexp.MustCompile(`(?i)("(?:\w*token|\w*secret|code|code_verifier|password|e-?mail|phone)"\s*:\s*)"(?:[^"\\]|\\.)*"`), `${1}"` + hidden + `"`},
		{regexp.MustCompile(`://[^/\s@]+@`), "://" + hidden + "@"},
		{regexp.MustCompile(`[\p{L}\p{N}._%+'-]+(?:@|%40)(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}`), hidden},
		{regexp.MustCompile(`\bpat-[\w-]{8,}`), hidden},
		{regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?`), hidden},
		{regexp.MustCompile(`\b[\w-]{40,}={0,2}`), hidden}, // longer than a UUID: tokens, keys, hashes
	},
}

// Scrub hides what looks like a secret, an e-mail address or a telephone
// number, and cuts a text that is too long for a log.
func Scrub(text string) string {
	if len(text) > 2*longest { // enough that a secret at the cut is seen whole
		text = text[:2*longest]
	}
	for _, r := range personal.rules {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

// redact is a slog ReplaceAttr: it sees every attribute that is not a group,
// with its value resolved.
func redact(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if slices.ContainsFunc(groups, sensitive) || sensitive(a.Key) {
		return slog.String(a.Key, hidden)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Scrub(a.Value.String()))
	case slog.KindAny:
		return slog.Any(a.Key, plain(a.Value.Any()))
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime, slog.KindUint64, slog.KindGroup, slog.KindLogValuer:
	}
	return a
}

func sensitive(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	for _, word := range personal.names {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// plain lets errors, texts, numbers and lists of them through. Of all else it
// tells the type, since a structure may hold a record.
func plain(value any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case error:
		return Scrub(v.Error())
	case fmt.Stringer:
		return Scrub(v.String())
	}
	v := reflect.ValueOf(value)
	switch v.Kind() { //nolint:exhaustive // all others are structures
	case reflect.String:
		return Scrub(v.String())
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return value
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("[%d bytes]", v.Len())
		}
		list := make([]any, 0, min(v.Len(), 100))
		for i := range min(v.Len(), 100) {
			list = append(list, plain(v.Index(i).Interface()))
		}
		return list
	default:
		return "[" + v.Type().String() + "]"
	}
}

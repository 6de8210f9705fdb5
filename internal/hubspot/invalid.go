package hubspot

import (
	"encoding/json"
	"slices"
	"strings"
)

// wrong is what HubSpot found wrong with one property's value.
type wrong struct {
	name    string
	code    string
	message string
}

// sentence is HubSpot's message for people. An unknown option comes with a
// dump of all the allowed ones, which is left out.
func (w wrong) sentence() string {
	if before, _, ok := strings.Cut(w.message, " was not one of the allowed options"); ok {
		return strings.TrimSpace(before) + " is not one of the allowed options"
	}
	if w.message == "" {
		return strings.ToLower(strings.ReplaceAll(w.code, "_", " "))
	}
	return w.message
}

// propertyErrors finds the properties that HubSpot refused: in errors, or, as
// in the rows of a batch, as JSON within the message.
func propertyErrors(e envelope) []wrong {
	var out []wrong
	for _, d := range e.Errors {
		name := first(d.Context["propertyName"])
		if name == "" {
			name = first(d.Context["name"])
		}
		if name == "" && isName(d.In) {
			name = d.In
		}
		if name != "" {
			out = append(out, wrong{name, d.Code, d.Message})
		}
	}
	if len(out) > 0 {
		return out
	}
	at := strings.Index(e.Message, "[{")
	if at < 0 {
		return nil
	}
	var items []struct {
		Name    string `json:"name"`
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if json.NewDecoder(strings.NewReader(e.Message[at:])).Decode(&items) != nil {
		return nil
	}
	for _, i := range items {
		if i.Name != "" {
			out = append(out, wrong{i.Name, i.Error, i.Message})
		}
	}
	return out
}

// readOnly says whether nothing is wrong but that values cannot be set.
func readOnly(list []wrong) bool {
	return !slices.ContainsFunc(list, func(w wrong) bool { return w.code != "READ_ONLY_VALUE" })
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

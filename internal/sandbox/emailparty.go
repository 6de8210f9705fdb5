package sandbox

import (
	"encoding/json"
	"net/mail"
	"strings"
)

// party is who an e-mail is from or to, as its headers have it.
type party struct {
	Email string `json:"email"`
	First string `json:"firstName"`
	Last  string `json:"lastName"`
}

// address is the party's bare address; "Bo<bo@b.example>" is usual in headers.
func (who party) address() string {
	if at, err := mail.ParseAddress(who.Email); err == nil {
		return at.Address
	}
	return who.Email
}

// deriveEmail reads who an e-mail is from and to out of hs_email_headers, which
// is the only way to set them; fact sheet 5.4. Headers that are no JSON name
// nobody.
func deriveEmail(t *table, on func(string, func(*doc) (string, bool))) {
	headers := t.byName["hs_email_headers"]
	show := func(name string, pick func(from party, to []party) string) {
		on(name, func(d *doc) (string, bool) {
			var in struct {
				From party   `json:"from"`
				To   []party `json:"to"`
			}
			raw, has := d.get(headers)
			if !has || json.Unmarshal([]byte(raw), &in) != nil {
				return "", false
			}
			val := pick(in.From, in.To)
			return val, val != ""
		})
	}
	show("hs_email_from_email", func(from party, _ []party) string { return from.address() })
	show("hs_email_from_firstname", func(from party, _ []party) string { return from.First })
	show("hs_email_from_lastname", func(from party, _ []party) string { return from.Last })
	show("hs_email_to_email", func(_ party, to []party) string {
		var all []string
		for _, who := range to {
			if one := who.address(); one != "" {
				all = append(all, one)
			}
		}
		return strings.Join(all, ";")
	})
}

package desktop

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"satchel/internal/crm"
)

// dialled is a telephone number as RFC 3966 writes it, without the signs of service
// codes (* and #), which some programs dial at once.
var dialled = regexp.MustCompile(`^\+?[0-9()][0-9().-]{0,30}(;ext=[0-9]{1,8})?$`)

// written are the headers that a link may fill in of a mail; others attach files.
var written = []string{"subject", "body", "cc", "bcc", "to", "in-reply-to"} //nolint:gochecknoglobals // never changed

// allowed lets only addresses out that a browser, a mail program or a phone
// handles, and in a form that cannot be taken for another; anything else could start
// a program.
func allowed(target string) error {
	refused := &crm.Error{Kind: crm.Invalid, Msg: "Satchel opens only web, mail and phone links. This one was left alone."}
	if len(target) > maxText || strings.ContainsFunc(target, unfit) {
		return refused
	}
	u, err := url.Parse(target)
	if err != nil || u.User != nil {
		return refused
	}
	ok := false
	switch u.Scheme {
	case "https":
		ok = u.Opaque == "" && u.Hostname() != "" && !strings.ContainsAny(u.Host, "\\%")
	case "mailto":
		ok = u.Host == "" && mailto(u)
	case "tel":
		ok = dialled.MatchString(target[len("tel:"):])
	}
	if !ok {
		return refused
	}
	return nil
}

// unfit is what is in no address: blanks, control characters, and what changes the
// direction or the look of what is written beside it.
func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("\"<>\\^`{|}", r) || r == unicode.ReplacementChar
}

func mailto(u *url.URL) bool {
	to, err := url.PathUnescape(u.Opaque)
	if err != nil {
		return false
	}
	for part := range strings.SplitSeq(to, ",") {
		if a, err := mail.ParseAddress(part); err != nil || a.Address != part { // no name, no group
			return false
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return false
	}
	for key := range query {
		if !slices.Contains(written, strings.ToLower(key)) {
			return false
		}
	}
	return true
}

package safehtml

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// MaxAddress is the longest address of a link that is kept.
const MaxAddress = 4096

// kept are the elements that stay. What is not here loses its tags and keeps
// its text, unless dropped has it.
func kept() []string {
	return strings.Fields(`
		abbr address article aside b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
		figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li mark ol p pre q rp rt ruby s samp section small
		strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr`)
}

// formatting are those of kept that make a difference to the eye.
func formatting() (out []atom.Atom) {
	for _, name := range kept() {
		if a := atom.Lookup([]byte(name)); a != atom.P && a != atom.Div && a != atom.Br && a != 0 {
			out = append(out, a)
		}
	}
	return out
}

// newPolicy lists what may be in a clean body. It is the last word: what the
// tree was turned into goes through it, tag by tag.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(kept()...)
	p.AllowNoAttrs().OnElements(kept()...)
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).OnElements(append(kept(), "a", "span", "bdo")...)
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	p.AllowAttrs(linkAttribute).Matching(regexp.MustCompile(`^(https://|mailto:|tel:)[^\x00-\x20"'<>\x60\x7f]+$`)).OnElements("a")
	p.AllowAttrs("src").Matching(enclosed).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	return p
}

// enclosed matches the address of a picture that needs no fetching, in one of
// the formats that hold pixels and nothing else: an SVG is a document.
var enclosed = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$`)

const linkAttribute = "data-href"

// link brings a link's address into the form in which it is kept; "" for one
// that leads to anything but a page by https, a mailbox or a phone.
func link(address string) string {
	address = strings.TrimSpace(address)
	if len(address) > MaxAddress {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return ""
	}
	switch u.Scheme { // url.Parse lowers it
	case "https":
		if u.Host == "" {
			return ""
		}
	case "mailto", "tel":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	return escaped(u.String())
}

// escaped writes the characters that end an attribute somewhere as bytes.
func escaped(address string) string {
	return strings.NewReplacer(`"`, "%22", `'`, "%27", `<`, "%3C", `>`, "%3E", "`", "%60", " ", "%20", "\x7f", "%7F").Replace(address)
}

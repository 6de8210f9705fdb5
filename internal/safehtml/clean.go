package safehtml

import (
	"errors"
	"html"
	"strings"
	"sync"
	"unicode/utf8"
)

// MaxInput is how many bytes of a body are read: four times the characters that
// HubSpot keeps in a property, so that no body of its own is cut.
const MaxInput = 256 << 10

// maxOutput is how long a body may become: a few bytes can stand for a tag that
// a parser repeats in every paragraph.
const maxOutput = 4 * MaxInput

// rounds is how often a body is cleaned until cleaning changes nothing. All but
// bodies that are made to confuse parsers need two.
const rounds = 8

// Body is a body that can be shown.
type Body struct {
	// HTML is a fragment for a <body>. Cleaning it again changes nothing, so
	// that what is parsed from it is what was looked at.
	HTML string
	// Text is what it says, as plain text and never HTML.
	Text string
	// Plain is true when Text says all that HTML does: there is no emphasis, no
	// list, no link, no picture to be seen.
	Plain bool
	// Pictures is how many were left out because they would have to be fetched.
	Pictures int
	// Cut is true when the body was longer than MaxInput: the rest is left out.
	Cut bool
}

// Clean makes a body harmless. It takes any string and never fails: what is
// nested too deeply, grows beyond measure or never comes to rest comes back as
// its text alone. It can be called from several goroutines. A usual body of 20
// kB takes 10 ms, the worst of MaxInput two seconds.
func Clean(body string) Body {
	var out Body
	body, out.Cut = bounded(body)
	source := body
	for range rounds {
		next, pictures, err := step(body)
		if err != nil {
			break
		}
		out.Pictures += pictures
		if next == body {
			out.HTML, out.Text = body, Text(body)
			out.Plain = plain(body)
			return out
		}
		body = next
	}
	out.Text = Text(source)
	out.HTML = strings.ReplaceAll(html.EscapeString(out.Text), "\n", "<br/>")
	out.Plain = true
	return out
}

// bounded cuts a body between two characters and sees to its encoding.
func bounded(body string) (_ string, cut bool) {
	if len(body) > MaxInput {
		end := MaxInput
		for end > 0 && !utf8.RuneStart(body[end]) {
			end--
		}
		body, cut = body[:end], true
	}
	return strings.ToValidUTF8(body, "\uFFFD"), cut
}

var errGrown = errors.New("it grows when it is written out")

// step cleans once: the tree first, since only it knows what is inside of what,
// and then what it was written out as, tag by tag.
func step(body string) (_ string, pictures int, err error) {
	tree, err := parse(body)
	if err != nil {
		return "", 0, err
	}
	pictures = prune(tree)
	written, err := write(tree)
	if err != nil {
		return "", 0, err
	}
	if len(written) > maxOutput {
		return "", 0, errGrown
	}
	return policy().Sanitize(written), pictures, nil
}

//nolint:gochecknoglobals // compiled once; nothing changes it afterwards
var policy = sync.OnceValue(newPolicy)

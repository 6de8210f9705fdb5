package safehtml

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text is what a body says, as plain text: its blocks on lines of their own, a
// hyphen before an entry of a list. It reads tag by tag, so that no depth is
// too much for it, and gives nothing back of code and of forms.
func Text(body string) string {
	var (
		w    lines
		skip atom.Atom // the element whose end is waited for
		deep int       // how many of it are open
		pre  int
	)
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return tidy(w.String())
		}
		t := z.Token()
		switch {
		case skip != 0:
			switch {
			case t.DataAtom != skip:
			case kind == html.StartTagToken:
				deep++
			case kind == html.EndTagToken:
				if deep--; deep == 0 {
					skip = 0
				}
			}
		case kind == html.TextToken && pre > 0:
			w.write(t.Data)
		case kind == html.TextToken:
			w.write(spaces.ReplaceAllString(t.Data, " "))
		case kind == html.StartTagToken && hides(t.DataAtom):
			skip, deep = t.DataAtom, 1
		case kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken:
			pre = max(0, pre+preformatted(kind, t.DataAtom))
			w.tag(kind == html.EndTagToken, t.DataAtom)
		}
	}
}

var spaces = regexp.MustCompile(`[ \t\r\n\f]+`)

// hides tells of an element that has an end, and nothing to say before it.
func hides(a atom.Atom) bool {
	if slices.Contains([]atom.Atom{atom.Svg, atom.Math, atom.Head}, a) {
		return true
	}
	endless := []atom.Atom{atom.Input, atom.Embed, atom.Param, atom.Source, atom.Track, atom.Area, atom.Meta, atom.Link, atom.Base, atom.Frame, atom.Plaintext, atom.Option}
	return dropped(a) && !slices.Contains(endless, a)
}

func preformatted(kind html.TokenType, a atom.Atom) int {
	switch {
	case a != atom.Pre:
		return 0
	case kind == html.StartTagToken:
		return 1
	default:
		return -1
	}
}

// lines is text being written.
type lines struct {
	strings.Builder

	ended int // how many line ends it ends with
}

func (w *lines) write(text string) {
	if w.ended > 0 && text == " " {
		return // between two blocks
	}
	w.WriteString(text)
	if text != "" {
		w.ended = len(text) - len(strings.TrimRight(text, "\n"))
	}
}

// apart sees to it that n line ends stand between what was written and what
// comes.
func (w *lines) apart(n int) {
	for w.Len() > 0 && w.ended < n {
		w.WriteByte('\n')
		w.ended++
	}
}

// tag writes what a tag is in plain text.
func (w *lines) tag(end bool, a atom.Atom) {
	switch {
	case a == atom.Br:
		w.write("\n")
	case a == atom.Li:
		w.apart(1)
		if !end {
			w.write("- ")
		}
	case a == atom.Td || a == atom.Th:
		if end {
			w.write("\t")
		}
	case slices.Contains([]atom.Atom{
		atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Aside, atom.Address,
		atom.Center, atom.Caption, atom.Figcaption,
	}, a):
		w.apart(1)
	case slices.Contains([]atom.Atom{
		atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Pre,
		atom.Table, atom.Figure, atom.Hr,
	}, a):
		w.apart(2)
	}
}

// tidy trims every line and leaves no more than one between two that say
// something.
func tidy(s string) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// Rich tells whether a body shows more than its text does. It looks at tags
// alone and cleans nothing, so that it can be asked of a whole timeline.
func Rich(body string) bool {
	body, _ = bounded(body)
	return !plain(body)
}

// plain tells whether a body has nothing that its text does not show.
func plain(body string) bool {
	shown := formatting()
	z := html.NewTokenizer(strings.NewReader(body))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, _ := z.TagName()
		if a := atom.Lookup(name); a == atom.A || a == atom.Img || a != 0 && slices.Contains(shown, a) {
			return false
		}
	}
	return true
}

package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold brings text into the form in which it is sorted and searched: no case,
// no accents, no vowel points, one form for each character.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		if isAccent(r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain := base(r); plain != "" {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	// Composing again gives Korean its syllables and Japanese its voiced kana.
	return norm.NFC.String(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isAccent finds the marks that people leave out when they search: Latin and
// Greek accents, Hebrew and Arabic vowel points. The vowel signs of other
// scripts are letters to their readers and stay.
func isAccent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, r >= 0x591 && r <= 0x5bd, r >= 0x610 && r <= 0x61a,
		r == 0x640, r >= 0x64b && r <= 0x65f, r == 0x670, r >= 0x6d6 && r <= 0x6dc,
		r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r >= 0x20d0 && r <= 0x20ff,
		r >= 0xfe20 && r <= 0xfe2f:
		return true
	}
	return false
}

// base writes letters that Unicode does not decompose as people type them.
func base(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	}
	return ""
}

// unspaced scripts are written without spaces between words: each character
// becomes a word of its own, so that a search finds them in the middle.
func unspaced(r rune) bool {
	if r < 0xe00 {
		return false
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// words folds text for the search index and sets its unspaced characters apart.
func words(s string) string {
	s = fold(s)
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unspaced(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// maxWords bounds what one search may ask for.
const maxWords = 12

// A term is what one part of a search has to find: words one after the other, the
// last one by how it begins unless it is whole.
type term struct {
	words []string
	whole bool
}

// fts is the term in FTS5's syntax. Everything is quoted, so that no character of
// it is any.
func (t term) fts() string {
	quoted := `"` + strings.Join(t.words, " ") + `"`
	if t.whole {
		return quoted
	}
	return quoted + " *"
}

// match turns what a person typed into an FTS5 expression: every word must
// begin a word, in any order. "" means that there is nothing to search for.
func match(text string) string { return expression(terms(text)) }

func expression(terms []term) string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.fts()
	}
	return strings.Join(out, " AND ")
}

func terms(text string) []term {
	var out []term
	for word := range strings.FieldsSeq(fold(text)) {
		out = append(out, parts(word)...)
	}
	return out[:min(len(out), maxWords)]
}

// parts splits a word where spaced and unspaced scripts meet. A run of unspaced
// characters is a phrase; of anything else the last word is a prefix.
func parts(word string) []term {
	var out []term
	var run []rune
	apart := false
	flush := func() {
		t := term{whole: apart}
		if apart {
			for _, r := range run {
				t.words = append(t.words, string(r))
			}
		} else {
			t.words = tokens(string(run))
		}
		if len(t.words) > 0 {
			out = append(out, t)
		}
		run = run[:0]
	}
	for _, r := range word {
		if r == 0 || r == utf8.RuneError {
			continue
		}
		if u := unspaced(r); u != apart {
			flush()
			apart = u
		}
		run = append(run, r)
	}
	flush()
	return out
}

// tokens are the words of folded text, as the search index splits it.
func tokens(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !unicode.Is(unicode.Co, r)
	})
}

// digits leaves the digits of a phone number, so that it is found however it
// was grouped; "" when that adds nothing.
func digits(s string) string {
	var b strings.Builder
	other := false
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			other = true
		}
	}
	if !other || b.Len() < 5 {
		return ""
	}
	return b.String()
}

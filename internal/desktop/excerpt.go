package desktop

import (
	"slices"
	"strings"
	"unicode"
)

// excerpted is how many characters an excerpt has at most, and lead how many of
// them may stand before the first word that was looked for.
const (
	excerpted = 160
	lead      = 40
)

// excerpt is a line of a text around the first place where one of the words
// begins a word, without case; of a text that has none its beginning. What is
// left out is marked.
func excerpt(text, words string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) <= excerpted {
		return string(line)
	}
	from := 0
	if at := firstOf(line, strings.Fields(words)); at > lead {
		from = at - lead
		if gap := slices.Index(line[from:at], ' '); gap >= 0 {
			from += gap + 1
		}
	}
	to := min(len(line), from+excerpted)
	out := string(line[from:to])
	if from > 0 {
		out = "… " + out
	}
	if to < len(line) {
		out = strings.TrimRight(out, " ") + "…"
	}
	return out
}

// firstOf is where the first of the words begins a word of the line; -1 for
// nowhere.
func firstOf(line []rune, words []string) int {
	lower := lowered(line)
	for i := range lower {
		if i > 0 && (unicode.IsLetter(lower[i-1]) || unicode.IsDigit(lower[i-1])) {
			continue
		}
		for _, w := range words {
			sought := lowered([]rune(w))
			if len(sought) > 0 && len(lower)-i >= len(sought) && slices.Equal(lower[i:i+len(sought)], sought) {
				return i
			}
		}
	}
	return -1
}

// lowered is without case, character by character.
func lowered(text []rune) []rune {
	out := make([]rune, len(text))
	for i, r := range text {
		out[i] = unicode.ToLower(r)
	}
	return out
}

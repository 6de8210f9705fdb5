package desktop

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExcerpt_IsALineAroundTheFirstWord(t *testing.T) {
	long := strings.Repeat("so on and so forth, ", 20) + "Priced at the Fair in Hannover. " + strings.Repeat("and then some more ", 20)
	for name, c := range map[string]struct{ text, words, want string }{
		"a short one":            {"One\n\n two\tthree", "three", "One two three"},
		"nothing":                {"", "a", ""},
		"what begins a word":     {long, "fair", "… so on and so forth, Priced at the Fair in Hannover. and then some more and then some more and then some more and then some more and then some more and then some…"},
		"the first of the words": {long, "hannover PRICED", "… on and so forth, so on and so forth, Priced at the Fair in Hannover. and then some more and then some more and then some more and then some more and then some m…"},
		"not within a word":      {long, "rth", long[:159] + "…"},
		"no word":                {long, " ", long[:159] + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			got := excerpt(c.text, c.words)
			require.Equal(t, c.want, got)
			require.LessOrEqual(t, len([]rune(got)), excerpted+3)
		})
	}
	require.Equal(t, "… İyi", excerpt(strings.Repeat("ü", 200)+" İyi", "İYI"))
}

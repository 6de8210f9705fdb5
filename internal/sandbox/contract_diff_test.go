package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// difference is one line of testdata/contract/differences.txt: something that
// HubSpot's documentation, or its answers, contradict its files in.
type difference struct {
	versions []string
	where    string
	what     string
	source   string
	seen     map[string]bool // versions and places in which it occurred
}

// differences reads the list: versions | where | what | source.
func differences(t *testing.T) []*difference {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "contract", "differences.txt"))
	require.NoError(t, err)
	var out []*difference
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(line, "|")
		require.Len(t, cols, 4, line)
		for i := range cols {
			cols[i] = strings.TrimSpace(cols[i])
			require.NotEmpty(t, cols[i], line)
		}
		out = append(out, &difference{strings.Fields(cols[0]), cols[1], cols[2], cols[3], map[string]bool{}})
	}
	return out
}

func (d *difference) excuses(f finding) bool {
	if d.what != f.what || !slices.Contains(d.versions, f.version) || !slices.Contains(d.places(), f.where) {
		return false
	}
	d.seen[f.version+" "+f.where] = true
	return true
}

// places are what the line is about: Error.(status,error) are two fields.
func (d *difference) places() []string {
	head, rest, several := strings.Cut(d.where, "(")
	if !several {
		return []string{d.where}
	}
	list, tail, _ := strings.Cut(rest, ")")
	var out []string
	for field := range strings.SplitSeq(list, ",") {
		out = append(out, head+field+tail)
	}
	return out
}

// unseen lists what the line says and no exchange did.
func (d *difference) unseen() []string {
	var out []string
	for _, version := range d.versions {
		for _, where := range d.places() {
			if !d.seen[version+" "+where] {
				out = append(out, version+" "+where+" "+d.what)
			}
		}
	}
	return out
}

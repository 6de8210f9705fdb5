package redtest

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testNames are the names of all Go tests, and the packages in which each is.
func testNames(t *testing.T) map[string][]string {
	t.Helper()
	name := regexp.MustCompile(`(?m)^func (Test\w+)\(\w+ \*testing\.T\)`)
	out := map[string][]string{}
	sources := os.DirFS(root)
	require.NoError(t, fs.WalkDir(sources, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if base == "node_modules" || base == "testdata" || base == "artifacts" || len(base) > 1 && base[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(sources, file)
		if err != nil {
			return err
		}
		for _, found := range name.FindAllStringSubmatch(string(text), -1) {
			out[found[1]] = append(out[found[1]], path.Dir(file))
		}
		return nil
	}))
	require.Greater(t, len(out), 300)
	return out
}

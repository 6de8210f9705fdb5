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

// entry is a requirement's line in docs/security.md.
type entry struct {
	names  map[string]bool // tests, and files of the frontend's
	status string
}

// table reads the lines of docs/security.md by requirement.
func table(t *testing.T) map[string]entry {
	t.Helper()
	text, err := os.ReadFile(path.Join(root, "docs", "security.md"))
	require.NoError(t, err)
	quoted := regexp.MustCompile("`([A-Za-z][\\w.-]+)`")
	out := map[string]entry{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || !regexp.MustCompile(`^ R[0-9]{2} $`).MatchString(cells[1]) {
			continue
		}
		id := strings.TrimSpace(cells[1])
		require.NotContains(t, out, id, "it has two lines")
		e := entry{names: map[string]bool{}, status: strings.TrimSpace(cells[4])}
		for _, cell := range cells[3:5] {
			for _, name := range quoted.FindAllStringSubmatch(cell, -1) {
				e.names[name[1]] = true
			}
		}
		require.NotEmpty(t, strings.TrimSpace(cells[2]), id)
		require.NotEmpty(t, e.status, id)
		out[id] = e
	}
	require.GreaterOrEqual(t, len(out), 32)
	return out
}

// numbered are the files of the frontend's tests, and the requirements in their
// titles, which are written without a zero.
func numbered(t *testing.T) map[string][]string {
	t.Helper()
	title := regexp.MustCompile("\\(\\s*['\"`]R([0-9]+) ")
	out := map[string][]string{}
	sources := os.DirFS(path.Join(root, "frontend"))
	for _, dir := range []string{"src", "e2e"} {
		require.NoError(t, fs.WalkDir(sources, dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".test.ts") && !strings.HasSuffix(file, ".spec.ts") {
				return err
			}
			text, err := fs.ReadFile(sources, file)
			if err != nil {
				return err
			}
			ids := []string{}
			for _, n := range title.FindAllStringSubmatch(string(text), -1) {
				ids = append(ids, "R"+strings.Repeat("0", max(0, 2-len(n[1])))+n[1])
			}
			out[path.Base(file)] = ids
			return nil
		}))
	}
	require.Greater(t, len(out), 20)
	return out
}

// The table in docs/security.md names every test of a requirement, and no test
// that there is not.
func TestTheTableIsTrue(t *testing.T) {
	lines, goTests, frontend := table(t), testNames(t), numbered(t)
	for id, e := range lines {
		for name := range e.names {
			switch {
			case strings.HasPrefix(name, "Test"):
				require.Contains(t, goTests, name, "%s names it in docs/security.md", id)
			case strings.HasSuffix(name, ".ts"):
				require.Contains(t, frontend, name, "%s names it in docs/security.md", id)
			}
		}
	}
	for name := range goTests {
		if id := requirementOf(name); id != "" {
			require.Contains(t, lines, id, "%s has no line in docs/security.md", name)
			require.True(t, lines[id].names[name], "docs/security.md does not name %s", name)
		}
	}
	for file, ids := range frontend {
		for _, id := range ids {
			require.Contains(t, lines, id, "%s: a title in %s", id, file)
			require.True(t, lines[id].names[file], "docs/security.md does not name %s at %s", file, id)
		}
	}
}

// A requirement that is said to hold has tests, and each of its Go tests was seen
// to fail: a file of testdata takes the guard out.
func TestWhatHoldsWasSeenToFail(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range mutations(t) {
		for _, r := range m.Runs {
			for _, test := range r.Tests {
				name, _, _ := strings.Cut(test, "/")
				seen[name] = true
			}
		}
	}
	for id, e := range table(t) {
		if e.status != "holds" {
			continue
		}
		require.NotEmpty(t, e.names, "%s is said to hold, and names no test", id)
		for name := range e.names {
			if requirementOf(name) != "" {
				require.True(t, seen[name], "nothing in testdata makes %s fail", name)
			}
		}
	}
}

// requirementOf is R03 of TestR03_Something, "" of others.
func requirementOf(test string) string {
	if m := regexp.MustCompile(`^Test(R[0-9]{2})_`).FindStringSubmatch(test); m != nil {
		return m[1]
	}
	return ""
}

package redtest

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	red  = flag.Bool("red", false, "whether guards are taken out; it builds the product once for each")
	only = flag.String("red.only", "", "the beginnings of the names of those to take out, such as R07 R11-normal; all without")
)

func mutations(t *testing.T) []Mutation {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	var out []Mutation
	for _, path := range paths {
		m, err := Read(root, path)
		require.NoError(t, err, "take the guard out anew")
		require.Regexp(t, `^[RT][0-9]{2}-[a-z0-9-]+$`, m.Name)
		require.NotEmpty(t, m.Runs, "%s names no test", path)
		out = append(out, m)
	}
	return out
}

// Every guard that is taken out is still where it was, and names tests that there
// are.
func TestEveryGuardIsThere(t *testing.T) {
	names := testNames(t)
	for _, m := range mutations(t) {
		for _, r := range m.Runs {
			for _, test := range r.Tests {
				if r.Tool == "go" {
					test, _, _ = strings.Cut(test, "/")
					require.Contains(t, names[test], r.In, "%s: %s", m.Name, test)
				}
			}
		}
	}
}

// TestRed takes guards out and prints what became of the tests.
func TestRed(t *testing.T) {
	if !*red {
		t.Skip("it builds the product once for each guard; build/scripts/red.sh does it")
	}
	tr := newTree(t)
	wanted := strings.Fields(*only)
	if len(wanted) == 0 {
		wanted = []string{""}
	}
	var chosen []Mutation
	for _, m := range mutations(t) {
		if slices.ContainsFunc(wanted, func(w string) bool { return strings.HasPrefix(m.Name, w) }) {
			chosen = append(chosen, m)
		}
	}
	require.NotEmpty(t, chosen, "no name begins with any of %q", wanted)
	whole := tr.unchanged(chosen)
	var rows []string
	for _, m := range chosen {
		tr.with(m, func() {
			for _, r := range m.Runs {
				rows = append(rows, tr.takeOut(m, r, whole)...)
			}
		})
	}
	t.Logf("requirement | what is so without the guard | test | it\n%s", strings.Join(rows, "\n"))
}

// takeOut runs the tests of a mutation that is in the tree.
func (tr *tree) takeOut(m Mutation, r Run, whole map[string]verdict) (rows []string) {
	tr.t.Helper()
	verdicts, out, err := tr.run(r)
	if err != nil {
		tr.t.Errorf("%s: %v\n%s", m.Name, err, out)
		return []string{m.Name + " | " + m.What + " | " + r.In + " | COULD NOT BE TRIED"}
	}
	for _, test := range slices.Sorted(maps.Keys(verdicts)) {
		it := "failed, as it must"
		switch before, now := whole[keyOf(r, test)], verdicts[test]; {
		case before != passed:
			it = "was not tried: " + string(before)
		case now != failed:
			it = "DID NOT FAIL: " + string(now)
			tr.t.Errorf("%s: %s %s %s\n%s", m.Name, m.What, test, now, out)
		}
		row := fmt.Sprintf("%s | %s | %s | %s", m.Requirement(), m.What, test, it)
		fmt.Println(row)
		rows = append(rows, row)
	}
	return rows
}

// unchanged runs the tests without any change. They must pass, or be skipped for
// a reason that is told.
func (tr *tree) unchanged(ms []Mutation) map[string]verdict {
	tr.t.Helper()
	groups := map[string]Run{}
	for _, m := range ms {
		for _, r := range m.Runs {
			key := r.Tool + " " + r.In + " " + strings.Join(r.Flags, " ")
			if r.Tool == "vitest" {
				key += r.Tests[0]
			}
			g, seen := groups[key]
			if !seen {
				g = Run{Tool: r.Tool, In: r.In, Flags: r.Flags}
			}
			for _, test := range r.Tests {
				if !slices.Contains(g.Tests, test) {
					g.Tests = append(g.Tests, test)
				}
			}
			groups[key] = g
		}
	}
	whole := map[string]verdict{}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		g := groups[key]
		verdicts, out, err := tr.run(g)
		require.NoError(tr.t, err, "%s", out)
		for test, v := range verdicts {
			whole[keyOf(g, test)] = v
			if v != passed && !strings.HasPrefix(string(v), "skipped") {
				tr.t.Errorf("%s %s without any change\n%s", test, v, out)
			}
		}
	}
	return whole
}

func keyOf(r Run, test string) string {
	return r.Tool + " " + r.In + " " + strings.Join(r.Flags, " ") + " " + test
}

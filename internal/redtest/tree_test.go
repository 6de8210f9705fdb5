package redtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// patience is how long one run of tests may take. A guard against waiting for
// ever shows in a test that has not ended by then.
const patience = 4 * time.Minute

// tree is a copy of the sources. Tests that read sources, or build the program,
// find the changed ones in it, which no overlay would show them.
type tree struct {
	t       *testing.T
	dir     string
	modules bool // the frontend's packages are in it
}

func newTree(t *testing.T) *tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		switch base := d.Name(); {
		case d.IsDir() && (base == "node_modules" || base == ".git" || base == "artifacts" || base == "test-results" || rel == "bin" || rel == filepath.Join("build", "tools", "bin")):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(to, 0o700)
		case !d.Type().IsRegular() || rel == ".git":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o600)
	}))
	return &tree{t: t, dir: dir}
}

// withModules brings the frontend's packages, if they are installed. A symbolic
// link would do but for vite, which then finds them outside of its root.
func (tr *tree) withModules() bool {
	tr.t.Helper()
	from, to := filepath.Join(root, "frontend", "node_modules"), filepath.Join(tr.dir, "frontend", "node_modules")
	if _, err := os.Stat(from); err != nil || tr.modules {
		return tr.modules
	}
	require.NoError(tr.t, filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		switch at := filepath.Join(to, rel); {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".vite"): // what vite keeps for itself
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(at, 0o700)
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(target, at)
		case os.Link(name, at) == nil: // nobody writes there
			return nil
		default:
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			return os.WriteFile(at, text, 0o700)
		}
	}))
	tr.modules = true
	return true
}

// with runs f while the mutation is in the tree.
func (tr *tree) with(m Mutation, f func()) {
	tr.t.Helper()
	for file, text := range m.Files {
		name := filepath.Join(tr.dir, filepath.FromSlash(file))
		was, err := os.ReadFile(name)
		made := errors.Is(err, fs.ErrNotExist)
		require.True(tr.t, err == nil || made, "%v", err)
		require.NoError(tr.t, os.WriteFile(name, []byte(text), 0o600))
		defer func() {
			if made {
				require.NoError(tr.t, os.Remove(name))
				return
			}
			require.NoError(tr.t, os.WriteFile(name, was, 0o600))
		}()
	}
	f()
}

// verdict is how a test ended: "passed", "failed", "skipped: why", or "did not
// run", which is none of these.
type verdict string

const (
	passed verdict = "passed"
	failed verdict = "failed"
	absent verdict = "did not run"
)

// run runs tests and says how each ended. That the sources do not compile is an
// error, and no failure of a test.
func (tr *tree) run(r Run) (map[string]verdict, string, error) {
	if r.Tool == "vitest" {
		return tr.vitest(r)
	}
	binary := filepath.Join(tr.t.TempDir(), "red.test")
	build := []string{"test", "-trimpath", "-tags", "headless", "-c", "-o", binary}
	var flags []string
	for _, f := range r.Flags {
		if f == "-race" {
			build = append(build, f)
		} else {
			flags = append(flags, f)
		}
	}
	if out, err := tr.command(10*time.Minute, ".", "go", append(build, "./"+r.In)...); err != nil {
		return nil, out, fmt.Errorf("it does not compile: %w", err)
	}
	limit := patience * time.Duration(len(r.Tests))
	args := append([]string{"-test.v", "-test.count=1", "-test.timeout", limit.String(), "-test.run", pattern(r.Tests)}, flags...)
	out, err := tr.command(limit+time.Minute, r.In, binary, args...)
	verdicts := map[string]verdict{}
	for _, test := range r.Tests {
		verdicts[test] = verdictOf(test, out, err)
	}
	return verdicts, out, nil
}

// pattern is for -test.run. A subtest is named alone.
func pattern(tests []string) string {
	if len(tests) == 1 {
		return "^" + strings.ReplaceAll(tests[0], "/", "$/^") + "$"
	}
	return "^(" + strings.Join(tests, "|") + ")$"
}

// verdictOf reads what go test -v printed. One that panics, or is stopped since
// it takes too long, takes the program down with it and has failed.
func verdictOf(test, out string, err error) verdict {
	end := regexp.MustCompile(`(?m)^\s*--- (PASS|FAIL|SKIP): ` + regexp.QuoteMeta(test) + ` \(`).FindStringSubmatch(out)
	switch {
	case end == nil && err != nil && strings.Contains(out, "=== RUN   "+test+"\n"):
		return failed
	case end == nil:
		return absent
	case end[1] == "PASS":
		return passed
	case end[1] == "FAIL":
		return failed
	}
	why := regexp.MustCompile(`(?m)^\s+\w+\.go:\d+: (.*)$`).FindStringSubmatch(out)
	if why == nil {
		return "skipped"
	}
	return verdict("skipped: " + why[1])
}

// vitest runs the tests of a file whose names begin with the given words.
func (tr *tree) vitest(r Run) (map[string]verdict, string, error) {
	if !tr.withModules() {
		return map[string]verdict{r.Tests[0]: "skipped: the frontend's packages are not installed"}, "", nil
	}
	if out, err := tr.command(patience, "frontend", "npm", "run", "--silent", "i18n"); err != nil {
		return nil, out, fmt.Errorf("the messages do not compile: %w", err)
	}
	report := filepath.Join(tr.t.TempDir(), "report.json")
	out, _ := tr.command(patience, "frontend", "npx", "--no-install", "vitest", "run", r.In, "-t", r.Tests[0], "--reporter=json", "--outputFile="+report)
	raw, err := os.ReadFile(report)
	if err != nil {
		return nil, out, err
	}
	var said struct {
		Files []struct {
			Message string `json:"message"`
			Tests   []struct {
				Name   string `json:"fullName"`
				Status string `json:"status"`
			} `json:"assertionResults"`
		} `json:"testResults"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, out, err
	}
	v := absent
	for _, file := range said.Files {
		if len(file.Tests) == 0 {
			return nil, file.Message, fmt.Errorf("%s cannot be loaded", r.In)
		}
		for _, test := range file.Tests {
			switch {
			case !strings.Contains(test.Name, r.Tests[0]):
			case test.Status == "failed":
				v = failed
				out += test.Name + "\n"
			case test.Status == "passed" && v == absent:
				v = passed
			}
		}
	}
	return map[string]verdict{r.Tests[0]: v}, out, nil
}

func (tr *tree) command(limit time.Duration, in, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(tr.t.Context(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = filepath.Join(tr.dir, filepath.FromSlash(in))
	c.WaitDelay = 5 * time.Second
	out, err := c.CombinedOutput()
	return string(out), err
}

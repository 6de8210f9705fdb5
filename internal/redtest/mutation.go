package redtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Mutation is a defect that is put into copies of some files.
type Mutation struct {
	Name  string            // of its file, without the extension
	What  string            // what is so with it
	Runs  []Run             // what must fail with it, and pass without
	Files map[string]string // path below the root -> changed source
}

// Run is one call of a test program.
type Run struct {
	Tool  string   // "go" or "vitest"
	In    string   // the package, or the file below frontend
	Tests []string // names of tests; for vitest the words with which they begin
	Flags []string
}

// Requirement is what the name begins with: R07.
func (m Mutation) Requirement() string {
	r, _, _ := strings.Cut(m.Name, "-")
	return r
}

// Read applies the changes of a file to the sources below root as they are now.
// One that does not fit exactly once is an error, so that none grows old
// unnoticed: it has to be written anew.
func Read(root, path string) (Mutation, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Mutation{}, err
	}
	what, rest, _ := strings.Cut(string(raw), "\n")
	m := Mutation{Name: strings.TrimSuffix(filepath.Base(path), ".txt"), What: what, Files: map[string]string{}}
	file := ""
	for rest != "" {
		if strings.HasPrefix(rest, "<<<<\n") {
			if rest, err = m.change(file, rest[len("<<<<\n"):]); err != nil {
				return Mutation{}, fmt.Errorf("%s: %w", path, err)
			}
			continue
		}
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if tool, run, ok := strings.Cut(line, ": "); ok {
			r, err := readRun(tool, run)
			if err != nil {
				return Mutation{}, fmt.Errorf("%s: %w", path, err)
			}
			m.Runs = append(m.Runs, r)
			continue
		}
		file = line
		if _, seen := m.Files[file]; seen {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a file that is not there can only be made
			return Mutation{}, fmt.Errorf("%s: %w", path, err)
		}
		m.Files[file] = string(src)
	}
	if len(m.Files) == 0 {
		return Mutation{}, fmt.Errorf("%s changes nothing", path)
	}
	return m, nil
}

// change makes one change and returns what follows it.
func (m Mutation) change(file, text string) (rest string, err error) {
	text, rest, ok := strings.Cut(text, ">>>>\n")
	if !ok {
		return "", errors.New("a change has no end")
	}
	old, now, ok := strings.Cut(text, "====\n")
	if !ok || old == now {
		return "", errors.New("a change has no second half, or is none")
	}
	if n := strings.Count(m.Files[file], old); n != 1 {
		return "", fmt.Errorf("it is %d times in %s:\n%s", n, file, old)
	}
	m.Files[file] = strings.Replace(m.Files[file], old, now, 1)
	return rest, nil
}

func readRun(tool, line string) (Run, error) {
	words := strings.Fields(line)
	if tool == "vitest" && len(words) > 1 {
		return Run{Tool: tool, In: words[0], Tests: []string{strings.Join(words[1:], " ")}}, nil
	}
	if tool != "go" || len(words) < 2 {
		return Run{}, fmt.Errorf("%q is neither go: PACKAGE TEST... nor vitest: FILE NAME", tool+": "+line)
	}
	r := Run{Tool: tool, In: words[0]}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "-") {
			r.Flags = append(r.Flags, w)
		} else {
			r.Tests = append(r.Tests, w)
		}
	}
	if len(r.Tests) == 0 {
		return Run{}, fmt.Errorf("%q names no test", line)
	}
	return r, nil
}

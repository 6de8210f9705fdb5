package support

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"satchel/internal/applog"
)

// What is taken of files.
const (
	logTail  = 256 << 10 // bytes of each log file, its end
	maxFiles = 500
)

// Part is one file of a bundle.
type Part struct {
	Name string
	Text string
}

// Fact is a part that is made from a value. Its error takes the place of the
// value: a bundle is wanted most when something cannot be read.
type Fact struct {
	Name string
	Get  func(ctx context.Context) (any, error)
}

// Sources are what a bundle is made from.
type Sources struct {
	Facts   []Fact
	DataDir string
	Home    string // is written as ~; "" for none
}

// readme is the first part.
const readme = `This is what Satchel knows about itself, to find out what is wrong with it.

In it: versions, settings, counts, states, sizes of files, and the end of the log.
Not in it: records, their names and values, e-mail addresses, tokens, passwords.

It was not sent anywhere. Read it before you give it to somebody.
`

// Collect puts a bundle together. It never fails: a part that cannot be had says
// why.
func Collect(ctx context.Context, s Sources) []Part {
	parts := []Part{{"README.txt", readme}}
	for _, f := range s.Facts {
		v, err := f.Get(ctx)
		if err != nil {
			v = map[string]string{"error": err.Error()}
		}
		text, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			text = []byte(err.Error())
		}
		parts = append(parts, Part{f.Name + ".json", string(text) + "\n"})
	}
	parts = append(parts, Part{"files.txt", files(s.DataDir)})
	parts = append(parts, logs(filepath.Join(s.DataDir, "logs"))...)
	for i := range parts {
		parts[i].Text = s.scrub(parts[i].Text)
	}
	return parts
}

// scrub goes line by line: the log's scrubbing cuts what is longer than a line.
func (s Sources) scrub(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, end := strings.CutSuffix(line, "\n")
		if s.Home != "" {
			line = strings.ReplaceAll(line, s.Home, "~")
		}
		b.WriteString(applog.Scrub(line))
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// files lists what is below the data directory.
func files(dir string) string {
	var b strings.Builder
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if n++; n > maxFiles {
			fmt.Fprintf(&b, "... and more\n")
			return fs.SkipAll
		}
		rel, relErr := filepath.Rel(dir, name)
		if err = cmp.Or(err, relErr); err != nil {
			fmt.Fprintf(&b, "%s: %v\n", rel, err)
			return nil
		}
		if d.IsDir() && rel == "webview" { // the browser's own: nothing of ours is in it
			fmt.Fprintf(&b, "%-11s %12s  %s/\n", d.Type(), "", rel)
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			fmt.Fprintf(&b, "%s: %v\n", rel, err)
			return nil
		}
		fmt.Fprintf(&b, "%-11s %12d  %s  %s\n", info.Mode(), info.Size(), info.ModTime().UTC().Format(time.RFC3339), rel)
		return nil
	})
	if err != nil {
		fmt.Fprintf(&b, "%v\n", err)
	}
	return b.String()
}

// logs are the ends of the log files, the newest first.
func logs(dir string) []Part {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []Part{{"logs.txt", err.Error() + "\n"}}
	}
	var out []Part
	for _, entry := range slices.Backward(entries) {
		if name := entry.Name(); strings.HasSuffix(name, ".log") {
			text, err := tail(filepath.Join(dir, name))
			if err != nil {
				text = err.Error() + "\n"
			}
			out = append(out, Part{"logs/" + name, text})
		}
	}
	return out
}

// tail is the end of a file, from the beginning of a line.
func tail(name string) (text string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { err = cmp.Or(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	from := max(info.Size()-logTail, 0)
	b, err := io.ReadAll(io.NewSectionReader(f, from, logTail))
	if err != nil {
		return "", err
	}
	text = string(b)
	if from > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, nil
}

// Save writes a bundle as a new zip file in dir, for the rep alone to read, and
// says which.
func Save(dir string, parts []Part, at time.Time) (name string, err error) {
	name = filepath.Join(dir, "satchel-support-"+at.Format("20060102-150405")+".zip")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	if err := cmp.Or(Write(f, parts, at), f.Sync(), f.Close()); err != nil {
		return "", cmp.Or(err, os.Remove(name))
	}
	return name, nil
}

// Write writes a bundle as a zip file.
func Write(to io.Writer, parts []Part, at time.Time) error {
	z := zip.NewWriter(to)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, p.Text); err != nil {
			return err
		}
	}
	return z.Close()
}

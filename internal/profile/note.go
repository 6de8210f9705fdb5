package profile

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

const noteFile = "portal.json"

// Note is what the program that runs on a profile notes of it, so that others
// need not open its database to tell.
type Note struct {
	PortalID   string `json:"portal_id"` // "" while none is connected
	PortalName string `json:"portal_name"`
	Kind       string `json:"kind"`   // of the sign-in
	Unsent     int    `json:"unsent"` // edits that HubSpot does not have
	// Open is set while a program is at it. Where none is, it came to a sudden end,
	// and there may be edits that it could not note.
	Open bool `json:"open"`
}

// ReadNote gives what was noted in a profile's folder; a zero Note when nothing
// was.
func ReadNote(dir string) (Note, error) {
	var n Note
	if err := read(filepath.Join(dir, noteFile), &n); err != nil {
		return Note{}, unusable(dir, err)
	}
	return n, nil
}

// WriteNote notes it, for good and readable by the rep alone. Only the program
// that has the profile's folder open may.
func WriteNote(dir string, n Note) error {
	if err := write(filepath.Join(dir, noteFile), n); err != nil {
		return unusable(dir, err)
	}
	return nil
}

// write replaces a file in one step: whoever reads it sees the former or the new.
func write(file string, v any) (err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.new") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// makeDir makes a folder for the rep alone, and waits until its name is on the
// disk: without that a power cut may take it away with all that is in it.
func makeDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		if _, up := os.Stat(filepath.Dir(dir)); up == nil || dir == filepath.Dir(dir) {
			return err
		}
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		return makeDir(dir)
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(dir))
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // some file systems know no such call
	}
	return errors.Join(err, d.Close())
}

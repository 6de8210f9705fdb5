package secret

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// newSuffix names the file that is being written, until it takes the other's
// place.
const newSuffix = ".new"

// disk is what writing a file durably takes.
type disk interface {
	// Create makes a file that only its owner may read, or empties it.
	Create(name string) (diskFile, error)
	Rename(from, to string) error
	// SyncDir makes the names in a directory durable.
	SyncDir(name string) error
}

type diskFile interface {
	io.WriteCloser
	Sync() error
}

// replace puts content in a file's place. When it returns without an error the
// new content outlives a power cut; until then the file has the old content or
// the new one, and never a part.
func replace(d disk, name string, content []byte) error {
	f, err := d.Create(name + newSuffix)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := d.Rename(name+newSuffix, name); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(name))
}

// osDisk is the operating system's.
type osDisk struct{}

func (osDisk) Create(name string) (diskFile, error) {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }

// SyncDir does nothing on Windows, which cannot sync a directory and journals
// its names.
func (osDisk) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

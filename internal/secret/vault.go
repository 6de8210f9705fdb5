package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"sync"

	"filippo.io/age"
)

// workFactor is the base-2 logarithm of scrypt's cost: about a second and 256 MiB
// for each passphrase that is tried.
const workFactor = 18

// maxVault is the longest file that is read.
const maxVault = 1 << 20

// vault is a file of secrets in the format of age, encrypted with a passphrase:
// the age program can read it as well. It is safe for concurrent use.
type vault struct {
	path string
	work int
	disk disk

	mu         sync.Mutex
	passphrase string // "" while it is locked
	values     map[string]string
}

func newVault(path string) *vault { return &vault{path: path, work: workFactor, disk: osDisk{}} }

func (v *vault) made() bool {
	_, err := os.Stat(v.path)
	return err == nil
}

func (v *vault) open() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.passphrase != ""
}

// unlock opens the file with its passphrase, or makes it, and adds what is
// known. A file that there is and that cannot be read is left as it is, unless
// it is to be made anew.
func (v *vault) unlock(passphrase string, known map[string]string, anew bool) error {
	if passphrase == "" {
		return ErrPassphrase
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	values := map[string]string{}
	found, err := v.read(passphrase, values)
	if err != nil && !anew {
		return err
	}
	if err != nil {
		values, found = map[string]string{}, false
	}
	held := maps.Clone(values)
	maps.Copy(values, known)
	if !found || !maps.Equal(held, values) {
		if err := v.write(passphrase, values); err != nil {
			return err
		}
	}
	v.passphrase, v.values = passphrase, values
	return nil
}

func (v *vault) get(name string) (value string, found bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.passphrase == "" {
		return "", false, ErrLocked
	}
	value, found = v.values[name]
	return value, found, nil
}

// set is done when the file with the new value is on the disk.
func (v *vault) set(name, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.passphrase == "" {
		return ErrLocked
	}
	values := maps.Clone(v.values)
	values[name] = value
	if err := v.write(v.passphrase, values); err != nil {
		return err
	}
	v.values = values
	return nil
}

// remove forgets everything and removes the file.
func (v *vault) remove() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.passphrase, v.values = "", nil
	for _, name := range []string{v.path, v.path + newSuffix} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ErrFile, err)
		}
	}
	return nil
}

func (v *vault) read(passphrase string, into map[string]string) (found bool, err error) {
	b, err := os.ReadFile(v.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%w: %w", ErrFile, err)
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	r, err := age.Decrypt(bytes.NewReader(b), id)
	if err != nil {
		if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
			return false, ErrPassphrase
		}
		return false, fmt.Errorf("%w: it is damaged", ErrFile)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxVault))
	if err == nil {
		err = json.Unmarshal(text, &into)
	}
	if err != nil { // not wrapped: json's errors quote the input
		return false, fmt.Errorf("%w: it is damaged", ErrFile)
	}
	return true, nil
}

func (v *vault) write(passphrase string, values map[string]string) error {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	to.SetWorkFactor(v.work)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return fmt.Errorf("encrypt secrets: %w", err)
	}
	if err := json.NewEncoder(w).Encode(values); err != nil {
		return fmt.Errorf("encrypt secrets: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("encrypt secrets: %w", err)
	}
	if err := replace(v.disk, v.path, sealed.Bytes()); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	return nil
}

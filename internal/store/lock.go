package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"satchel/internal/crm"
)

func (s *Store) takeLock(ctx context.Context, path string) error {
	s.lock = flock.New(path, flock.SetPermissions(0o600))
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	ok, err := s.lock.TryLockContext(within, lookTime/10)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && within.Err() == nil {
		return folderError(filepath.Dir(path), err)
	}
	if !ok {
		return &crm.Error{Kind: crm.InUse, Op: "lock", Msg: "Satchel is already running on this data folder. Use that window, or close it first."}
	}
	return nil
}

// lookTime is far more than Held has the lock for.
const lookTime = 50 * time.Millisecond

// Held says whether a process has the local copy in dir open, without opening
// it. It shares the lock for a moment; whoever comes to open the copy in that
// moment tries again.
func Held(dir string) (bool, error) {
	path := filepath.Join(dir, lockName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil // nobody was ever here
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	free, err := lock.TryRLock()
	if err = errors.Join(err, lock.Close()); err != nil {
		return false, fail("look at the lock", folderError(dir, err))
	}
	return !free, nil
}

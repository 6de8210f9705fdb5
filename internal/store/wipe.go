package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// wipeFiles takes away what is kept beside the database and may hold what has
// been forgotten: backups, and damaged databases.
func (s *Store) wipeFiles() error {
	s.files.Lock()
	defer s.files.Unlock()
	s.copied = ""
	var names []string
	for _, dir := range []string{"", backupDir + "/"} {
		entries, err := os.ReadDir(s.beside(dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			if dir != "" || strings.HasPrefix(e.Name(), quarantinePrefix) {
				names = append(names, dir+e.Name())
			}
		}
	}
	return s.remove(names...)
}

// emptyLog moves everything that is in the -wal file into the database and leaves
// the file empty. A read that goes on keeps it from that: then it waits, for as
// long as SQLite waits for anything.
func (s *Store) emptyLog(ctx context.Context) error {
	var busy, frames, moved int
	if err := one(ctx, s.writer, []any{&busy, &frames, &moved}, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("the log could not be emptied: something reads for a long time")
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"satchel/internal/crm"
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
// long as SQLite waits for anything. Looking for damage is a long read, and ends.
func (s *Store) emptyLog(ctx context.Context) error {
	s.stopLooking()
	var busy, frames, moved int
	if err := one(ctx, s.writer, []any{&busy, &frames, &moved}, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	if busy != 0 {
		return &crm.Error{Kind: crm.InUse, Op: "empty log", Msg: "Something reads Satchel's data for a long time, so traces of what was erased are still in its log. Close Satchel, and they are gone."}
	}
	return nil
}

// looking says how to end the look for damage that is on; nil when there is none.
func (s *Store) looking(stop context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLook = stop
}

func (s *Store) stopLooking() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endLook != nil {
		s.endLook()
	}
}

package store

import (
	"context"
	"log/slog"
	"time"

	"satchel/internal/crm"
)

// When KeepSafe looks first, so that a start has the disk for itself, and how
// often then.
const (
	firstTend = 20 * time.Second
	everyTend = time.Minute
)

// KeepSafe makes the backups and looks for damage when either is due, until ctx
// ends. What fails is logged, and tried again.
func (s *Store) KeepSafe(ctx context.Context) {
	for wait := firstTend; ; wait = everyTend {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		s.tend(ctx)
	}
}

func (s *Store) tend(ctx context.Context) {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"back up the outbox", s.BackUpOutbox},
		{"make the daily backup", s.BackUpDaily},
		{"look for damage", s.inspectWhenDue},
	} {
		if err := step.do(ctx); err != nil && crm.KindOf(err) != crm.Canceled {
			s.log.WarnContext(ctx, "keeping the data safe was not possible", slog.String("step", step.what), slog.String("error", err.Error()))
		}
	}
}

func (s *Store) inspectWhenDue(ctx context.Context) error {
	due, all, err := s.inspectionDue(ctx)
	if err != nil || !due || s.suspected.Load() {
		return err
	}
	if err := s.Inspect(ctx, all); err != nil {
		return err
	}
	s.dirty = false
	return nil
}

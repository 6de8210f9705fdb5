package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"

	"satchel/internal/sandbox/hooks"
	"satchel/internal/sandbox/journal"
)

// feeds are webhooks and journal in the state file, as JSON: gob does not keep
// pointers to zero values.
type feeds struct {
	Hooks, Journal []byte
}

func saveFeeds(h *pushes, j *journal.Journal) feeds {
	return feeds{Hooks: encodeJSON(h.State()), Journal: encodeJSON(j.State())}
}

// restore puts both back; a file without them is of a portal that had none.
func (f feeds) restore(h *pushes, j *journal.Journal) error {
	if len(f.Hooks) == 0 {
		return nil
	}
	var hs hooks.State
	var js journal.State
	if err := errors.Join(json.Unmarshal(f.Hooks, &hs), json.Unmarshal(f.Journal, &js)); err != nil {
		return fmt.Errorf("webhooks and journal: %w", err)
	}
	return errors.Join(h.Restore(hs), j.Restore(js))
}

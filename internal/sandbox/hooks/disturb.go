package hooks

import (
	"errors"
	"math/rand/v2"
)

// Disturbance is what HubSpot does not rule out: "exactly once" and the order
// of events are not guaranteed; fact sheet 7.1. The zero value disturbs nothing.
// A receiver of workflow actions may ask for their signature.
type Disturbance struct {
	// Duplicate is the chance that a notification is delivered a second time.
	Duplicate float64 `json:"duplicate,omitempty"`
	// Reorder shuffles what is due, duplicates too. Deliveries then go out one
	// after the other, so that the order they arrive in is the seed's.
	Reorder bool `json:"reorder,omitempty"`
	// Signature is the version of X-HubSpot-Signature: v1, which "" is too, or v2.
	Signature string `json:"signature,omitempty"`
	Seed      int64  `json:"seed,omitempty"`
}

// disturbed is a disturbance with its dice.
type disturbed struct {
	Disturbance
	dice *rand.Rand
}

// Disturb replaces the disturbance. The same seed and the same events in the
// same pumps give the same deliveries.
func (s *Sender) Disturb(d Disturbance) error {
	if !(d.Duplicate >= 0 && d.Duplicate <= 1) {
		return errors.New("disturbance: duplicate must be between 0 and 1")
	}
	if d.Signature != "" && d.Signature != "v1" && d.Signature != "v2" {
		return errors.New("disturbance: signature must be v1 or v2; v3 is always sent")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disturbed = disturbed{d, rand.New(rand.NewPCG(uint64(d.Seed), 7391))}
	return nil
}

// Disturbance returns what Disturb was last given.
func (s *Sender) Disturbance() Disturbance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disturbed.Disturbance
}

// cut makes the batches of a round. Duplicates come in batches of their own,
// after the others, if nothing is shuffled.
func (d *disturbed) cut(due []*Waiting) [][]*Waiting {
	var again []*Waiting
	if d.Duplicate > 0 {
		for _, w := range due {
			if d.dice.Float64() < d.Duplicate {
				copied := *w
				copied.duplicate = true
				again = append(again, &copied)
			}
		}
	}
	if !d.Reorder {
		return append(chunks(due), chunks(again)...)
	}
	all := append(due, again...)
	d.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return chunks(all)
}

package pull

import (
	"time"

	"satchel/internal/crm"
)

// Progress is how far the pull of one type is.
type Progress struct {
	Type    crm.ObjectType
	Here    int           // records in the local copy
	Total   int           // in HubSpot when the backfill began; -1 when not known
	PerSec  float64       // records received per second, over the last ten seconds
	Left    time.Duration // until Done at this pace; -1 when not known
	Done    bool
	Message string // why it stands still, for people; "" when it does not
}

type tally struct{ total int }

// Progress tells for every type how far it is, in the order of crm.Specs.
func (*Engine) Progress() []Progress { return nil }

// Pulled counts the records received by a backfill and changed by a delta.
func (*Engine) Pulled() map[crm.ObjectType]int { return nil }

// Usable says that the first page is here.
func (*Engine) Usable() bool { return false }

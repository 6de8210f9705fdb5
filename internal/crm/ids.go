package crm

import (
	"cmp"
	"time"

	"github.com/google/uuid"
)

// LocalID names a record on this computer: a UUIDv7 made here, which the
// record keeps for life, whether HubSpot knows it yet or merges it away.
type LocalID string

// RemoteID is HubSpot's id of a record, unique within portal and object type.
// It is empty until a record made here has been created there.
type RemoteID string

// Compare orders ids as the numbers they are; "" comes first. HubSpot's ids
// exceed 32 bits and have no leading zeros.
func (id RemoteID) Compare(other RemoteID) int {
	return cmp.Or(cmp.Compare(len(id), len(other)), cmp.Compare(id, other))
}

// OpID names an operation in the outbox: a UUIDv7, so that ids sort by age.
type OpID string

// OwnerID is HubSpot's id of an owner, the value of hubspot_owner_id. It is
// not the id of the owner's user.
type OwnerID string

// Millis is a point in time: milliseconds since the Unix epoch, UTC. Zero
// means "not known" or "never".
type Millis int64

// At converts a time.
func At(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time converts back; the zero Millis gives the zero time.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// NewLocalID makes a fresh id for a record.
func NewLocalID() LocalID { return LocalID(newID()) }

// NewOpID makes a fresh id for an operation.
func NewOpID() OpID { return OpID(newID()) }

// newID can only fail when the system's random source does, which Go treats as
// fatal as well.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

package crm

// Held is a record as the local copy holds what HubSpot last said of it: the
// base, without edits of the rep.
type Held struct {
	ID       RemoteID
	Local    LocalID
	Values   Values
	Modified Millis
	Gone     bool // HubSpot has it no more, as far as is known here
	// Busy says that an operation of it, or of an association with it, may be at
	// HubSpot, whose answer is not here yet.
	Busy bool
}

// HeldLink is an association as the local copy holds it. Gone says that the
// record at its other end is archived here.
type HeldLink struct {
	Link
	Gone bool
}

package crm

// OpKind is what an operation does in HubSpot.
type OpKind string

// The kinds of operations.
const (
	OpCreate    OpKind = "create"
	OpUpdate    OpKind = "update"
	OpArchive   OpKind = "archive"
	OpAssociate OpKind = "associate"
	OpDetach    OpKind = "detach" // removes an association
)

// OpState is where an operation stands. The path is
//
//	queued -> sending -> acked
//	             |-> retry_wait -> sending
//	             |-> ambiguous  -> sending | acked | parked
//	             |-> conflict | parked     -> queued | discarded
//
// sending is committed before the first byte leaves, so a process that died
// finds it and knows that HubSpot may have the operation: it becomes
// ambiguous, never queued.
type OpState string

// The states of an operation.
const (
	Queued    OpState = "queued"
	Sending   OpState = "sending"
	RetryWait OpState = "retry_wait"
	Ambiguous OpState = "ambiguous"
	InDispute OpState = "conflict"
	Parked    OpState = "parked"
	Acked     OpState = "acked"
	Discarded OpState = "discarded"
)

// Done says whether an operation is finished: nothing more will be sent for
// it and it no longer shows in the overlay.
func (s OpState) Done() bool { return s == Acked || s == Discarded }

// Badge is how the state shows on a record.
func (s OpState) Badge() Badge {
	switch s {
	case Queued, RetryWait:
		return BadgeSaved
	case Sending, Ambiguous:
		return BadgeSending
	case Parked:
		return BadgeNeedsYou
	case InDispute:
		return BadgeConflict
	case Acked, Discarded:
	}
	return BadgeNone
}

// Field is the change of one property: the value the rep saw when the edit
// began, and the value the rep gave it.
type Field struct {
	Name  string `json:"name"`
	Base  string `json:"base"`
	Value string `json:"value"`
	// Stamp is when HubSpot had last changed the record, by its own clock, as the
	// answer said that told us it has the value; 0 as long as none has.
	Stamp Millis `json:"stamp,omitempty"`
}

// Op is one operation of the outbox. It is append-only but for its state: what
// was asked for never changes after it may have been sent.
type Op struct {
	ID       OpID
	Seq      int64 // order in which the rep acted; unique and ascending
	Kind     OpKind
	Type     ObjectType
	Record   LocalID
	RemoteID RemoteID // the record's, filled in when the operation is read
	Fields   []Field  // create and update
	// To, ToRecord and ToRemote are the other record of an association; of an
	// activity's create, the record that it is made on.
	To       ObjectType
	ToRecord LocalID
	ToRemote RemoteID
	State    OpState
	Attempts int
	NextAt   Millis // when it may be sent, at the earliest; 0 = now
	SentAt   Millis // when its first byte may have left; 0 = never
	// Unsure says that HubSpot may have it, although its state does not say so:
	// an answer was lost, and nobody has found out since.
	Unsure bool
	// Keyed says that a create that may be at HubSpot carried KeyProperty there.
	Keyed    bool
	Made     Millis
	Finished Millis
	Reason   string   // for people: why it waits, was parked, or what became of it
	Existing RemoteID // a create that met this record in HubSpot
	Disputes []Dispute
	// Overwrote are values of others that this operation replaced unseen: they
	// were written between our reading and our writing.
	Overwrote []Dispute
	Group     OpID   // operations of one act of the rep share it, for undo
	Answer    string // what HubSpot answered, for the receipt
}

// Values are the fields as a patch.
func (o Op) Values() Values {
	v := make(Values, len(o.Fields))
	for _, f := range o.Fields {
		v[f.Name] = f.Value
	}
	return v
}

// Dispute is one field that was changed here and in HubSpot.
type Dispute struct {
	Field  string `json:"field"`
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
	Who    string `json:"who,omitempty"`    // HubSpot's source id or user
	When   Millis `json:"when,omitempty"`   // HubSpot's time of their change
	Source string `json:"source,omitempty"` // HubSpot's sourceType
}

// Version is one entry of a property's history, newest first in a list.
type Version struct {
	Value  string
	At     Millis
	Source string // sourceType
	By     string // sourceId or user id
}

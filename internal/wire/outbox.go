package wire

// Outbox is what waits, what needs the rep, and what was sent lately.
type Outbox struct {
	Paused  bool `json:"paused"`
	Sending []Op `json:"sending"`
	Waiting []Op `json:"waiting"`
	Needs   []Op `json:"needs"` // parked, or in conflict
	// Overwritten are finished ones that replaced a colleague's value which was
	// written in between; their disputes are these values. Resolve decides.
	Overwritten []Op `json:"overwritten"`
	Receipts    []Op `json:"receipts"` // finished, the newest first, at most 200
}

// Op is an operation in words and in parts.
type Op struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`  // create | update | archive | associate | detach
	State    string        `json:"state"` // queued | sending | retry_wait | ambiguous | conflict | parked | acked | discarded
	Badge    string        `json:"badge"`
	Type     string        `json:"type"`
	RecordID string        `json:"recordId"`
	RemoteID string        `json:"remoteId"`
	Title    string        `json:"title"` // of the record
	Fields   []FieldChange `json:"fields"`
	To       Ref           `json:"to"` // the other record of an association
	Made     int64         `json:"made"`
	NextAt   int64         `json:"nextAt"` // when it is tried (again); 0 = as soon as possible
	Finished int64         `json:"finished"`
	Attempts int           `json:"attempts"`
	Reason   string        `json:"reason"`   // why it waits, or was refused; a sentence
	Existing string        `json:"existing"` // HubSpot's id of the record a create ran into
	Undo     string        `json:"undo"`     // "" when it cannot be undone
	CanRetry bool          `json:"canRetry"`
	// CanDiscard is false once HubSpot may have it.
	CanDiscard bool      `json:"canDiscard"`
	Disputes   []Dispute `json:"disputes"`
}

// FieldChange is one property of an operation.
type FieldChange struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Dispute is a field that was changed here and in HubSpot.
type Dispute struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
	Who    string `json:"who"`
	When   int64  `json:"when"`
	Source string `json:"source"`
}

// ResolveRequest decides the fields of a conflict: "mine" or "theirs" for
// each. For a create that ran into an existing record the one choice
// {"": "existing"} continues as an edit of that record.
type ResolveRequest struct {
	ID      string            `json:"id"`
	Choices map[string]string `json:"choices"`
}

// Policy is what becomes of conflicts of one property: ask, mine, theirs, or
// workflow, which keeps what one of the portal's workflows wrote.
type Policy struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Label  string `json:"label" max:"2048"`
	Policy string `json:"policy"`
}

// FlushResult is what a flush did.
type FlushResult struct {
	Acked     int `json:"acked"`
	Conflicts int `json:"conflicts"`
	Parked    int `json:"parked"`
	Left      int `json:"left"` // still waiting
}

package wire

// News is what changed in HubSpot on the rep's records and was not seen yet.
type News struct {
	Total   int `json:"total"`   // unseen changes, whether they are in groups or not
	Records int `json:"records"` // on so many records
	// Mark stands for what is here, so that what comes meanwhile is not marked as
	// seen with it.
	Mark   int64       `json:"mark"`
	Since  int64       `json:"since"` // the beginning of the absence, or of what is unseen; 0 when there is nothing
	Away   int         `json:"away"`  // how many came during the last absence
	Back   int64       `json:"back"`  // when that ended; 0 = there was none
	Groups []NewsGroup `json:"groups"`
}

// NewsGroup is the news of one record; the record that changed last comes first.
type NewsGroup struct {
	Type     string     `json:"type"`
	ID       string     `json:"id"`
	RemoteID string     `json:"remoteId"`
	Title    string     `json:"title"`
	Badge    string     `json:"badge"`
	Archived bool       `json:"archived"`
	Currency string     `json:"currency"` // of a deal's amounts; "" when it names none
	Lines    []NewsLine `json:"lines"`    // the latest first
}

// NewsLine is one change.
type NewsLine struct {
	ID int64 `json:"id"`
	// Kind is changed | assigned (to the rep) | taken (from the rep) | new |
	// archived | restored | merged | activity | linked | unlinked.
	Kind   string `json:"kind"`
	Name   string `json:"name"` // of the property
	Label  string `json:"label"`
	From   string `json:"from"` // HubSpot's values; of a merge, the other's name
	To     string `json:"to"`
	Was    string `json:"was"`    // the same as people say them: labels, names of stages and owners
	Is     string `json:"is"`     //
	Cut    bool   `json:"cut"`    // the values are longer, and their ends are left out
	About  Ref    `json:"about"`  // the activity, or the associated record
	Who    string `json:"who"`    // the person's name; "" when it was none, or is not known
	Source string `json:"source"` // HubSpot's sourceType; "" when it is not known
	At     int64  `json:"at"`
}

// SeenRequest marks what is not newer than Mark as seen, of the record ID or of
// all ("").
type SeenRequest struct {
	Mark int64  `json:"mark"`
	ID   string `json:"id"`
}

// SeenResult says how many were marked, and what takes it back; Undo is "" when
// there were none.
type SeenResult struct {
	Undo  string `json:"undo"`
	Count int    `json:"count"`
}

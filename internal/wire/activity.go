package wire

// Activity is an entry of a record's timeline.
type Activity struct {
	ID       string            `json:"id"`
	RemoteID string            `json:"remoteId"` // "" until it is in HubSpot
	Type     string            `json:"type"`     // notes | calls | emails | meetings | tasks
	Title    string            `json:"title"`
	Text     string            `json:"text"` // its body as plain text, never HTML
	Rich     bool              `json:"rich"` // its body shows more than Text does: ask Activities.Body
	Badge    string            `json:"badge"`
	At       int64             `json:"at"`     // when it took place, or is to
	Values   map[string]string `json:"values"` // its other properties, HubSpot's strings
}

// ActivityBody is an activity's body with its formatting. It is asked for by
// itself, when somebody wants to see it: there may be 200 in a timeline, and 20
// kB of an email take 10 ms to clean.
type ActivityBody struct {
	HTML     string `json:"html"`     // cleaned, for a frame without scripts; links have data-href in place of href
	Pictures int    `json:"pictures"` // how many were left out because they would have to be fetched
	Cut      bool   `json:"cut"`      // it was longer than anything HubSpot keeps; the end is left out
}

// FoundActivity is an activity that has the words that were looked for.
type FoundActivity struct {
	ID       string `json:"id"`
	RemoteID string `json:"remoteId"`
	Type     string `json:"type"`
	Title    string `json:"title"`
	Text     string `json:"text"` // a line of its body, around the first of the words
	Badge    string `json:"badge"`
	At       int64  `json:"at"`
	On       Ref    `json:"on"` // the first record that it is on; empty when none is here
}

// FoundActivities is what was found: mine and recent first.
type FoundActivities struct {
	Token int64           `json:"token"`
	Hits  []FoundActivity `json:"hits"`
}

// Timeline is a record's activities as far as they are here, the latest first.
type Timeline struct {
	Items []Activity `json:"items"`
	// Whole is false when HubSpot may have more than is on this computer.
	Whole bool `json:"whole"`
}

// ActivityRequest logs a note, call, email, meeting or task on a record. Text is
// plain text. Values are other properties: hs_timestamp, hs_call_title,
// hs_task_subject and so on; what is left out is filled in.
type ActivityRequest struct {
	Kind   string            `json:"kind"` // note | call | email | meeting | task
	Type   string            `json:"type"` // of the record
	ID     string            `json:"id"`
	Text   string            `json:"text" max:"65536"`
	Values map[string]string `json:"values" max:"262144"`
	Also   []Ref             `json:"also"` // Type and ID of other records that it is about
}

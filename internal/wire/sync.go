package wire

// SyncStatus feeds the status bar and the first-pull page.
type SyncStatus struct {
	State      string         `json:"state"` // idle | pulling | sending | offline | waiting | paused | signin | disconnected
	Online     bool           `json:"online"`
	Paused     bool           `json:"paused"`
	Waiting    int            `json:"waiting"`   // edits saved here and not yet in HubSpot
	Conflicts  int            `json:"conflicts"` // in dispute
	Needs      int            `json:"needs"`     // parked
	LastSync   int64          `json:"lastSync"`  // when the copy was last known to be fresh
	NextTry    int64          `json:"nextTry"`   // when HubSpot is asked again, while offline or slowed down
	Message    string         `json:"message"`   // the cause of the last trouble, a sentence; "" when all is well
	Leaving    int64          `json:"leaving"`   // until when at the latest what waits is sent before the program ends; 0 while it goes on
	FirstPull  bool           `json:"firstPull"` // the initial pull is not complete yet
	Usable     bool           `json:"usable"`    // the first page has arrived
	Progress   []TypeProgress `json:"progress"`
	Calls      int            `json:"calls"`      // calls since the start
	CallsLimit int            `json:"callsLimit"` // of the burst window, 0 when not known
	CallsSpan  int64          `json:"callsSpan"`  // the window's length in ms
}

// TypeProgress is how far the first pull of a type is.
type TypeProgress struct {
	Type    string  `json:"type"`
	Here    int     `json:"here"`
	Total   int     `json:"total"` // -1 when not known
	PerSec  float64 `json:"perSec"`
	LeftMs  int64   `json:"leftMs"` // -1 when not known
	Done    bool    `json:"done"`
	Barred  bool    `json:"barred"`  // this sign-in may not read the type: nothing of it comes
	Message string  `json:"message"` // why it stands still or lacks something: a missing scope, an error; "" otherwise
}

// Counts are how many records of each type are here, for the navigation.
type Counts struct {
	Types  map[string]int `json:"types"`
	Outbox int            `json:"outbox"`
}

// Change is the one event the backend sends: topics that changed. Seq ascends
// by one; a gap means "ask for everything again".
type Change struct {
	Seq    uint64   `json:"seq"`
	Topics []string `json:"topics"` // account sync outbox schema list:TYPE record:ID
}

package wire

// Budget is how HubSpot's limits are used, and by whom.
type Budget struct {
	Known   bool           `json:"known"` // a portal is connected
	At      int64          `json:"at"`    // when it was counted: now, or when the program last ran
	Buckets []BudgetBucket `json:"buckets"`
	Day     BudgetDay      `json:"day"`
	Reserve Reserve        `json:"reserve"`
	Fixed   []string       `json:"fixed"` // of burst, search, daily: what the configuration sets
}

// BudgetBucket is one limit that HubSpot counts on its own.
type BudgetBucket struct {
	Name        string       `json:"name"` // burst | search | associations | oauth
	Limit       int          `json:"limit"`
	SpanMs      int64        `json:"spanMs"`
	Used        int          `json:"used"`    // of Limit, by this program now
	Others      int          `json:"others"`  // of Limit, by other programs now, as far as is known
	Reserve     int          `json:"reserve"` // of Limit, left to other programs
	Calls       int          `json:"calls"`   // since the start
	Refused     int          `json:"refused"` // since the start
	Waiting     int          `json:"waiting"`
	PausedUntil int64        `json:"pausedUntil"` // 0 when HubSpot has not paused it
	Why         string       `json:"why"`         // the limit that paused it, by HubSpot's name
	Lanes       []BudgetLane `json:"lanes"`
}

// BudgetLane is one use of a bucket.
type BudgetLane struct {
	Name       string `json:"name"` // interactive | flush | delta | backfill | sweep
	Calls      int    `json:"calls"`
	Refused    int    `json:"refused"`
	Waiting    int    `json:"waiting"`
	LastMinute int    `json:"lastMinute"`
}

// BudgetDay is the daily limit; its Limit is 0 for a sign-in that has none.
type BudgetDay struct {
	Limit   int   `json:"limit"`
	Left    int   `json:"left"`
	Ours    int   `json:"ours"`    // calls of this program today, since its start
	Others  int   `json:"others"`  // those of others since then, as far as is known
	Reserve int   `json:"reserve"` // of Limit, left to other programs
	Edits   int   `json:"edits"`   // of Limit, kept for edits
	Ends    int64 `json:"ends"`    // the portal's midnight
	Slow    bool  `json:"slow"`    // the pull is spread, so that it lasts until Ends
	Next    int64 `json:"next"`    // when the pull's next call may go; 0 unless Slow
}

// Reserve is what is left to other programs, in per cent of each limit, 0 to 90.
type Reserve struct {
	Burst  int `json:"burst"`
	Search int `json:"search"`
	Daily  int `json:"daily"`
}

package wire

// Pipeline is a deal pipeline with its stages in order.
type Pipeline struct {
	ID     string  `json:"id"`
	Label  string  `json:"label"`
	Stages []Stage `json:"stages"`
}

// Stage is one step of a pipeline.
type Stage struct {
	ID          string  `json:"id"`
	Label       string  `json:"label"`
	Probability float64 `json:"probability"` // 0..1
	Closed      bool    `json:"closed"`
	Won         bool    `json:"won"`
}

// BoardQuery asks for the columns of a pipeline's board.
type BoardQuery struct {
	Token    int64  `json:"token"`
	Pipeline string `json:"pipeline"` // "" for the first
	Mine     bool   `json:"mine"`
	Text     string `json:"text" max:"2048"`
	Cards    int    `json:"cards"` // how many cards of each column; at most 200
}

// Board is a pipeline with counts, sums and the first cards of each stage.
type Board struct {
	Token    int64    `json:"token"`
	Pipeline string   `json:"pipeline"`
	Total    int      `json:"total"`
	Columns  []Column `json:"columns"`
}

// Column is one stage on the board. Sums are per currency and never mixed.
type Column struct {
	Stage Stage  `json:"stage"`
	Count int    `json:"count"`
	Sums  []Sum  `json:"sums"`
	Cards []Card `json:"cards"`
}

// Sum is an amount in one currency, and weighted by the stage's probability.
type Sum struct {
	Currency string  `json:"currency"`
	Amount   float64 `json:"amount"`
	Weighted float64 `json:"weighted"`
}

// CardQuery asks for more cards of one column.
type CardQuery struct {
	Token    int64  `json:"token"`
	Pipeline string `json:"pipeline"`
	Stage    string `json:"stage"`
	Mine     bool   `json:"mine"`
	Text     string `json:"text" max:"2048"`
	Offset   int    `json:"offset"`
	Limit    int    `json:"limit"`
}

// CardPage is a window of a column, ordered by close date, the late first.
type CardPage struct {
	Token  int64  `json:"token"`
	Stage  string `json:"stage"`
	Offset int    `json:"offset"`
	Cards  []Card `json:"cards"`
}

// Card is a deal on the board.
type Card struct {
	ID        string `json:"id"`
	RemoteID  string `json:"remoteId"`
	Title     string `json:"title"`
	Badge     string `json:"badge"`
	Amount    string `json:"amount"` // HubSpot's string; "" when not set
	Currency  string `json:"currency"`
	CloseDate int64  `json:"closeDate"` // 0 when not set
	Late      bool   `json:"late"`      // open and past its close date
	OwnerID   string `json:"ownerId"`
	Company   Ref    `json:"company"`
	NextStep  string `json:"nextStep"`
	StageDays int    `json:"stageDays"` // days in this stage; -1 when not known
}

package crm

// SortTitle is the Sort.Prop that orders by a record's title.
const SortTitle = "title"

// Sort orders a list by a property. Empty values come last either way. The
// zero Sort is the last modified first.
type Sort struct {
	Prop string
	Desc bool
}

// Filter is one condition on a record's view, compared by the property's type.
type Filter struct {
	Prop  string
	Op    FilterOp
	Value string
}

// FilterOp is a comparison.
type FilterOp string

// The comparisons. Contains ignores case; IsSet and IsEmpty take no value.
const (
	Equal    FilterOp = "="
	NotEqual FilterOp = "!="
	More     FilterOp = ">"
	MoreEq   FilterOp = ">="
	Less     FilterOp = "<"
	LessEq   FilterOp = "<="
	Contains FilterOp = "~"
	IsSet    FilterOp = "is_set"
	IsEmpty  FilterOp = "is_empty"
)

// ListQuery asks the local copy for a window of a type's live records.
type ListQuery struct {
	Type    ObjectType
	Text    string // every word must begin a word of a searched property
	Filters []Filter
	Owner   OwnerID // only this owner's records; "" for all
	Sort    Sort
	Offset  int
	Limit   int
}

// ListPage is the window. Total counts all matches; with Capped it is a floor.
type ListPage struct {
	Records []Record
	Total   int
	Capped  bool
}

// Brief is a record by name.
type Brief struct {
	Type     ObjectType
	ID       LocalID
	RemoteID RemoteID
	Title    string
	Values   Values // those properties of the view that were asked for
	Stage    string // the label of its stage, where somebody has looked it up; the store does not
	Badge    Badge
}

// Linked is an associated record, or one whose association waits.
type Linked struct {
	Brief
	TypeID  int
	Label   string
	Pending Badge // of the association itself
	Removed bool  // a detach waits; it is still there in HubSpot
}

// StageSum is the number and value of the deals of one stage in one currency.
type StageSum struct {
	Stage    string
	Currency string
	Count    int
	Amount   float64
}

// Undone says what became of an undo.
type Undone struct {
	Taken  int // operations that were taken back before they left
	Queued int // opposite edits that were queued for what HubSpot already has
}

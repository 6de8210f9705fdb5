package wire

// Property is the definition of a property, as forms and cells need it.
type Property struct {
	Name        string   `json:"name"`
	Label       string   `json:"label"`
	Description string   `json:"description"`
	Type        string   `json:"type"`  // string | number | date | datetime | enumeration | bool | phone_number
	Field       string   `json:"field"` // HubSpot's fieldType: text, textarea, select, checkbox, radio...
	Options     []Option `json:"options"`
	ReadOnly    bool     `json:"readOnly"`
	Owner       bool     `json:"owner"` // its values are owner ids
}

// Option is one choice of an enumeration.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// PropertyGroup is a titled group of properties, in HubSpot's order.
type PropertyGroup struct {
	Name       string     `json:"name"`
	Label      string     `json:"label"`
	Properties []Property `json:"properties"`
}

// Schema is what the UI needs to show records of a type.
type Schema struct {
	Type     string          `json:"type"`
	Groups   []PropertyGroup `json:"groups"`
	Columns  []string        `json:"columns"`  // properties of the default list, in order, after the title
	Key      []string        `json:"key"`      // properties shown first in the record panel
	Create   []string        `json:"create"`   // properties of the create form
	Required []string        `json:"required"` // of these, the ones that must be given
	Sortable []string        `json:"sortable"` // properties with an index; others sort more slowly
	Title    string          `json:"title"`    // the sort name of the title: "title"

	// Of a type whose records go through stages; otherwise "" and none.
	Pipeline  string     `json:"pipeline"` // the property with the pipeline
	Stage     string     `json:"stage"`    // the property with the stage
	Pipelines []Pipeline `json:"pipelines"`
}

// Sort orders a list. Prop "" is the default: the last modified first.
type Sort struct {
	Prop string `json:"prop"`
	Desc bool   `json:"desc"`
}

// Filter is one condition; a list's filters must all hold.
type Filter struct {
	Prop  string `json:"prop"`
	Op    string `json:"op"` // = != > >= < <= ~ (contains) is_set is_empty
	Value string `json:"value" max:"2048"`
}

// ListQuery asks for a window of a list. Token comes back in the answer, so
// that a late answer can be told from the current one.
type ListQuery struct {
	Token   int64    `json:"token"`
	Type    string   `json:"type"`
	Text    string   `json:"text" max:"2048"` // search as you type; "" lists all
	Filters []Filter `json:"filters"`
	Sort    Sort     `json:"sort"`
	Columns []string `json:"columns"` // the properties wanted in the rows' values
	Mine    bool     `json:"mine"`    // only records of the rep's own owner
	Offset  int      `json:"offset"`
	Limit   int      `json:"limit"` // at most 500
	Look    string   `json:"look"`  // a name under which Looks tells how far it is and stops it; "" for none
}

// LookProgress is how many of a type's records a list has looked at, of how many:
// both 0 while there is nothing to tell.
type LookProgress struct {
	Done int `json:"done"`
	Of   int `json:"of"`
}

// ListPage is a window of a list.
type ListPage struct {
	Token  int64 `json:"token"`
	Total  int   `json:"total"`
	Capped bool  `json:"capped"` // Total is a floor: there are more matches
	Offset int   `json:"offset"`
	Rows   []Row `json:"rows"`
}

// Row is a record in a list.
type Row struct {
	ID       string            `json:"id"`
	RemoteID string            `json:"remoteId"` // "" until it is in HubSpot
	Type     string            `json:"type"`
	Title    string            `json:"title"`
	Badge    string            `json:"badge"`   // "" | saved | sending | needs | conflict | gone
	Values   map[string]string `json:"values"`  // of the columns asked for, HubSpot's strings
	Company  Ref               `json:"company"` // the primary company; ID "" for none
	Modified int64             `json:"modified"`
}

// Ref points to a record that may be shown by name.
type Ref struct {
	Type     string `json:"type"`
	ID       string `json:"id"` // "" for none
	RemoteID string `json:"remoteId"`
	Title    string `json:"title" max:"262144"`
	Note     string `json:"note" max:"262144"` // a second line: stage and amount of a deal, job title of a contact
	Badge    string `json:"badge"`             // of the association itself, when it waits
}

// RefGroup is the associations of a record with one type.
type RefGroup struct {
	Type  string `json:"type"`
	Known bool   `json:"known"` // false: not pulled yet, which is not "none"
	Items []Ref  `json:"items"`
}

// Line is a line item of a deal. The figures are HubSpot's strings, "" for none.
type Line struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Badge    string `json:"badge"` // of the association, when it waits
	Quantity string `json:"quantity"`
	Price    string `json:"price"` // of one
	Amount   string `json:"amount"`
	Currency string `json:"currency"` // its own, or the deal's; "" for the portal's
}

// Record is a record opened.
type Record struct {
	ID       string            `json:"id"`
	RemoteID string            `json:"remoteId"`
	Type     string            `json:"type"`
	Title    string            `json:"title"`
	Badge    string            `json:"badge"`
	Archived bool              `json:"archived"`
	Values   map[string]string `json:"values"`  // overlay over base
	Pending  map[string]string `json:"pending"` // property -> badge of the edit that waits
	Links    []RefGroup        `json:"links"`
	Lines    []Line            `json:"lines"` // of a deal: the line items of its links, with their figures
	Created  int64             `json:"created"`
	Modified int64             `json:"modified"`
	URL      string            `json:"url"`   // its page in HubSpot; "" until it is there
	Fresh    int64             `json:"fresh"` // when it was last known to be as in HubSpot; 0 for not since the start
}

// CreateRequest makes a record here; it is sent when HubSpot can be reached.
type CreateRequest struct {
	Type   string            `json:"type"`
	Values map[string]string `json:"values" max:"262144"`
	Links  []Ref             `json:"links"` // Type and ID of records to associate
}

// EditRequest changes properties of a record; "" clears one. Seen holds, for
// the properties changed, the values that were on screen when the rep began:
// a change that arrived in between then shows as a conflict. A property that is
// not in Seen counts as seen at its present value.
type EditRequest struct {
	Type   string            `json:"type"`
	ID     string            `json:"id"`
	Values map[string]string `json:"values" max:"262144"`
	Seen   map[string]string `json:"seen" max:"262144"`
}

// CheckRequest asks what HubSpot would refuse of values that are being typed. ID
// is "" for a record that is being made.
type CheckRequest struct {
	Type   string            `json:"type"`
	ID     string            `json:"id"`
	Values map[string]string `json:"values" max:"262144"`
}

// Checked answers in sentences by property: what cannot be saved like this, and
// what can but will be asked about or refused.
type Checked struct {
	Wrong map[string]string `json:"wrong"`
	Warn  map[string]string `json:"warn"`
}

// LinkRequest associates two records, or takes an association away.
type LinkRequest struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	ToType string `json:"toType"`
	ToID   string `json:"toId"`
}

// EditResult is the answer to every local write. Undo takes the whole act
// back; UndoUntil is when HubSpot has it for good (0: it can be undone later
// as well, by a guarded opposite edit).
type EditResult struct {
	ID        string `json:"id"`
	RemoteID  string `json:"remoteId"`
	State     string `json:"state"` // queued | unchanged
	Undo      string `json:"undo"`  // "" when there is nothing to undo
	UndoUntil int64  `json:"undoUntil"`
}

// SearchQuery asks for records of all types, or of one, by text.
type SearchQuery struct {
	Token int64  `json:"token"`
	Text  string `json:"text" max:"2048"`
	Type  string `json:"type"` // "" for all
	Limit int    `json:"limit"`
}

// SearchPage is what was found: mine and recent first.
type SearchPage struct {
	Token int64 `json:"token"`
	Hits  []Ref `json:"hits"`
}

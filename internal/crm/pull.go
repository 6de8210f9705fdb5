package crm

import "time"

// Page is one page of records from HubSpot. Next is the cursor of the page
// after it, "" on the last one: the number of records does not tell, since some may
// be left out that went away while the page was read. Low and High are the lowest
// and highest id that the answer named, of those as well. Total is how many match,
// -1 when the endpoint does not say.
type Page struct {
	Records   []RemoteRecord
	Next      string
	Low, High RemoteID
	Total     int
}

// ListCall asks HubSpot for a page in id order. After is the id at which the
// page starts ("" for the beginning); Limit is at most 100.
type ListCall struct {
	After    string
	Limit    int
	Props    []string
	Archived bool
}

// SearchCall asks HubSpot's search index, which lags behind by seconds and
// never returns archived records. All conditions must hold. Limit is at most
// 200; pages beyond 10,000 matches do not exist, so callers narrow the
// conditions instead of paging.
type SearchCall struct {
	Where []Condition
	Sort  string // property; "" for HubSpot's default
	Desc  bool
	Limit int
	Props []string
}

// Condition is one condition of a search, in HubSpot's operators: EQ, NEQ,
// LT, LTE, GT, GTE, IN, HAS_PROPERTY, NOT_HAS_PROPERTY...
type Condition struct {
	Prop   string
	Op     string
	Value  string
	Values []string
}

// BatchRead is what a read by ids found. Every id asked for is in exactly one
// of the three.
type BatchRead struct {
	Found   []RemoteRecord
	Missing []RemoteID // HubSpot says that they do not exist
	Unknown []RemoteID // left out without a word: merged away, perhaps
}

// Cursor is the place at which a pull goes on after a stop. Value belongs to
// the pull; the store keeps it in the transaction of the rows that it covers.
type Cursor struct {
	Name  string
	Value string
}

// Pulled is what one step of a pull learned; the store applies it in one
// transaction.
type Pulled struct {
	Type    ObjectType
	Records []RemoteRecord
	// Props are the properties that were asked for: one of these that a record
	// does not carry is unset, any other keeps its last known value.
	Props []string
	// Gained are those of Props of which a record may lack a value that HubSpot has
	// long had: they were not asked for before. That one comes is not news.
	Gained []string
	// Links replaces, for every id in LinksOf, all associations to LinksTo. An
	// id with no link has none; an id that is not in LinksOf stays as it is.
	LinksOf []RemoteID
	LinksTo ObjectType
	Links   []Link
	// Gone are ids that are archived in HubSpot.
	Gone    []RemoteID
	Cursors []Cursor
	Drop    []string // names of cursors that are done with
	// Owner is the rep: what changes on records of this owner is kept as news. ""
	// when it is not known.
	Owner OwnerID
}

// Swept is what one step of a sweep did.
type Swept struct {
	Wait     time.Duration // until there is something to do; 0 for at once
	Found    bool          // it met something that no delta had shown
	Searches bool          // the next step costs a search
}

// Applied says what a step changed in the local copy: echoes, older rows and
// rows that are equal change nothing.
type Applied struct {
	Added   int
	Changed []LocalID // records whose view changed, added ones included
	// Relinked are those of Pulled.LinksOf whose associations changed.
	Relinked []RemoteID
}

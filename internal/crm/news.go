package crm

import "unicode/utf8"

// NewsKind is what happened to a record of the rep's in HubSpot.
type NewsKind string

// The kinds of news.
const (
	NewsProperty NewsKind = "property" // Name changed from Before to After
	NewsNew      NewsKind = "new"      // it came, with the rep as its owner
	NewsArchived NewsKind = "archived" // After is "" when it came back
	NewsMerged   NewsKind = "merged"   // another one, called Before, was merged into it
	NewsActivity NewsKind = "activity" // About was logged on it
	NewsLink     NewsKind = "link"     // About was associated; After is "" when that ended
)

// News is one thing that changed in HubSpot on a record of the rep's. Several
// changes of one thing are one: what it was before the first, what it is after
// the last.
type News struct {
	ID       int64 // ascends; one that goes on changing gets a new one
	Type     ObjectType
	Record   LocalID
	Kind     NewsKind
	Name     string // the property; of other kinds what the store tells them apart by
	Before   string // as NewsText
	After    string
	About    Brief  // the activity, or the other record; its ID is "" when it is not here
	At       Millis // HubSpot's time, of the change itself when it is known
	Noticed  Millis // ours
	Asked    bool   // HubSpot was asked for who and where: what is empty is not known
	Who      string // HubSpot's source id or user
	Source   string // HubSpot's sourceType
	Assigned bool   // the change of the owner made it the rep's
	Taken    bool   // the change of the owner made it somebody else's
}

// NewsPage is what the rep has not seen, by record, the record that changed
// last first.
type NewsPage struct {
	News    []News // those of one record stand together, the latest first
	Total   int    // unseen ones, whether they are in News or not
	Records int    // on so many records
	Mark    int64  // the newest id: what SeenNews takes for "all of these"
	Since   Millis // since when: the beginning of the absence, or of what is unseen; 0 for none
	Away    int    // how many came while the rep was away, the last time
	Back    Millis // when that ended; 0 = never away
}

// NewsQuestion asks who changed a property, by its history.
type NewsQuestion struct {
	ID     int64
	Type   ObjectType
	Record RemoteID
	Prop   string
	Value  string // as NewsText; what it was set to
	First  bool   // who set it first, whatever the value
}

// NewsAnswer is what the history said. Own says that the rep did it, in HubSpot
// or elsewhere, which is no news.
type NewsAnswer struct {
	ID     int64
	Who    string
	Source string
	At     Millis
	Own    bool
}

// newsLength is how much of a value news keeps, in bytes.
const newsLength = 500

// NewsText cuts a value to what is kept of it in news; one that was cut ends with
// an ellipsis.
func NewsText(value string) string {
	if len(value) <= newsLength {
		return value
	}
	end := newsLength
	for end > 0 && !utf8.RuneStart(value[end]) {
		end--
	}
	return value[:end] + "…"
}

// NewsCut says whether a value was cut.
func NewsCut(text string) bool { return len(text) > newsLength }

// ByPerson says whether changes of a HubSpot sourceType are a person's own doing;
// of the others somebody at most set going what made them.
func ByPerson(source string) bool {
	switch source {
	case "API", "AUTOMATION_PLATFORM", "CALCULATED", "FORM", "IMPORT", "INTEGRATION", "MERGE", "MERGE_OBJECTS", "WORKFLOWS":
		return false
	}
	return true
}

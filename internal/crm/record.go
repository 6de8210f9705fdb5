package crm

import "maps"

// ObjectType names a kind of record by HubSpot's plural: "contacts".
type ObjectType string

// HubSpot's own object types, but for activities. What they are like is data: see
// Spec.
const (
	Contacts  ObjectType = "contacts"
	Companies ObjectType = "companies"
	Deals     ObjectType = "deals"
	Tickets   ObjectType = "tickets"
	LineItems ObjectType = "line_items"
	Products  ObjectType = "products"
)

// Values maps property names to HubSpot's string values. An absent name means
// "not said" in an edit and "unset" in a record; "" means cleared.
type Values map[string]string

// Clone copies v; nil stays nil.
func (v Values) Clone() Values { return maps.Clone(v) }

// Over lays v over base and returns the union; neither is changed.
func (v Values) Over(base Values) Values {
	out := make(Values, len(base)+len(v))
	maps.Copy(out, base)
	maps.Copy(out, v)
	return out
}

// Record is one record as the rep sees it. Base is what HubSpot last said,
// Overlay the edits that HubSpot has not acknowledged yet; View lays one over
// the other.
type Record struct {
	Type     ObjectType
	ID       LocalID
	RemoteID RemoteID // "" until HubSpot has acknowledged the create
	Base     Values
	Overlay  Values
	Created  Millis // HubSpot's, or when it was made here
	Modified Millis // HubSpot's modified stamp; 0 for a record not there yet
	Archived bool   // gone from HubSpot's lists, or archived here
	Badge    Badge
}

// View is the overlay over the base: what the rep sees.
func (r Record) View() Values { return r.Overlay.Over(r.Base) }

// Badge says how a record or an operation stands with HubSpot. In sync shows
// nothing at all, so that a badge means something.
type Badge string

// The badges, from the quietest to the loudest; a record shows the loudest of
// its operations.
const (
	BadgeNone     Badge = ""
	BadgeSaved    Badge = "saved"    // saved here, waiting
	BadgeSending  Badge = "sending"  // on its way, or sent and not answered
	BadgeNeedsYou Badge = "needs"    // refused or parked; the rep decides
	BadgeConflict Badge = "conflict" // changed here and in HubSpot
	BadgeGone     Badge = "gone"     // deleted in HubSpot
)

// RemoteRecord is a record as HubSpot's API returned it.
type RemoteRecord struct {
	Type     ObjectType
	ID       RemoteID // may differ from the id asked for: the record was merged
	Values   Values   // only the properties asked for
	Created  Millis
	Modified Millis
	Archived bool
}

// Link is one association as HubSpot holds it, in the direction in which it
// was read. A pair of records may have several links, one per label.
type Link struct {
	From   ObjectType
	FromID RemoteID
	To     ObjectType
	ToID   RemoteID
	TypeID int    // HubSpot's associationTypeId
	Label  string // "" when unlabelled
}

// Owner is a user of the portal to whom records can belong.
type Owner struct {
	ID       OwnerID
	Email    string
	First    string
	Last     string
	UserID   string // HubSpot's user id; "" for archived owners
	Archived bool
	Teams    []Team
}

// Team is a team of the portal, as one of its owners has it.
type Team struct {
	ID      string
	Name    string
	Primary bool // the owner's main one
}

// Team is the name of the owner's main team, else of any; "" without one.
func (o Owner) Team() string {
	name := ""
	for _, t := range o.Teams {
		if t.Primary {
			return t.Name
		}
		name = t.Name
	}
	return name
}

// Name is what people call the owner: the full name, else the e-mail address.
func (o Owner) Name() string {
	switch {
	case o.First != "" && o.Last != "":
		return o.First + " " + o.Last
	case o.First+o.Last != "":
		return o.First + o.Last
	case o.Email != "":
		return o.Email
	}
	return string(o.ID)
}

// Pipeline is a sequence of stages through which deals move.
type Pipeline struct {
	ID     string
	Label  string
	Order  int
	Stages []Stage
}

// Stage is one step of a pipeline.
type Stage struct {
	ID          string
	Label       string
	Order       int
	Probability float64 // 0..1
	Closed      bool
}

// Won says whether a deal in this stage is won: closed with certainty.
func (s Stage) Won() bool { return s.Closed && s.Probability >= 1 }

// Portal is the HubSpot account that the local copy belongs to.
type Portal struct {
	ID       string // HubSpot's portal (hub) id
	Name     string // shown to the rep; the portal's domain or its id
	UIDomain string // host of HubSpot's own UI for this portal
	Currency string // the company currency, ISO 4217
	TimeZone string
}

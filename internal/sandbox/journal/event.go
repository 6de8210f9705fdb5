package journal

import (
	"slices"
	"time"
)

// Action is what happened.
type Action string

// The actions; fact sheet 7.3 and HubSpot's webhooksJournal file.
const (
	Create             Action = "CREATE"
	Update             Action = "UPDATE"
	Delete             Action = "DELETE"
	Merge              Action = "MERGE"
	Restore            Action = "RESTORE"
	AssociationAdded   Action = "ASSOCIATION_ADDED"
	AssociationRemoved Action = "ASSOCIATION_REMOVED"
	Snapshot           Action = "SNAPSHOT"
	AppInstall         Action = "APP_INSTALL"
	AppUninstall       Action = "APP_UNINSTALL"
	AddedToList        Action = "ADDED_TO_LIST"
	RemovedFromList    Action = "REMOVED_FROM_LIST"
	GDPRDelete         Action = "GDPR_DELETE"
)

// Event is one change: of one record with all its changed properties, of one
// association in one direction, or of the app. A changed association is two
// events, one from each side.
type Event struct {
	Action       Action
	OccurredAt   time.Time
	ObjectTypeID string // 0-1; of an association, the from side's
	ObjectID     int64  // of an association, the from side's
	// Changes are the properties that changed, with their new values.
	Changes map[string]string
	// Value gives a property's value after the change, for filters on properties
	// that did not change. It is called during Append, under the journal's lock.
	// nil means that Changes is all there is.
	Value       func(property string) string
	Association Association // of the association actions
	Merged      Merged      // of a merge
	ListID      int64       // of the list actions
}

// Merged is what a merge made of which records; fact sheet 3.7.
type Merged struct {
	PrimaryID       int64   // the record that won
	IDs             []int64 // those that were merged into it
	PropertiesMoved int
}

// Association is the link of an association event.
type Association struct {
	ToTypeID string // 0-2
	ToID     int64
	TypeID   int64  // 1
	Category string // HUBSPOT_DEFINED
	Primary  bool
}

// record is an event in a file; fact sheet 7.3. Its fields are in the order
// that HubSpot's examples have.
type record struct {
	Type       string `json:"type"`
	PortalID   int64  `json:"portalId"`
	OccurredAt Stamp  `json:"occurredAt"`
	Action     Action `json:"action,omitempty"`

	ObjectTypeID    string             `json:"objectTypeId,omitempty"`
	ObjectID        int64              `json:"objectId,omitempty"`
	PropertyChanges *map[string]string `json:"propertyChanges,omitempty"`

	PrimaryObjectID         int64   `json:"primaryObjectId,omitempty"`
	MergedObjectIDs         []int64 `json:"mergedObjectIds,omitempty"`
	NewObjectID             int64   `json:"newObjectId,omitempty"`
	NumberOfPropertiesMoved *int    `json:"numberOfPropertiesMoved,omitempty"`

	FromObjectTypeID    string `json:"fromObjectTypeId,omitempty"`
	FromObjectID        int64  `json:"fromObjectId,omitempty"`
	ToObjectTypeID      string `json:"toObjectTypeId,omitempty"`
	ToObjectID          int64  `json:"toObjectId,omitempty"`
	AssociationTypeID   int64  `json:"associationTypeId,omitempty"`
	AssociationCategory string `json:"associationCategory,omitempty"`
	IsPrimary           *bool  `json:"isPrimary,omitempty"`

	ListID      int64  `json:"listId,omitempty"`
	EventTypeID string `json:"eventTypeId,omitempty"`
	AppID       int64  `json:"appId,omitempty"`
}

// render makes an event's record with the changes of the shown properties.
func (j *Journal) render(e *Event, shown func(property string) bool) record {
	r := record{PortalID: j.opt.PortalID, OccurredAt: Stamp(e.OccurredAt.UnixMilli()), Action: e.Action}
	switch typeOf(e.Action) {
	case Object, "":
		changes := map[string]string{}
		for name, value := range e.Changes {
			if shown(name) {
				changes[name] = value
			}
		}
		r.Type, r.ObjectTypeID, r.ObjectID, r.PropertyChanges = "crmObject", e.ObjectTypeID, e.ObjectID, &changes
		if m := e.Merged; e.Action == Merge {
			r.PrimaryObjectID, r.MergedObjectIDs, r.NewObjectID, r.NumberOfPropertiesMoved = m.PrimaryID, m.IDs, e.ObjectID, &m.PropertiesMoved
		}
	case Associations:
		a := e.Association
		r.Type = "association"
		r.FromObjectTypeID, r.FromObjectID, r.ToObjectTypeID, r.ToObjectID = e.ObjectTypeID, e.ObjectID, a.ToTypeID, a.ToID
		r.AssociationTypeID, r.AssociationCategory, r.IsPrimary = a.TypeID, a.Category, &a.Primary
	case AppLifecycle:
		r.Type, r.Action, r.EventTypeID, r.AppID = "app_lifecycle_event", "", eventTypeOf(e.Action), j.opt.AppID
	case ListMembership:
		r.Type, r.ObjectTypeID, r.ObjectID, r.ListID = "listMembership", e.ObjectTypeID, e.ObjectID, e.ListID
	case GDPRPrivacyDeletion:
		r.Type, r.ObjectTypeID, r.ObjectID = "gdprPrivacyDeletion", e.ObjectTypeID, e.ObjectID
	}
	return r
}

// wants reports whether a subscription asks for an event; its filters are
// another question.
func (s *Subscription) wants(e *Event) bool {
	if s.Type != typeOf(e.Action) {
		return false
	}
	if s.Type == AppLifecycle {
		return s.ObjectTypeID == eventTypeOf(e.Action)
	}
	if !slices.Contains(s.Actions, e.Action) || !anyOf(s.ObjectIDs, e.ObjectID) {
		return false
	}
	switch s.Type {
	case Object:
		return s.ObjectTypeID == e.ObjectTypeID && (e.Action != Update || s.touches(e))
	case Associations:
		return s.ObjectTypeID == e.ObjectTypeID && anyOf(s.AssociatedObjectTypeIDs, e.Association.ToTypeID)
	case ListMembership:
		return anyOf(s.ListIDs, e.ListID)
	case GDPRPrivacyDeletion:
		return s.ObjectTypeID == e.ObjectTypeID
	case AppLifecycle:
	}
	return false
}

// touches reports whether an update changed a property that is asked for.
func (s *Subscription) touches(e *Event) bool {
	if len(s.Properties) == 0 {
		return true
	}
	return slices.ContainsFunc(s.Properties, func(name string) bool { _, changed := e.Changes[name]; return changed })
}

// anyOf reports whether v is in list; an empty list names everything.
func anyOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

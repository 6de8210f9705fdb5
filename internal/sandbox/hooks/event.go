package hooks

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// Kind is what happened to a record.
type Kind string

// The kinds, in the spelling of HubSpot's event types.
const (
	Creation          Kind = "creation"
	PropertyChange    Kind = "propertyChange"
	Deletion          Kind = "deletion"
	AssociationChange Kind = "associationChange"
	Merge             Kind = "merge"
	Restore           Kind = "restore"
	PrivacyDeletion   Kind = "privacyDeletion"
)

// Event is one change of one record: of one property, of one association in one
// direction, or of the record itself. A changed association is two events, one
// from each side.
type Event struct {
	Kind         Kind
	ObjectTypeID string // 0-1; of an association change, the from side's
	// Stem is the legacy event types' word: contact, company, deal, ticket,
	// product or line_item. "" for types that have none.
	Stem       string
	ObjectID   int64
	OccurredAt time.Time
	Source     string // changeSource: CRM_UI, INTEGRATION
	SourceID   string // userId:1; "" is left out

	Property  string // of a property change
	Value     string // its new value; "" when it was cleared
	Sensitive bool   // Value is not sent

	Association Association // of an association change

	PrimaryID       int64   // of a merge: the record that won
	MergedIDs       []int64 // the records that were merged into it
	NewID           int64   // the record that came of it
	PropertiesMoved int
}

// Association is the link of an association change.
type Association struct {
	Type         string // CONTACT_TO_COMPANY
	TypeID       int64  // 1; with Category, sent by the generic types only
	Category     string // HUBSPOT_DEFINED
	FromID, ToID int64
	FromTypeID   string // 0-1
	ToTypeID     string // 0-2
	Removed      bool
	Primary      bool
}

// Notification is one entry of a delivery's array; fact sheet 7.1. The order
// of the fields is that of HubSpot's examples.
type Notification struct {
	EventID          int64  `json:"eventId"`
	SubscriptionID   int64  `json:"subscriptionId"`
	PortalID         int64  `json:"portalId"`
	AppID            int64  `json:"appId"`
	OccurredAt       int64  `json:"occurredAt"` // milliseconds
	SubscriptionType string `json:"subscriptionType"`
	AttemptNumber    int    `json:"attemptNumber"`
	ObjectID         int64  `json:"objectId,omitempty"`
	ChangeSource     string `json:"changeSource"`
	ChangeFlag       string `json:"changeFlag,omitempty"`

	PropertyName  string  `json:"propertyName,omitempty"`
	PropertyValue *string `json:"propertyValue,omitempty"`

	AssociationType      string `json:"associationType,omitempty"`
	AssociationTypeID    int64  `json:"associationTypeId,omitempty"`
	AssociationCategory  string `json:"associationCategory,omitempty"`
	FromObjectID         int64  `json:"fromObjectId,omitempty"`
	FromObjectTypeID     string `json:"fromObjectTypeId,omitempty"`
	ToObjectID           int64  `json:"toObjectId,omitempty"`
	ToObjectTypeID       string `json:"toObjectTypeId,omitempty"`
	AssociationRemoved   *bool  `json:"associationRemoved,omitempty"`
	IsPrimaryAssociation *bool  `json:"isPrimaryAssociation,omitempty"`

	PrimaryObjectID         int64   `json:"primaryObjectId,omitempty"`
	MergedObjectIDs         []int64 `json:"mergedObjectIds,omitempty"`
	NewObjectID             int64   `json:"newObjectId,omitempty"`
	NumberOfPropertiesMoved *int    `json:"numberOfPropertiesMoved,omitempty"`

	SourceID     string `json:"sourceId,omitempty"`
	IsSensitive  *bool  `json:"isSensitive,omitempty"`
	ObjectTypeID string `json:"objectTypeId,omitempty"`
}

// wants reports whether a subscription asks for an event.
func (sub *Subscription) wants(e *Event) bool {
	if !sub.Active || e.Kind == PropertyChange && sub.PropertyName != e.Property {
		return false
	}
	if sub.EventType == generic+"."+string(e.Kind) {
		return sub.ObjectTypeID == e.ObjectTypeID
	}
	return sub.EventType == e.Stem+"."+string(e.Kind)
}

// notify renders an event for a subscription, without the event's id and the
// attempt. It keeps nothing of the event.
func (s *Sender) notify(sub *Subscription, e *Event) Notification {
	n := Notification{
		SubscriptionID: sub.ID, PortalID: s.opt.PortalID, AppID: s.opt.AppID,
		OccurredAt: e.OccurredAt.UnixMilli(), SubscriptionType: sub.EventType,
		ObjectID: e.ObjectID, ChangeSource: e.Source, SourceID: e.SourceID,
	}
	isGeneric := sub.ObjectTypeID != ""
	if isGeneric {
		n.ObjectTypeID = sub.ObjectTypeID
	}
	switch e.Kind {
	case Creation:
		n.ChangeFlag = "NEW"
	case Deletion:
		n.ChangeFlag = "DELETED"
	case PropertyChange:
		value := e.Value
		if e.Sensitive {
			value = "REDACTED"
		}
		sensitive := e.Sensitive
		n.PropertyName, n.PropertyValue, n.IsSensitive = e.Property, &value, &sensitive
	case AssociationChange:
		a := e.Association
		n.ObjectID = 0
		n.AssociationType, n.FromObjectID, n.ToObjectID = a.Type, a.FromID, a.ToID
		n.AssociationRemoved, n.IsPrimaryAssociation = &a.Removed, &a.Primary
		if isGeneric {
			n.AssociationTypeID, n.AssociationCategory = a.TypeID, a.Category
			n.FromObjectTypeID, n.ToObjectTypeID = a.FromTypeID, a.ToTypeID
		}
	case Merge:
		moved := e.PropertiesMoved
		n.ObjectID = 0
		n.PrimaryObjectID, n.MergedObjectIDs, n.NewObjectID = e.PrimaryID, slices.Clone(e.MergedIDs), e.NewID
		n.NumberOfPropertiesMoved = &moved
	case Restore, PrivacyDeletion:
	}
	return n
}

// body is a delivery: a compact JSON array of notifications, in which < and >
// are written as they are.
func body(batch []*Waiting) ([]byte, error) {
	list := make([]Notification, 0, len(batch))
	for _, w := range batch {
		n := w.Note
		n.AttemptNumber = w.Attempt
		list = append(list, n)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(list); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

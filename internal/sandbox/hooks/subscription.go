package hooks

import (
	"regexp"
	"slices"
	"strings"
)

// MaxSubscriptions is how many subscriptions an app may have; fact sheet 7.1.
const MaxSubscriptions = 1000

// Subscription asks for one kind of event. In JSON it is HubSpot's
// SubscriptionResponse.
type Subscription struct {
	ID        int64  `json:"id,string"`
	EventType string `json:"eventType"` // contact.creation, object.propertyChange
	// PropertyName is set for property changes only.
	PropertyName string `json:"propertyName,omitempty"`
	// ObjectTypeID, such as 0-1, is set for the generic object.* types only.
	ObjectTypeID string `json:"objectTypeId,omitempty"`
	Active       bool   `json:"active"`
	CreatedAt    Stamp  `json:"createdAt"`
	UpdatedAt    Stamp  `json:"updatedAt,omitempty"`
}

// NewSubscription is HubSpot's SubscriptionCreateRequest.
type NewSubscription struct {
	EventType    string `json:"eventType"`
	PropertyName string `json:"propertyName"`
	ObjectTypeID string `json:"objectTypeId"`
	Active       bool   `json:"active"`
}

// Activation is one input of a batch update: HubSpot's
// SubscriptionBatchUpdateRequest.
type Activation struct {
	ID     int64 `json:"id"`
	Active bool  `json:"active"`
}

// CreateSubscription adds a subscription. Refused with 400 are unknown event
// types, a generic type without an object type id, a property change without a
// property or with one that cannot be subscribed, and the 1,001st subscription;
// with 409 the same subscription twice.
func (s *Sender) CreateSubscription(n NewSubscription) (Subscription, error) {
	sub, err := checked(n)
	if err != nil {
		return Subscription{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.subs) >= MaxSubscriptions {
		return Subscription{}, invalid("This app already has the maximum of %d webhook subscriptions", MaxSubscriptions)
	}
	for _, old := range s.subs {
		if old.EventType == sub.EventType && old.PropertyName == sub.PropertyName && old.ObjectTypeID == sub.ObjectTypeID {
			return Subscription{}, conflict("A subscription to %s already exists with id %d", sub.EventType, old.ID)
		}
	}
	s.lastSub++
	sub.ID, sub.CreatedAt = s.lastSub, s.stamp()
	sub.UpdatedAt = sub.CreatedAt
	s.subs = append(s.subs, sub)
	return sub, nil
}

// checked validates a new subscription.
func checked(n NewSubscription) (Subscription, error) {
	sub := Subscription{EventType: n.EventType, Active: n.Active}
	stem, kind, ok := strings.Cut(n.EventType, ".")
	if !ok || !slices.Contains(strings.Fields(eventTypes), n.EventType) {
		return sub, invalid("Invalid eventType %q", n.EventType)
	}
	if stem == generic {
		if !typeID().MatchString(n.ObjectTypeID) {
			return sub, invalid("%s needs an objectTypeId such as 0-1, got %q", n.EventType, n.ObjectTypeID)
		}
		sub.ObjectTypeID = n.ObjectTypeID
	}
	if Kind(kind) == PropertyChange {
		if n.PropertyName == "" {
			return sub, invalid("propertyName is required for %s", n.EventType)
		}
		if slices.Contains(strings.Fields(notSubscribable), n.PropertyName) {
			return sub, invalid("Subscriptions to the property %s are not supported", n.PropertyName)
		}
		sub.PropertyName = n.PropertyName
	}
	return sub, nil
}

// generic is the stem of the event types that carry an object type id.
const generic = "object"

// notSubscribable are the properties whose changes cannot be subscribed; fact
// sheet 7.1.
const notSubscribable = "num_unique_conversion_events hs_lastmodifieddate"

// eventTypes are those of HubSpot's 2026-09 webhooks file. The conversations'
// and event.completed can be subscribed, but the sandbox has nothing to send.
const eventTypes = `
company.associationChange company.creation company.deletion company.merge company.propertyChange company.restore
contact.associationChange contact.creation contact.deletion contact.merge contact.privacyDeletion contact.propertyChange contact.restore
conversation.creation conversation.deletion conversation.newMessage conversation.privacyDeletion conversation.propertyChange
deal.associationChange deal.creation deal.deletion deal.merge deal.propertyChange deal.restore
event.completed
line_item.associationChange line_item.creation line_item.deletion line_item.merge line_item.propertyChange line_item.restore
object.associationChange object.creation object.deletion object.merge object.propertyChange object.restore
product.creation product.deletion product.merge product.propertyChange product.restore
ticket.associationChange ticket.creation ticket.deletion ticket.merge ticket.propertyChange ticket.restore`

func typeID() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+-[0-9]+$`) }

// Subscriptions lists all subscriptions, oldest first.
func (s *Sender) Subscriptions() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Subscription{}, s.subs...)
}

// Subscription finds a subscription, or refuses with 404.
func (s *Sender) Subscription(id int64) (Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.find(id)
	if sub == nil {
		return Subscription{}, noSubscription(id)
	}
	return *sub, nil
}

// SetActive activates or pauses a subscription, or refuses with 404.
func (s *Sender) SetActive(id int64, active bool) (Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.find(id)
	if sub == nil {
		return Subscription{}, noSubscription(id)
	}
	sub.Active, sub.UpdatedAt = active, s.stamp()
	return *sub, nil
}

// SetActiveBatch activates and pauses subscriptions. What is known is changed,
// in the order of the inputs; the ids that are not are returned apart.
func (s *Sender) SetActiveBatch(inputs []Activation) (changed []Subscription, missing []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed = []Subscription{}
	for _, in := range inputs {
		sub := s.find(in.ID)
		if sub == nil {
			missing = append(missing, in.ID)
			continue
		}
		sub.Active, sub.UpdatedAt = in.Active, s.stamp()
		changed = append(changed, *sub)
	}
	return changed, missing
}

// DeleteSubscription removes a subscription, or refuses with 404. What is
// already waiting for delivery is still delivered.
func (s *Sender) DeleteSubscription(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(id) == nil {
		return noSubscription(id)
	}
	s.subs = slices.DeleteFunc(s.subs, func(sub Subscription) bool { return sub.ID == id })
	return nil
}

func (s *Sender) find(id int64) *Subscription {
	for i := range s.subs {
		if s.subs[i].ID == id {
			return &s.subs[i]
		}
	}
	return nil
}

func noSubscription(id int64) *Error {
	return notFound("No webhook subscription with id %d", id)
}

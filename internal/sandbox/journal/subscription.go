package journal

import (
	"regexp"
	"slices"
	"strings"
)

// Type is the kind of a subscription; fact sheet 7.3.
type Type string

// The kinds that can be subscribed.
const (
	Object              Type = "OBJECT"
	Associations        Type = "ASSOCIATION"
	AppLifecycle        Type = "APP_LIFECYCLE_EVENT"
	ListMembership      Type = "LIST_MEMBERSHIP"
	GDPRPrivacyDeletion Type = "GDPR_PRIVACY_DELETION"
)

// The event types of an app's life; fact sheet 7.3.
const (
	InstallEvent   = "4-1909196"
	UninstallEvent = "4-1916193"
)

// actionsOf lists what can be asked of a kind.
func actionsOf(t Type) []Action {
	switch t {
	case Object:
		return []Action{Create, Update, Delete, Merge, Restore}
	case Associations:
		return []Action{AssociationAdded, AssociationRemoved}
	case AppLifecycle:
		return []Action{AppInstall, AppUninstall}
	case ListMembership:
		return []Action{AddedToList, RemovedFromList}
	case GDPRPrivacyDeletion:
		return []Action{GDPRDelete}
	}
	return nil
}

// typeOf is the kind of subscription that an action belongs to; "" for a
// snapshot, which is not subscribed.
func typeOf(a Action) Type {
	for _, t := range []Type{Object, Associations, AppLifecycle, ListMembership, GDPRPrivacyDeletion} {
		if slices.Contains(actionsOf(t), a) {
			return t
		}
	}
	return ""
}

func eventTypeOf(a Action) string {
	if a == AppUninstall {
		return UninstallEvent
	}
	return InstallEvent
}

// Request is the body that subscribes: one of HubSpot's five
// SubscriptionUpsertRequests, told apart by Type.
type Request struct {
	Type                    Type     `json:"subscriptionType"`
	PortalID                int64    `json:"portalId"`
	ObjectTypeID            string   `json:"objectTypeId"`
	Actions                 []Action `json:"actions"`
	Properties              []string `json:"properties"`
	ObjectIDs               []int64  `json:"objectIds"`
	AssociatedObjectTypeIDs []string `json:"associatedObjectTypeIds"`
	ListIDs                 []int64  `json:"listIds"`
	EventTypeID             string   `json:"eventTypeId"`
}

// Subscription says what is journaled. In JSON it is HubSpot's
// SubscriptionResponse; of an app lifecycle subscription, which has no object
// type, ObjectTypeID is the event type.
type Subscription struct {
	ID                      int64    `json:"id"`
	AppID                   int64    `json:"appId"`
	Type                    Type     `json:"subscriptionType"`
	PortalID                int64    `json:"portalId,omitempty"`
	ObjectTypeID            string   `json:"objectTypeId"`
	Actions                 []Action `json:"actions"`
	Properties              []string `json:"properties,omitempty"`
	ObjectIDs               []int64  `json:"objectIds,omitempty"`
	AssociatedObjectTypeIDs []string `json:"associatedObjectTypeIds,omitempty"`
	ListIDs                 []int64  `json:"listIds,omitempty"`
	CreatedAt               Stamp    `json:"createdAt"`
	UpdatedAt               Stamp    `json:"updatedAt"`
}

// Subscribe adds a subscription, or replaces the one of the same kind and
// object type. Bad requests are refused with 400, another portal with 403.
func (j *Journal) Subscribe(r Request) (Subscription, error) {
	s, err := j.checked(r)
	if err != nil {
		return Subscription{}, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s.UpdatedAt = j.stamp()
	for i := range j.subs {
		if old := j.subs[i]; old.Type == s.Type && old.ObjectTypeID == s.ObjectTypeID {
			s.ID, s.CreatedAt = old.ID, old.CreatedAt
			j.subs[i] = s
			return s, nil
		}
	}
	j.lastSub++
	s.ID, s.CreatedAt = j.lastSub, s.UpdatedAt
	j.subs = append(j.subs, s)
	return s, nil
}

// checked validates a request and keeps what its kind has a use for.
func (j *Journal) checked(r Request) (Subscription, error) {
	s := Subscription{AppID: j.opt.AppID, Type: r.Type, PortalID: r.PortalID}
	allowed := actionsOf(r.Type)
	if allowed == nil {
		return s, invalid("Invalid subscriptionType %q", r.Type)
	}
	if r.Type == AppLifecycle {
		s.PortalID, s.ObjectTypeID = 0, r.EventTypeID
		switch r.EventTypeID {
		case InstallEvent:
			s.Actions = []Action{AppInstall}
		case UninstallEvent:
			s.Actions = []Action{AppUninstall}
		default:
			return s, invalid("Invalid eventTypeId %q: want %s (install) or %s (uninstall)", r.EventTypeID, InstallEvent, UninstallEvent)
		}
		s.Properties = slices.Clone(r.Properties)
		return s, nil
	}
	if err := j.checkPortal(r.PortalID); err != nil {
		return s, err
	}
	if len(r.Actions) == 0 {
		return s, invalid("actions must not be empty for %s", r.Type)
	}
	for _, a := range r.Actions {
		if !slices.Contains(allowed, a) {
			return s, invalid("Invalid action %q for %s", a, r.Type)
		}
	}
	s.Actions = slices.Clone(r.Actions)
	if r.Type != ListMembership {
		if err := checkTypes(append([]string{r.ObjectTypeID}, r.AssociatedObjectTypeIDs...)); err != nil {
			return s, err
		}
		s.ObjectTypeID = r.ObjectTypeID
	}
	switch r.Type {
	case Object:
		s.Properties, s.ObjectIDs = slices.Clone(r.Properties), slices.Clone(r.ObjectIDs)
	case Associations:
		s.AssociatedObjectTypeIDs, s.ObjectIDs = slices.Clone(r.AssociatedObjectTypeIDs), slices.Clone(r.ObjectIDs)
	case ListMembership:
		s.ListIDs, s.ObjectIDs = slices.Clone(r.ListIDs), slices.Clone(r.ObjectIDs)
	case GDPRPrivacyDeletion, AppLifecycle:
	}
	return s, nil
}

func (j *Journal) checkPortal(id int64) error {
	if id <= 0 {
		return invalid("portalId is required")
	}
	if id != j.opt.PortalID {
		return forbidden("This app is not installed in portal %d", id)
	}
	return nil
}

// checkTypes refuses what does not look like 0-1.
func checkTypes(ids []string) error {
	pattern := regexp.MustCompile(`^[0-9]+-[0-9]+$`)
	for _, id := range ids {
		if !pattern.MatchString(id) {
			return invalid("Invalid object type id %q: want one such as 0-1", strings.ToValidUTF8(id, "?"))
		}
	}
	return nil
}

// Subscriptions lists all subscriptions, oldest first.
func (j *Journal) Subscriptions() []Subscription {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Subscription{}, j.subs...)
}

// Subscription finds a subscription, or refuses with 404.
func (j *Journal) Subscription(id int64) (Subscription, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := j.find(id)
	if i < 0 {
		return Subscription{}, noSubscription(id)
	}
	return j.subs[i], nil
}

// Unsubscribe removes a subscription and its filters, or refuses with 404. What
// is journaled already stays.
func (j *Journal) Unsubscribe(id int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.find(id) < 0 {
		return noSubscription(id)
	}
	j.drop(func(s Subscription) bool { return s.ID == id })
	return nil
}

// UnsubscribePortal removes all subscriptions of a portal, and is content when
// there are none. App lifecycle subscriptions belong to no portal and stay.
func (j *Journal) UnsubscribePortal(portalID int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.drop(func(s Subscription) bool { return s.PortalID != 0 && s.PortalID == portalID })
}

func (j *Journal) drop(gone func(Subscription) bool) {
	j.subs = slices.DeleteFunc(j.subs, gone)
	j.filters = slices.DeleteFunc(j.filters, func(f StoredFilter) bool { return j.find(f.SubscriptionID) < 0 })
}

func (j *Journal) find(id int64) int {
	return slices.IndexFunc(j.subs, func(s Subscription) bool { return s.ID == id })
}

func noSubscription(id int64) *Error { return notFound("No journal subscription with id %d", id) }

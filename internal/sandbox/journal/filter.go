package journal

import (
	"slices"
	"strconv"
	"strings"
)

// Filter narrows a subscription: all its conditions have to hold.
type Filter struct {
	Conditions []Condition `json:"conditions"`
}

// Condition compares a property of the record with Value, or with Values for IN
// and NOT_IN; fact sheet 7.3.
type Condition struct {
	FilterType string   `json:"filterType"` // CRM_OBJECT_PROPERTY
	Property   string   `json:"property"`
	Operator   string   `json:"operator"`
	Value      string   `json:"value,omitempty"`
	Values     []string `json:"values,omitempty"`
}

// StoredFilter is HubSpot's FilterResponse. CreatedAt is in milliseconds, which
// here is a number in JSON.
type StoredFilter struct {
	ID             int64  `json:"id"`
	Filter         Filter `json:"filter"`
	CreatedAt      int64  `json:"createdAt"`
	SubscriptionID int64  `json:"-"`
}

// CreateFilter adds a filter to an OBJECT subscription and returns its id. A
// record has to pass one of the subscription's filters. Refused are an unknown
// subscription with 404, and with 400 a filter without conditions and a
// condition that cannot be evaluated.
func (j *Journal) CreateFilter(subscriptionID int64, f Filter) (int64, error) {
	if len(f.Conditions) == 0 {
		return 0, invalid("conditions must not be empty")
	}
	for _, c := range f.Conditions {
		if err := c.check(); err != nil {
			return 0, err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	i := j.find(subscriptionID)
	if i < 0 {
		return 0, noSubscription(subscriptionID)
	}
	if j.subs[i].Type != Object {
		return 0, invalid("Filters are for %s subscriptions; %d is %s", Object, subscriptionID, j.subs[i].Type)
	}
	j.lastFilter++
	f.Conditions = slices.Clone(f.Conditions)
	j.filters = append(j.filters, StoredFilter{ID: j.lastFilter, Filter: f, CreatedAt: j.now().UnixMilli(), SubscriptionID: subscriptionID})
	return j.lastFilter, nil
}

// Filters lists a subscription's filters, or refuses with 404.
func (j *Journal) Filters(subscriptionID int64) ([]StoredFilter, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.find(subscriptionID) < 0 {
		return nil, noSubscription(subscriptionID)
	}
	out := []StoredFilter{}
	for _, f := range j.filters {
		if f.SubscriptionID == subscriptionID {
			out = append(out, f)
		}
	}
	return out, nil
}

// Filter finds a filter, or refuses with 404.
func (j *Journal) Filter(id int64) (StoredFilter, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, f := range j.filters {
		if f.ID == id {
			return f, nil
		}
	}
	return StoredFilter{}, noFilter(id)
}

// DeleteFilter removes a filter, or refuses with 404.
func (j *Journal) DeleteFilter(id int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := len(j.filters)
	j.filters = slices.DeleteFunc(j.filters, func(f StoredFilter) bool { return f.ID == id })
	if len(j.filters) == before {
		return noFilter(id)
	}
	return nil
}

func noFilter(id int64) *Error { return notFound("No filter with id %d", id) }

// check refuses a condition that cannot be evaluated.
func (c *Condition) check() error {
	if c.FilterType != "CRM_OBJECT_PROPERTY" {
		return invalid("Invalid filterType %q: want CRM_OBJECT_PROPERTY", c.FilterType)
	}
	if c.Property == "" {
		return invalid("A condition needs a property")
	}
	switch c.Operator {
	case "IN", "NOT_IN":
		if len(c.Values) == 0 {
			return invalid("%s needs values", c.Operator)
		}
	case "CONTAINS", "ENDS_WITH", "EQ", "GT", "GTE", "LT", "LTE", "N_EQ", "STARTS_WITH":
		if c.Value == "" {
			return invalid("%s needs a value", c.Operator)
		}
	case "IS_EMPTY", "IS_NOT_EMPTY":
	default:
		return invalid("Invalid operator %q", c.Operator)
	}
	return nil
}

// holds evaluates a condition for a property's value; "" is no value.
func (c *Condition) holds(v string) bool {
	switch c.Operator {
	case "CONTAINS":
		return strings.Contains(v, c.Value)
	case "ENDS_WITH":
		return strings.HasSuffix(v, c.Value)
	case "STARTS_WITH":
		return strings.HasPrefix(v, c.Value)
	case "EQ":
		return v == c.Value
	case "N_EQ":
		return v != c.Value
	case "GT":
		return v != "" && compare(v, c.Value) > 0
	case "GTE":
		return v != "" && compare(v, c.Value) >= 0
	case "LT":
		return v != "" && compare(v, c.Value) < 0
	case "LTE":
		return v != "" && compare(v, c.Value) <= 0
	case "IN":
		return slices.Contains(c.Values, v)
	case "NOT_IN":
		return !slices.Contains(c.Values, v)
	case "IS_EMPTY":
		return v == ""
	case "IS_NOT_EMPTY":
		return v != ""
	}
	return false
}

// compare orders two values: as numbers when both are, else as texts.
func compare(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX != nil || errY != nil:
		return strings.Compare(a, b)
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// passes reports whether an event passes one of a subscription's filters, or
// there is none.
func (j *Journal) passes(subscriptionID int64, e *Event) bool {
	filtered := false
	for _, f := range j.filters {
		if f.SubscriptionID != subscriptionID {
			continue
		}
		if !slices.ContainsFunc(f.Filter.Conditions, func(c Condition) bool { return !c.holds(e.value(c.Property)) }) {
			return true
		}
		filtered = true
	}
	return !filtered
}

// value is a property's value after the change.
func (e *Event) value(property string) string {
	if v, changed := e.Changes[property]; changed || e.Value == nil {
		return v
	}
	return e.Value(property)
}

package sandbox

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// The types of owners; fact sheet 5.2.
const (
	ownerPerson = "PERSON"
	ownerQueue  = "QUEUE"
)

// owner is a person of the account: an owner of records and the user behind it;
// or a queue, which has no user.
type owner struct {
	Type                       string // "" is a person
	ID, UserID                 int64  // UserID 0 is no user
	Email, FirstName, LastName string
	TeamID                     int64
	Team                       string
	Created, Updated, Archived int64
}

type ownerJSON struct {
	ID        string     `json:"id"`
	Email     string     `json:"email,omitempty"`
	Type      string     `json:"type"`
	FirstName string     `json:"firstName,omitempty"`
	LastName  string     `json:"lastName,omitempty"`
	UserID    *int64     `json:"userId"`
	Inactive  *int64     `json:"userIdIncludingInactive"`
	CreatedAt string     `json:"createdAt"`
	UpdatedAt string     `json:"updatedAt"`
	Archived  bool       `json:"archived"`
	Teams     []teamJSON `json:"teams,omitempty"`
}

type teamJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Primary bool   `json:"primary"`
}

func (o *owner) view() ownerJSON {
	v := ownerJSON{
		ID: strconv.FormatInt(o.ID, 10), Email: o.Email, Type: cmp.Or(o.Type, ownerPerson), FirstName: o.FirstName, LastName: o.LastName,
		UserID: &o.UserID, Inactive: &o.UserID, CreatedAt: stamp(o.Created), UpdatedAt: stamp(o.Updated), Archived: o.Archived != 0,
	}
	if v.Archived {
		v.UserID = nil
	}
	if o.UserID == 0 {
		v.UserID, v.Inactive = nil, nil
	}
	if o.Team != "" {
		v.Teams = []teamJSON{{strconv.FormatInt(o.TeamID, 10), o.Team, true}}
	}
	return v
}

// addOwner gives an owner and its user their ids.
func (p *Portal) addOwner(o owner) *owner {
	n := uint64(len(p.owners))
	o.ID, o.UserID = 41_629_779, 9_586_504
	if n > 0 {
		last := p.owners[n-1]
		o.ID = last.ID + 1 + int64(mix(p.salt+n)%70_000)
		o.UserID = p.lastUserID() + 1 + int64(mix(p.salt-n)%20_000)
	}
	if o.Type == ownerQueue {
		o.UserID = 0
	}
	if o.Team != "" {
		o.TeamID = p.teamID(o.Team)
	}
	p.owners = append(p.owners, &o)
	return &o
}

func (p *Portal) lastUserID() int64 {
	last := int64(0)
	for _, o := range p.owners {
		last = max(last, o.UserID)
	}
	return last
}

func (p *Portal) teamID(name string) int64 {
	next := int64(178_588)
	for _, o := range p.owners {
		if o.Team == name {
			return o.TeamID
		}
		next = max(next, o.TeamID+13)
	}
	return next
}

// user finds a user by e-mail, user id or owner id; "" is the first owner's.
func (p *Portal) user(name string) *owner {
	for _, o := range p.owners {
		if name == "" || strings.EqualFold(o.Email, name) || strconv.FormatInt(o.UserID, 10) == name || strconv.FormatInt(o.ID, 10) == name {
			return o
		}
	}
	return nil
}

func (p *Portal) emailOf(userID int64) string {
	for _, o := range p.owners {
		if o.UserID == userID {
			return o.Email
		}
	}
	return ""
}

// isOwner reports whether an owner with this id exists.
func (p *Portal) isOwner(id string) bool {
	for _, o := range p.owners {
		if strconv.FormatInt(o.ID, 10) == id {
			return true
		}
	}
	return false
}

// listOwners is GET /crm/owners/{v}; fact sheet 5.2.
func listOwners(c *call) (answer, error) {
	if err := c.need("crm.objects.owners.read"); err != nil {
		return answer{}, err
	}
	q := c.r.URL.Query()
	limit, err := c.limit(100, 500)
	if err != nil {
		return answer{}, err
	}
	after, err := c.after()
	if err != nil {
		return answer{}, err
	}
	archived := q.Get("archived") == "true"
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	page := struct {
		Results []ownerJSON `json:"results"`
		Paging  *paging     `json:"paging,omitempty"`
	}{Results: []ownerJSON{}}
	for _, o := range c.p.owners {
		if o.ID < after || (o.Archived != 0) != archived || q.Has("email") && !strings.EqualFold(o.Email, q.Get("email")) {
			continue
		}
		if len(page.Results) == limit {
			page.Paging = c.next(strconv.FormatInt(o.ID, 10))
			break
		}
		page.Results = append(page.Results, o.view())
	}
	return ok(page), nil
}

// getOwner is GET /crm/owners/{v}/{ownerId}.
func getOwner(c *call) (answer, error) {
	if err := c.need("crm.objects.owners.read"); err != nil {
		return answer{}, err
	}
	id, okID := parseID(c.r.PathValue("id"))
	byUser := c.r.URL.Query().Get("idProperty") == "userId"
	archived := c.r.URL.Query().Get("archived") == "true"
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	for _, o := range c.p.owners {
		if okID && (byUser && o.UserID == id || !byUser && o.ID == id) && (o.Archived != 0) == archived {
			return ok(o.view()), nil
		}
	}
	return answer{}, notFound()
}

// account is GET /account-info/{v}/details; fact sheet 1.5.
type account struct {
	PortalID             int64    `json:"portalId"`
	AccountType          string   `json:"accountType"`
	TimeZone             string   `json:"timeZone"`
	CompanyCurrency      string   `json:"companyCurrency"`
	AdditionalCurrencies []string `json:"additionalCurrencies"`
	UTCOffset            string   `json:"utcOffset"`
	UTCOffsetMS          int      `json:"utcOffsetMilliseconds"`
	UIDomain             string   `json:"uiDomain"`
	DataHostingLocation  string   `json:"dataHostingLocation"`
}

func accountDetails(c *call) (answer, error) {
	now := c.p.Now().In(c.p.zone)
	_, offset := now.Zone()
	return ok(account{
		PortalID: c.p.portalID, AccountType: "STANDARD", TimeZone: c.p.zone.String(), CompanyCurrency: homeCurrency,
		AdditionalCurrencies: []string{"USD", "GBP", "CHF", "JPY"}, UTCOffset: now.Format("-07:00"), UTCOffsetMS: offset * 1000,
		UIDomain: uiDomain, DataHostingLocation: "na1",
	}), nil
}

const homeCurrency = "EUR"

// dailyUsage is what a private app may still call today.
func dailyUsage(c *call) (answer, error) {
	if !c.who.private {
		return answer{}, &apiError{code: http.StatusForbidden, Message: "Only private apps have a daily limit.", Category: "FORBIDDEN"}
	}
	type usage struct {
		Name         string `json:"name"`
		UsageLimit   int    `json:"usageLimit"`
		CurrentUsage int    `json:"currentUsage"`
		CollectedAt  string `json:"collectedAt"`
		FetchStatus  string `json:"fetchStatus"`
		ResetsAt     string `json:"resetsAt"`
	}
	c.p.meter.mu.Lock()
	used, daily := c.p.meter.today, c.p.meter.plan.daily
	c.p.meter.mu.Unlock()
	now := c.p.Now().In(c.p.zone)
	year, month, day := now.Date()
	midnight := now.AddDate(0, 0, 1).Add(-now.Sub(dayStart(year, month, day, c.p.zone)))
	return ok(map[string][]usage{"results": {{
		"private-apps-api-calls-daily", daily, used, stamp(now.UnixMilli()), "SUCCESS", stamp(midnight.UnixMilli()),
	}}}), nil
}

package hubspot

import (
	"context"
	"net/http"
	"time"

	"satchel/internal/crm"
)

type details struct {
	ID       id     `json:"portalId"`
	TimeZone string `json:"timeZone"`
	Currency string `json:"companyCurrency"`
	UIDomain string `json:"uiDomain"`
	Offset   int64  `json:"utcOffsetMilliseconds"`
}

func (d details) whole() bool { return d.ID != "" }

// Portal says which HubSpot account the token belongs to. It also tells the
// budget the account's time zone, in which HubSpot's days end.
func (c *Client) Portal(ctx context.Context) (crm.Portal, error) {
	var a details
	q := read("portal", http.MethodGet, "/account-info/"+version+"/details")
	if err := c.do(ctx, q, &a); err != nil {
		return crm.Portal{}, err
	}
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil || a.TimeZone == "" { // a machine without a zone table
		zone = time.FixedZone(a.TimeZone, int(a.Offset/1000))
	}
	c.budget.SetZone(zone)
	return crm.Portal{
		ID: string(a.ID), Name: string(a.ID), UIDomain: a.UIDomain,
		Currency: a.Currency, TimeZone: a.TimeZone,
	}, nil
}

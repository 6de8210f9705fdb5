package oauth

import (
	"log/slog"
	"time"
)

// Grant is what a sign-in gives. It prints and logs without its tokens.
type Grant struct {
	Access   string
	Refresh  string
	Lifetime time.Duration // of Access
	Issued   time.Time     // before the request that gave it
	Scopes   []string      // what was granted; nil when HubSpot did not say
	PortalID string
	UserID   string
}

// LogValue leaves the tokens out.
func (g Grant) LogValue() slog.Value {
	return slog.GroupValue(slog.String("portal", g.PortalID), slog.Duration("lifetime", g.Lifetime))
}

// String leaves the tokens out.
func (g Grant) String() string { return "grant for portal " + g.PortalID }

// GoString leaves the tokens out.
func (g Grant) GoString() string { return g.String() }

// Identity is whom a token belongs to.
type Identity struct {
	Email    string // the user's
	UserID   string
	PortalID string
	Domain   string // the customer's web site, not HubSpot's
	Scopes   []string
}

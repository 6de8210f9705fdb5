package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// maxIndexLag is the longest that search may lag behind the records.
const maxIndexLag = time.Hour

// Options says what portal to open. The zero value is a self-made portal of
// 2,000 contacts under OAuth limits, without latency.
type Options struct {
	// SeedDir is a folder with owners.csv, companies.csv, contacts.csv and
	// deals.csv; a missing file is fine. "" is a self-made portal.
	SeedDir string
	// ShiftDates moves all dates of SeedDir so that the newest close date is today.
	ShiftDates bool
	// Contacts is the size of a self-made portal, 0 for 2,000. Companies are an
	// eighth of it (at most 20,000), deals a quarter (at most 30,000).
	Contacts int
	// Latency is added to every API answer, after the change was applied.
	Latency time.Duration
	// Limits names the plan: "oauth" (or "": 110 calls per 10 s for an OAuth
	// app, 190 for a static token), "free", "pro", "pro+", "enterprise",
	// "enterprise+" or "off"; + is the API limit increase. [Portal.SetLimits]
	// changes it.
	Limits string
	// RetryAfter sends Retry-After with every 429; HubSpot does not promise it.
	RetryAfter bool
	// RateCategory gives the 429 bodies the category RATE_LIMITS in place of the
	// errorType, as some newer captures have it.
	RateCategory bool
	// StateFile keeps the portal between runs: loaded when it is there, which
	// makes SeedDir and Contacts meaningless, and saved shortly after changes and
	// on Close, mode 0600, by rename.
	StateFile string
	// IndexLag is how long a change needs to reach the search index, at most a
	// minute.
	IndexLag time.Duration
	// RefuseUniqueProperties answers 403 to a new property with hasUniqueValue.
	RefuseUniqueProperties bool
	// RefuseAssociations takes the permission "Edit Associations" from every user,
	// which 2026-09 asks for.
	RefuseAssociations bool
	// PKCE is "ignore" (or "": as HubSpot's ordinary apps do) or "enforce": an
	// authorization code is given only to who has the verifier of its challenge.
	PKCE string
	// RotateRefresh gives a new refresh token with every refresh and ends the old
	// one. HubSpot was never seen to do so.
	RotateRefresh bool
	// Redirects are the redirect URLs of the OAuth app in place of Satchel's three:
	// https, or http on localhost; no IP addresses.
	Redirects []string
	// App says which scopes the OAuth app may be installed with; the zero value
	// lets every scope be asked for as the caller likes.
	App AppScopes
	// Lacks are scopes of products that the account has not bought.
	Lacks []string
	// Tokens are the static tokens, none for one with every scope. Each is an app
	// of its own with limits of its own. A further start with the same StateFile
	// needs the same list.
	Tokens []StaticToken
	// Now is the clock, nil for time.Now.
	Now func() time.Time
	// Seed makes ids, values and tokens; equal options with an equal clock give
	// equal portals.
	Seed int64
	// Logger gets what a person at the sandbox would want to know; nil is silent.
	Logger *slog.Logger
}

// Check says in one sentence what is wrong with the options, reading no file.
func (o Options) Check() error {
	if _, known := planOf(o.Limits); !known {
		return fmt.Errorf("limits %q: want %s", o.Limits, planNames())
	}
	if o.Contacts < 0 || o.IndexLag < 0 || o.Latency < 0 {
		return errors.New("contacts, latency and index lag must not be negative")
	}
	if o.IndexLag > maxIndexLag {
		return fmt.Errorf("index lag %s: at most %s", o.IndexLag, maxIndexLag)
	}
	if !slices.Contains([]string{"", pkceIgnore, pkceEnforce}, o.PKCE) {
		return fmt.Errorf("pkce %q: want ignore or enforce", o.PKCE)
	}
	for _, address := range o.Redirects {
		if err := checkRedirect(address); err != nil {
			return err
		}
	}
	if err := o.App.check(); err != nil {
		return err
	}
	for _, t := range o.Tokens {
		if err := checkScopes(t.Scopes); err != nil {
			return fmt.Errorf("token %q: %w", t.Name, err)
		}
	}
	return checkScopes(o.Lacks)
}

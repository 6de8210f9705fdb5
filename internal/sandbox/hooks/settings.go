package hooks

import (
	"net/netip"
	"net/url"
	"strings"
)

// Throttling limits a delivery; fact sheet 7.1.
type Throttling struct {
	// MaxConcurrentRequests is at least 6; 0 means 10, HubSpot's default.
	MaxConcurrentRequests int `json:"maxConcurrentRequests"`
	// Period is an old field of v3. It is kept and has no effect.
	Period string `json:"period,omitempty"`
}

// Settings say where events are delivered. In JSON they are HubSpot's
// SettingsResponse.
type Settings struct {
	TargetURL  string     `json:"targetUrl"`
	Throttling Throttling `json:"throttling"`
	CreatedAt  Stamp      `json:"createdAt"`
	UpdatedAt  Stamp      `json:"updatedAt,omitempty"`
}

const (
	defaultConcurrency = 10
	leastConcurrency   = 6
	mostConcurrency    = 1000 // so that a slip does not take the machine down
)

// PutSettings sets or changes the target and the throttling. A target is an
// http or https address on this machine, or with Options.AnyTarget an https
// address anywhere; anything else is refused with 400.
func (s *Sender) PutSettings(target string, th Throttling) (Settings, error) {
	if err := s.checkTarget(target); err != nil {
		return Settings{}, err
	}
	if th.MaxConcurrentRequests == 0 {
		th.MaxConcurrentRequests = defaultConcurrency
	}
	if n := th.MaxConcurrentRequests; n < leastConcurrency || n > mostConcurrency {
		return Settings{}, invalid("maxConcurrentRequests must be a number greater than five and at most %d, got %d", mostConcurrency, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.stamp()
	next := Settings{TargetURL: target, Throttling: th, CreatedAt: now, UpdatedAt: now}
	if s.settings != nil {
		next.CreatedAt = s.settings.CreatedAt
	}
	s.settings = &next
	s.poke()
	return next, nil
}

// Settings returns the settings, or refuses with 404 when there are none.
func (s *Sender) Settings() (Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil {
		return Settings{}, noSettings()
	}
	return *s.settings, nil
}

// DeleteSettings removes the target: subscriptions stay, and nothing is
// delivered until there is a target again. It refuses with 404 when there are
// no settings.
func (s *Sender) DeleteSettings() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil {
		return noSettings()
	}
	s.settings = nil
	return nil
}

func noSettings() *Error { return notFound("This app has no webhook settings") }

// checkTarget keeps the sandbox from calling strangers.
func (s *Sender) checkTarget(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
		return invalid("targetUrl must be a full http or https address without a user name and a fragment, got %q", target)
	}
	switch {
	case loopback(u.Hostname()):
		return nil
	case !s.opt.AnyTarget:
		return invalid("targetUrl %q is on another machine; this sandbox delivers only to its own machine (localhost, 127.0.0.1, [::1])", target)
	case u.Scheme != "https":
		return invalid("targetUrl %q must be https; http is for this machine only (localhost, 127.0.0.1, [::1])", target)
	default:
		return nil
	}
}

// loopback reports whether a host name means this machine.
func loopback(host string) bool {
	if host = strings.TrimSuffix(strings.ToLower(host), "."); host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

package sandbox

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// redirects are the callbacks that are registered for the app unless
// Options.Redirects names others: Satchel's.
func redirects() []string {
	return []string{"http://localhost:47611/callback", "http://localhost:47612/callback", "http://localhost:47613/callback"}
}

// redirects are the app's registered redirect URLs.
func (p *Portal) redirects() []string {
	if len(p.opt.Redirects) > 0 {
		return p.opt.Redirects
	}
	return redirects()
}

// registered reports whether a redirect URL is exactly one of the app's.
func (p *Portal) registered(address string) bool { return slices.Contains(p.redirects(), address) }

// checkRedirect refuses what HubSpot does not let an app register: it must be
// https, or http on localhost, and never an IP address; fact sheet 1.2.
func checkRedirect(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("redirect %q: not an address that a browser can be sent to", address)
	case isIP(u.Hostname()):
		return fmt.Errorf("redirect %q: IP addresses are not supported, use localhost", address)
	case u.Scheme == "http" && u.Hostname() != "localhost":
		return fmt.Errorf("redirect %q: http is for localhost only, use https", address)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("redirect %q: want https, or http on localhost", address)
	}
	return nil
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// backTo is a redirect URL with more parameters.
func backTo(redirect string, more url.Values) string {
	joint := "?"
	if strings.Contains(redirect, "?") {
		joint = "&"
	}
	return redirect + joint + more.Encode()
}

// origins are the hosts of the redirects, as a content security policy names
// them.
func (p *Portal) origins() string {
	var out []string
	for _, address := range p.redirects() {
		if u, err := url.Parse(address); err == nil { // checked in Open
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

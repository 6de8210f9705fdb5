package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// AppScopes are the scopes in the OAuth app's configuration; fact sheet 1.1 and
// 1.8. An install address that does not fit them shows a page that says so.
type AppScopes struct {
	Required    []string // all must stand in scope
	Conditional []string // may stand in scope
	Optional    []string // may stand in optional_scope
}

func (s AppScopes) any() bool { return len(s.Required)+len(s.Conditional)+len(s.Optional) == 0 }

func (s AppScopes) check() error {
	return checkScopes(slices.Concat(s.Required, s.Conditional, s.Optional))
}

// mismatch lists the scopes with which a request does not fit the app.
func (s AppScopes) mismatch(asked, optional []string) []string {
	var out []string
	known := knownScopes()
	for _, scope := range asked {
		if !slices.Contains(known, scope) || !s.any() && !slices.Contains(s.Required, scope) && !slices.Contains(s.Conditional, scope) {
			out = append(out, scope)
		}
	}
	for _, scope := range s.Required {
		if !slices.Contains(asked, scope) {
			out = append(out, scope)
		}
	}
	for _, scope := range optional {
		if !s.any() && !slices.Contains(s.Optional, scope) {
			out = append(out, scope)
		}
	}
	return out
}

// knownScopes lists the scopes that a user can grant; fact sheet 1.8.
func knownScopes() []string {
	scopes := []string{"oauth", "crm.objects.owners.read", "settings.users.read", "sales-email-read", "tickets", "crm.lists.read", "e-commerce"}
	for _, kind := range []string{"contacts", "companies", "deals", "line_items", "products", "custom"} {
		scopes = append(scopes, "crm.objects."+kind+".read", "crm.objects."+kind+".write", "crm.schemas."+kind+".read", "crm.schemas."+kind+".write")
	}
	scopes = append(scopes, "crm.objects.users.read", "crm.objects.users.write")
	slices.Sort(scopes)
	return scopes
}

// appScopes lists the scopes that an app has by itself, without a user: those
// of the client_credentials grant; fact sheet 1.3.
func appScopes() []string {
	const journal = "developer.webhooks_journal."
	return []string{
		journal + "read", journal + "snapshots.read", journal + "snapshots.write",
		journal + "subscriptions.read", journal + "subscriptions.write",
	}
}

// checkScopes refuses scopes that do not exist here.
func checkScopes(scopes []string) error {
	known := append(knownScopes(), appScopes()...)
	for _, scope := range scopes {
		if !slices.Contains(known, scope) {
			return fmt.Errorf("scope %q is unknown", scope)
		}
	}
	return nil
}

// scopesOf reads the scopes an authorize request asks for and would be granted,
// and those that it must not ask for, or lacks. Optional ones that the account
// or this portal does not have are dropped; fact sheet 1.1.
func (p *Portal) scopesOf(q url.Values) (granted, wrong []string) {
	asked, optional := strings.Fields(q.Get("scope")), strings.Fields(q.Get("optional_scope"))
	wrong = p.opt.App.mismatch(asked, optional)
	granted = slices.Clone(asked)
	known := knownScopes()
	for _, scope := range optional {
		if slices.Contains(known, scope) && !slices.Contains(p.opt.Lacks, scope) {
			granted = append(granted, scope)
		}
	}
	slices.Sort(granted)
	return slices.Compact(granted), wrong
}

// lacking lists the required scopes of a request for which the account has not
// bought the product.
func (p *Portal) lacking(q url.Values) []string {
	var out []string
	for scope := range strings.FieldsSeq(q.Get("scope")) {
		if slices.Contains(p.opt.Lacks, scope) {
			out = append(out, scope)
		}
	}
	return out
}

// inWords says what a scope lets an app do.
func inWords(scope string) string {
	switch scope {
	case "oauth":
		return "See which account and user it is connected to"
	case "crm.objects.owners.read":
		return "See the owners of records"
	case "settings.users.read":
		return "See the account's users"
	case "sales-email-read":
		return "Read the content of e-mails"
	case "tickets":
		return "See and change tickets"
	case "crm.lists.read":
		return "See lists"
	case "e-commerce":
		return "See and change products, line items and orders"
	}
	parts := strings.Split(scope, ".")
	if len(parts) != 4 {
		return scope
	}
	what := strings.ReplaceAll(parts[2], "_", " ")
	if what == "custom" {
		what = "custom objects"
	}
	if parts[1] == "schemas" {
		what = "the properties of " + what
	}
	if parts[3] == "write" {
		return "Create, change and delete " + what
	}
	return "See " + what
}

package account

import (
	"errors"

	"satchel/internal/crm"
)

// Outcome is how a sign-in in the browser ended. Each has its own words.
type Outcome string

// The outcomes.
const (
	Pending       Outcome = ""
	Success       Outcome = "connected"
	UserDenied    Outcome = "user_denied"    // the rep pressed Cancel in HubSpot
	TimedOut      Outcome = "expired"        // five minutes went by
	Stopped       Outcome = "canceled"       // the rep stopped it here
	WrongPortal   Outcome = "wrong_portal"   // another portal than the one whose records are here
	MissingScopes Outcome = "missing_scopes" // Flow.Scopes are missing
	NotPermitted  Outcome = "not_permitted"  // the user may not connect apps: Flow.Admin asks somebody who may
	Blocked       Outcome = "blocked"        // signed in, but HubSpot refuses the user
	WrongApp      Outcome = "wrong_app"      // client id or secret, or the app's redirect addresses
	HubSpotDown   Outcome = "hubspot_down"
	Offline       Outcome = "offline"
	NotKept       Outcome = "not_kept" // there is no place for the sign-in
	OtherFailure  Outcome = "failed"
)

// EndedError is the end of a sign-in whose outcome its error's kind does not
// tell.
type EndedError struct {
	Outcome Outcome
	Err     error
}

// Error is the cause's.
func (e *EndedError) Error() string { return string(e.Outcome) + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *EndedError) Unwrap() error { return e.Err }

var errOtherPortal = errors.New("another portal's records are here")

// outcomeOf sorts the end of a sign-in.
func outcomeOf(err error) Outcome {
	if err == nil {
		return Success
	}
	if ended, ok := errors.AsType[*EndedError](err); ok {
		return ended.Outcome
	}
	if errors.Is(err, errOtherPortal) {
		return WrongPortal
	}
	switch crm.KindOf(err) {
	case crm.Forbidden:
		if e, ok := crm.AsError(err); ok && len(e.Scopes) > 0 {
			return MissingScopes
		}
		return Blocked
	case crm.Offline, crm.Uncertain:
		return Offline
	case crm.Upstream, crm.RateLimited:
		return HubSpotDown
	case crm.Canceled:
		return Stopped
	case crm.Storage:
		return NotKept
	case crm.Internal, crm.Invalid, crm.NotFound, crm.Conflict, crm.Unauthorized, crm.Corrupt, crm.InUse:
	}
	return OtherFailure
}

func phaseOf(o Outcome) Phase {
	switch o {
	case Success:
		return Connected
	case UserDenied, NotPermitted, MissingScopes, Blocked:
		return Denied
	case TimedOut:
		return Expired
	case Stopped:
		return Canceled
	case Pending:
		return Waiting
	case WrongPortal, WrongApp, HubSpotDown, Offline, NotKept, OtherFailure:
	}
	return Failed
}

// saidOf is what is said of an end: the error's own sentence, but for a user
// whom HubSpot refuses after it let the app in.
func saidOf(o Outcome, err error) string {
	if o == Blocked {
		return "HubSpot let Satchel in, and then refused your user: it is deactivated, has no seat, or may not see this portal's CRM. " +
			"Nothing was changed. Ask an admin of the portal to look at your user in Settings, Users & Teams; then connect again."
	}
	return crm.Message(err)
}

// adminText is what a rep who may not connect apps sends to somebody who may.
func adminText(install string) string {
	return "Hello, I would like to use Satchel with our HubSpot, and my user may not connect apps. Could you help me?\n\n" +
		"Either let me do it: in HubSpot, open Settings, Users & Teams, choose my user, and turn on App Marketplace access " +
		"(under Access, Account). I then connect again.\n\n" +
		"Or allow the app yourself: open this address as a super admin, choose our portal, and press Connect app. " +
		"The page that comes after it cannot be opened on your computer; that is all right.\n\n" + install + "\n"
}

// Lack is a permission that the sign-in does not have, and what does not work
// without it.
type Lack struct{ Scope, Off string }

// lacks are the scopes that were asked for and not given. A sign-in that names
// none, as a token's, says nothing.
func (a *Account) lacks(given []string) []Lack {
	var out []Lack
	if len(given) == 0 {
		return out
	}
	have := map[string]bool{}
	for _, s := range given {
		have[s] = true
	}
	for _, l := range a.o.Scopes {
		if !have[l.Scope] {
			out = append(out, l)
		}
	}
	return out
}

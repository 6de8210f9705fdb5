package crm

import (
	"context"
	"errors"
	"time"
)

// Kind says what an error means to the program. Kinds are set at the edges,
// from an HTTP status or an SQLite code, and read in the middle.
type Kind int

// The kinds of errors.
const (
	Internal     Kind = iota // a defect of ours
	Invalid                  // the input cannot be accepted
	NotFound                 // no such record, or not visible to this sign-in
	Conflict                 // HubSpot already has one, or both sides changed
	Unauthorized             // sign-in missing, expired for good or revoked
	Forbidden                // signed in, but not allowed
	RateLimited              // HubSpot asked us to slow down; nothing was done
	Offline                  // HubSpot was not reached; nothing was sent
	Uncertain                // sent, and the answer was lost
	Upstream                 // HubSpot answered that it cannot at the moment
	Corrupt                  // local data is damaged
	Canceled                 // we or the rep stopped it
	Storage                  // the disk is full, read-only or not accessible
	InUse                    // another process has it open
)

// String names the kind for logs and machines.
func (k Kind) String() string {
	switch k {
	case Internal:
		return "internal"
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Unauthorized:
		return "unauthorized"
	case Forbidden:
		return "forbidden"
	case RateLimited:
		return "rate_limited"
	case Offline:
		return "offline"
	case Uncertain:
		return "uncertain"
	case Upstream:
		return "upstream"
	case Corrupt:
		return "corrupt"
	case Canceled:
		return "canceled"
	case Storage:
		return "storage"
	case InUse:
		return "in_use"
	}
	return "unknown"
}

// Error is the one error that crosses rooms. Msg is for people and the only
// text that reaches them: what happened, what was kept, what to do.
type Error struct {
	Kind   Kind
	Op     string // what the code was doing, for logs
	Msg    string
	Fields map[string]string // property -> what is wrong with its value
	// Existing is the record that a create ran into (HubSpot's 409).
	Existing RemoteID
	// RetryAfter is how long HubSpot asked us to wait; 0 when it did not say.
	RetryAfter time.Duration
	// Policy names the rate limit that was hit: TEN_SECONDLY_ROLLING, SECONDLY,
	// DAILY.
	Policy string
	// Scopes are the permissions that HubSpot says are missing.
	Scopes []string
	Err    error
}

// Error is for logs; people are shown Msg.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Msg != "" {
		s += ": " + e.Msg
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf finds the kind of an error. A cancelled context is Canceled; an error
// that is not ours is Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Internal
}

// Message is the sentence that people are shown for an error.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Msg != "" {
		return e.Msg
	}
	if KindOf(err) == Canceled {
		return "Stopped. Nothing was lost."
	}
	return "Something went wrong in Satchel itself. Your data is safe; the log says more."
}

// AsError finds the domain error in a chain.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

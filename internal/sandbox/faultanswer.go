package sandbox

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is the fault's own answer: HubSpot's envelope, or a page where an
// edge server would have answered.
func (s strike) answer(c *call, correlation string) answer {
	f := s.fault
	header := http.Header{}
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if f.Kind == "html" {
		code := f.Status
		if code == 0 {
			code = http.StatusOK
		}
		return answer{code: code, kind: "text/html; charset=utf-8", header: header, body: []byte(captivePage)}
	}
	if f.Kind == "token_error" {
		a, err := refuseToken(versionIn(s.path), f.Error)
		if err != nil {
			a = failure(err, correlation)
		}
		return withHeader(a, header)
	}
	if f.Status == http.StatusTooManyRequests && isTokenEndpoint(s.path) {
		header.Set("Retry-After", strconv.Itoa(cmp.Or(f.RetryAfter, 10)))
		return withHeader(failure(tokenLimit(), correlation), header)
	}
	return withHeader(failure(statusError(c, f), correlation), header)
}

// statusError is the body that comes with a status; fact sheet 1.7, 2.3, 2.4.
func statusError(c *call, f *Fault) error {
	switch f.Status {
	case http.StatusTooManyRequests:
		switch f.Policy {
		case "SECONDLY", "DAILY":
			return tooMany("You have reached your "+strings.ToLower(f.Policy)+" limit.", f.Policy, "")
		default:
			if c.who == nil { // nobody's limit
				return tenSecondly("")
			}
			return tenSecondly(c.p.meter.groupName(c.bucket, c.who))
		}
	case http.StatusUnauthorized:
		return expiredToken(time.UnixMilli(0), 0)
	case http.StatusForbidden:
		if f.Error != "" {
			return &apiError{code: f.Status, Message: "This user does not have permissions for this request.", Category: f.Error}
		}
		return (&call{who: &caller{}}).need("crm.objects.contacts.read")
	case http.StatusNotFound:
		return notFound()
	case http.StatusLocked:
		return &apiError{code: f.Status, Message: "This resource is locked because of a high volume of writes."}
	case 477:
		return &apiError{code: f.Status, Message: "This account is being migrated between data hosting locations."}
	case http.StatusInternalServerError:
		return &apiError{code: f.Status, Message: "internal error"}
	default:
		if f.Status > 500 {
			return &htmlError{f.Status}
		}
		return &apiError{code: f.Status, Message: "There was a problem with the request."}
	}
}

// captivePage is what a hotel's network answers to everything.
const captivePage = `<!DOCTYPE html>
<html><head><title>Welcome to Hotel WiFi</title></head>
<body><h1>Sign in to use the network</h1><form action="/login"><input name="room"><button>Connect</button></form></body></html>
`

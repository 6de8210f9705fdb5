package hubspot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

// errWebPage is the cause of every Offline that is a captive portal or a
// proxy.
var errWebPage = errors.New("a web page in place of data")

// envelope is HubSpot's error, of a whole answer or of one row of a batch. All
// its fields are optional.
type envelope struct {
	Status      any                   `json:"status"`
	Category    string                `json:"category"`
	SubCategory any                   `json:"subCategory"` // a string, or an object by the spec
	Message     string                `json:"message"`
	Correlation string                `json:"correlationId"`
	Policy      string                `json:"policyName"`
	Context     map[string]stringList `json:"context"`
	Errors      []detail              `json:"errors"`
}

// detail is one entry of the envelope's errors.
type detail struct {
	Message string                `json:"message"`
	Code    string                `json:"code"`
	In      string                `json:"in"`
	Context map[string]stringList `json:"context"`
}

// answerError is what is logged of HubSpot's refusal: nothing of it can hold
// a person's data.
type answerError struct {
	Status      int
	Category    string
	Correlation string
	Codes       map[string]string // property -> code
}

func (e *answerError) Error() string {
	s := fmt.Sprintf("hubspot answered %d", e.Status)
	if e.Category != "" {
		s += " " + e.Category
	}
	if e.Correlation != "" {
		s += ", correlation " + e.Correlation
	}
	return s
}

// statusOf is the HTTP status behind an error; 0 when HubSpot did not answer.
func statusOf(err error) int {
	if a, ok := errors.AsType[*answerError](err); ok {
		return a.Status
	}
	return 0
}

// refused translates an answer that is not a success; nil when it is one.
func refused(q call, res *http.Response, body []byte) error {
	status := res.StatusCode
	data := looksLikeData(res.Header, body)
	switch {
	case status == http.StatusNoContent:
		return nil
	case status == http.StatusProxyAuthRequired:
		return &crm.Error{Kind: crm.Offline, Op: q.op, Err: errWebPage, Msg: "The proxy of this network wants a sign-in. " +
			"Set it up in this computer's network settings. " + msgKept}
	case status < 300 && !q.reads && len(bytes.TrimSpace(body)) == 0 && !data: // no page either
		return unreadable(q, errors.New("an empty answer"))
	case status < 500 && (!data || status >= 300 && status < 400), status == http.StatusNetworkAuthenticationRequired:
		return &crm.Error{Kind: crm.Offline, Op: q.op, Err: errWebPage, Msg: "The network answered with a web page instead of HubSpot's data, " +
			"so nothing was sent or changed. If this is a hotel's or a train's Wi-Fi, open a browser and sign in to it."}
	case status < 300:
		return nil
	}
	var e envelope
	if data {
		_ = json.Unmarshal(body, &e) // a damaged envelope leaves the status to speak
	}
	return explain(q, status, e, res.Header)
}

// looksLikeData tells HubSpot's JSON from a page. An error without any body is
// HubSpot's too: some of its gateways answer so.
func looksLikeData(h http.Header, body []byte) bool {
	b := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(b) == 0 {
		return h.Get("X-HubSpot-Correlation-Id") != ""
	}
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err == nil && !strings.HasSuffix(media, "json") {
		return false
	}
	return b[0] == '{' || b[0] == '['
}

// explain makes the domain error of HubSpot's envelope.
func explain(q call, status int, e envelope, h http.Header) *crm.Error {
	cause := &answerError{Status: status, Category: e.Category, Correlation: e.Correlation}
	if cause.Correlation == "" {
		cause.Correlation = h.Get("X-HubSpot-Correlation-Id")
	}
	out := &crm.Error{Op: q.op, Err: cause}
	if d, ok := budget.RetryAfter(h, time.Now()); ok {
		out.RetryAfter = d
	}
	switch {
	case status == http.StatusUnauthorized:
		out.Kind, out.Msg = crm.Unauthorized, "HubSpot no longer accepts this sign-in. Your edits are kept; connect again to send them."
	case status == http.StatusForbidden:
		forbidden(out, e)
	case status == http.StatusTooManyRequests:
		out.Kind, out.Policy = crm.RateLimited, e.Policy
		out.Msg = "HubSpot asked Satchel to slow down. Your edits are kept and go out by themselves."
	case status == http.StatusNotFound || e.Category == "OBJECT_NOT_FOUND":
		out.Kind, out.Msg = crm.NotFound, "HubSpot does not have this record any more, or this sign-in may not see it. It may have been deleted or merged."
	case status == http.StatusLocked:
		out.Kind, out.Msg = crm.Upstream, "HubSpot is busy with other changes to this. "+msgKept
		out.RetryAfter = max(out.RetryAfter, lockedWait)
	case status == 477:
		out.Kind, out.Msg = crm.Upstream, "HubSpot is moving this portal to another data centre and takes no calls meanwhile. "+msgKept
		out.RetryAfter = movedFor(h)
	case status == http.StatusRequestTimeout, status >= 500:
		unavailable(out, q, status)
	default:
		invalid(out, cause, e)
	}
	return out
}

// movedFor is the Retry-After of a 477, which may be as long as a day.
func movedFor(h http.Header) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(h.Get("Retry-After")) + "s")
	if err != nil || d <= 0 {
		return time.Minute
	}
	return min(d, 24*time.Hour)
}

// unavailable is a server's error. For a write it leaves open what was done,
// but for the statuses by which Cloudflare says that it never reached HubSpot.
func unavailable(out *crm.Error, q call, status int) {
	out.Kind, out.Msg = crm.Upstream, "HubSpot has a problem at the moment. "+msgKept
	untouched := []int{521, 523, 525, 526}
	if !q.reads && !slices.Contains(untouched, status) {
		out.Kind, out.Msg = crm.Uncertain, msgUncertain
	}
}

func forbidden(out *crm.Error, e envelope) {
	out.Kind = crm.Forbidden
	for _, d := range e.Errors {
		for _, key := range []string{"requiredGranularScopes", "requiredScopes"} {
			out.Scopes = append(out.Scopes, d.Context[key]...)
		}
	}
	out.Scopes = slices.Compact(out.Scopes)
	if e.Category == "MISSING_SCOPES" || len(out.Scopes) > 0 {
		out.Msg = "Satchel's connection to HubSpot lacks a permission for this"
		if len(out.Scopes) > 0 {
			out.Msg += " (" + strings.Join(out.Scopes, ", ") + ")"
		}
		out.Msg += ". Your edit is kept; an administrator can grant it, then connect again."
		return
	}
	out.Msg = "HubSpot does not allow this for your user. Your edit is kept; an administrator can change your permissions."
}

// invalid is everything that HubSpot found wrong with the request itself.
func invalid(out *crm.Error, cause *answerError, e envelope) {
	wrong := propertyErrors(e)
	for _, w := range wrong {
		if out.Fields == nil {
			out.Fields, cause.Codes = map[string]string{}, map[string]string{}
		}
		out.Fields[w.name], cause.Codes[w.name] = w.sentence(), w.code
		if w.code == "CONFLICTING_UNIQUE_VALUE" {
			out.Existing = crm.RemoteID(leadingID(w.message))
		}
	}
	if id := existing(e); id != "" {
		out.Existing = crm.RemoteID(id)
	}
	switch {
	case e.Category == "CONFLICT" || cause.Status == http.StatusConflict || out.Existing != "":
		out.Kind = crm.Conflict
		out.Msg = "HubSpot already has a record with this value. Nothing was changed there; you decide whether they are the same."
	case len(out.Fields) > 0:
		out.Kind = crm.Invalid
		out.Msg = msgFields(out.Fields)
		if readOnly(wrong) {
			out.Msg = "HubSpot lets nobody change " + names(out.Fields) + ": it is read-only now. Your edit is kept; take it out and send the rest again."
		}
	default:
		out.Kind = crm.Invalid
		out.Msg = "HubSpot did not accept this" + said(e.Message) + ". Your edit is kept; correct it and send it again."
	}
}

func msgFields(fields map[string]string) string {
	return "HubSpot did not accept " + names(fields) + ". Your edit is kept; correct it and send it again."
}

func names(fields map[string]string) string {
	all := make([]string, 0, len(fields))
	for f := range fields {
		all = append(all, f)
	}
	slices.Sort(all)
	if len(all) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:3], ", "), len(all)-3)
	}
	return strings.Join(all, ", ")
}

// said quotes HubSpot without e-mail addresses, which a log must not hold, and
// not at length.
func said(message string) string {
	m := regexp.MustCompile(`\S+@\S+`).ReplaceAllString(strings.Join(strings.Fields(message), " "), "(an address)")
	m = strings.TrimRight(m, ".")
	if m == "" {
		return ""
	}
	if r := []rune(m); len(r) > 200 {
		m = string(r[:200]) + "..."
	}
	return ": " + m
}

// existing is the id of the record that a create ran into.
func existing(e envelope) string {
	for _, key := range []string{"existingId", "existingObjectId"} {
		if v := e.Context[key]; len(v) > 0 {
			return v[0]
		}
	}
	if m := regexp.MustCompile(`Existing ID: (\d+)`).FindStringSubmatch(e.Message); m != nil {
		return m[1]
	}
	return ""
}

func leadingID(message string) string {
	return regexp.MustCompile(`^\d+`).FindString(strings.TrimSpace(message))
}

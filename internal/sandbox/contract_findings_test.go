package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/require"
)

// finding is something about an exchange that the files do not say. Two
// exchanges that differ in the same way have the same finding.
type finding struct {
	version string
	where   string // a field of a schema, or an operation
	what    string
}

// check holds an exchange against the file of its version.
func (pub *published) check(t *testing.T, e *exchange) []finding {
	t.Helper()
	c := &checking{t: t, e: e}
	op, params := pub.operation(t, e.at.version, e.request.Method, e.request.URL.Path)
	if op == nil || len(successes(op.Operation)) == 0 {
		if op == nil {
			c.note(e.at.name(), "no such operation")
		} else if e.code < 300 {
			c.note(e.at.name(), strconv.Itoa(e.code))
		}
		if version, other := elsewhere(e.at, e.request.URL.Path); version != "" {
			if there, more := pub.operation(t, version, e.request.Method, other); there != nil {
				op, params = there, more
			}
		}
	}
	if op == nil {
		return c.found
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.again(), PathParams: params, Route: op,
		Options: &openapi3filter.Options{
			MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			SkipSettingDefaults: true, SchemaValidationOptions: formats(),
		},
	}
	// A request that is refused as wrong may be wrong; every other is one that
	// HubSpot takes.
	if e.code != http.StatusBadRequest {
		c.requested(input)
	}
	c.answered(input)
	return c.found
}

type checking struct {
	t     *testing.T
	e     *exchange
	found []finding
}

func (c *checking) note(where, what string) {
	f := finding{c.e.at.version, where, what}
	if !slices.Contains(c.found, f) {
		c.found = append(c.found, f)
	}
}

// again is the request as it was sent, to be read once more.
func (c *checking) again() *http.Request {
	r := c.e.request.Clone(c.t.Context())
	r.Body = io.NopCloser(bytes.NewReader(c.e.sent))
	return r
}

func (c *checking) requested(input *openapi3filter.RequestValidationInput) {
	op := input.Route.Operation
	for name := range c.e.request.URL.Query() {
		known := func(p *openapi3.ParameterRef) bool { return p.Value.In == "query" && p.Value.Name == name }
		if !slices.ContainsFunc(op.Parameters, known) && !slices.ContainsFunc(input.Route.PathItem.Parameters, known) {
			c.note(c.e.at.name()+" ?"+name, "not declared")
		}
	}
	var schema *openapi3.SchemaRef
	switch body := op.RequestBody; {
	case body != nil:
		if media := body.Value.Content.Get(c.e.request.Header.Get("Content-Type")); media != nil {
			schema = media.Schema
		}
	case len(c.e.sent) > 0:
		c.note(c.e.at.name()+" request", "not declared")
	}
	c.blame(schema, "request", openapi3filter.ValidateRequest(c.t.Context(), input))
	c.fields(schema, "request", c.sentValue())
}

// sentValue is the request's body, forms as an object.
func (c *checking) sentValue() any {
	if !strings.HasPrefix(c.e.request.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return value(c.e.sent)
	}
	form, err := url.ParseQuery(string(c.e.sent))
	require.NoError(c.t, err)
	out := map[string]any{}
	for name := range form {
		out[name] = form.Get(name)
	}
	return out
}

// value reads JSON; what is none has no fields to look at.
func value(raw []byte) any {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil
	}
	return v
}

func (c *checking) answered(input *openapi3filter.RequestValidationInput) {
	op, code := input.Route.Operation, c.e.code
	declared := successes(op)
	if code < 300 && !slices.Contains(declared, code) {
		if len(declared) == 0 {
			return // noted; there is no schema to hold the answer against
		}
		c.note(c.e.at.name(), strconv.Itoa(code))
		code = declared[len(declared)-1] // the widest shape: the one with errors
	}
	kind := c.e.header.Get("Content-Type")
	if len(c.e.received) > 0 && !strings.HasPrefix(kind, "application/json") {
		c.note("Error", kind)
		return
	}
	ref := op.Responses.Status(code)
	if ref == nil {
		ref = op.Responses.Default()
	}
	media := ref.Value.Content.Get(kind)
	if media == nil {
		if len(c.e.received) > 0 {
			c.note(c.e.at.name(), fmt.Sprintf("%d with a body", code))
		}
		return
	}
	if len(c.e.received) == 0 {
		c.note(c.e.at.name(), fmt.Sprintf("%d without a body", code))
		return
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: code, Header: c.e.header,
		Options: input.Options, Body: io.NopCloser(bytes.NewReader(c.e.received)),
	}
	c.blame(media.Schema, "answer", openapi3filter.ValidateResponse(c.t.Context(), out))
	c.fields(media.Schema, "answer", value(c.e.received))
}

// fields notes what the schema does not declare.
func (c *checking) fields(schema *openapi3.SchemaRef, part string, v any) {
	if schema == nil {
		return
	}
	for _, pointer := range undeclared(schema, v, nil) {
		c.note(place(schema, c.e.at.name()+" "+part, pointer), "not declared")
	}
}

// blame takes the validator's error apart.
func (c *checking) blame(schema *openapi3.SchemaRef, part string, err error) {
	switch e := err.(type) { //nolint:errorlint // the tree itself is what is walked
	case nil:
	case openapi3.MultiError:
		for _, one := range e {
			c.blame(schema, part, one)
		}
	case *openapi3.SchemaError:
		c.schemaError(schema, part, e)
	case *openapi3filter.RequestError:
		switch {
		case e.Parameter != nil:
			c.note(c.e.at.name()+" ?"+e.Parameter.Name, e.Reason)
		case e.Err != nil:
			c.blame(schema, part, e.Err)
		default:
			c.note(c.e.at.name()+" "+part, e.Reason)
		}
	case *openapi3filter.ResponseError:
		if e.Err == nil {
			c.note(c.e.at.name()+" "+part, e.Reason)
		}
		c.blame(schema, part, e.Err)
	default:
		c.note(c.e.at.name()+" "+part, err.Error())
	}
}

func (c *checking) schemaError(schema *openapi3.SchemaRef, part string, e *openapi3.SchemaError) {
	where := place(schema, c.e.at.name()+" "+part, e.JSONPointer())
	switch e.SchemaField {
	case "required":
		if c.e.code >= 400 && part == "answer" {
			c.note(where, fmt.Sprintf("missing in a %d", c.e.code))
			return
		}
		c.note(where, "missing")
	case "nullable":
		c.note(where, "null")
	case "type":
		c.note(where, fmt.Sprintf("%s for %s", kindOf(e.Value), strings.Join(e.Schema.Type.Slice(), "|")))
	case "format":
		c.note(where, "not "+e.Schema.Format)
	case "enum":
		c.note(where, fmt.Sprintf("is %v", e.Value))
	case "oneOf":
		if errors.Is(e.Origin, openapi3.ErrOneOfConflict) {
			c.note(where, "fits more than one branch")
			return
		}
		c.nearest(where, part, e)
	default:
		c.note(where, e.SchemaField+": "+e.Reason)
	}
}

// near is how many findings a branch may have to be what a value was meant as.
const near = 3

// nearest blames the branch that comes closest for a value that fits none.
func (c *checking) nearest(where, part string, e *openapi3.SchemaError) {
	var best []finding
	for i, branch := range e.Schema.OneOf {
		one := &checking{t: c.t, e: c.e}
		one.blame(branch, part, branch.Value.VisitJSON(e.Value, append(formats(), openapi3.MultiErrors())...))
		if i == 0 || len(one.found) < len(best) {
			best = one.found
		}
	}
	if len(best) > near {
		c.note(where, "fits no branch")
		return
	}
	for _, f := range best {
		c.note(f.where, f.what)
	}
}

// kindOf names a JSON value's kind as the files do.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64, json.Number:
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}

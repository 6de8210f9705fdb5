package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// answer is a finished API answer; it is written only after the faults and the
// latency had their turn.
type answer struct {
	code   int
	kind   string // content type; "" is JSON
	body   []byte
	header http.Header
}

const jsonType = "application/json;charset=utf-8"

// apiError is HubSpot's error envelope; fact sheet 8. Fields that are empty are
// left out, as "all fields are optional in error parsing".
type apiError struct {
	code     int
	header   http.Header
	existing string // id of the record that is in the way of a create

	Status        string              `json:"status"`
	Message       string              `json:"message"`
	ErrorType     string              `json:"errorType,omitempty"`
	CorrelationID string              `json:"correlationId"`
	PolicyName    string              `json:"policyName,omitempty"`
	GroupName     string              `json:"groupName,omitempty"`
	RequestID     string              `json:"requestId,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Errors        []errorDetail       `json:"errors,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
}

// errorDetail is one entry of an envelope's errors.
type errorDetail struct {
	Message string              `json:"message"`
	Code    string              `json:"code,omitempty"`
	In      string              `json:"in,omitempty"`
	Context map[string][]string `json:"context,omitempty"`
}

func (e *apiError) Error() string { return e.Message }

// htmlError is an error whose body is a page: unknown routes, proxies.
type htmlError struct{ code int }

func (e *htmlError) Error() string { return http.StatusText(e.code) }

// failure renders any error as an answer.
func failure(err error, correlation string) answer {
	if page, is := errors.AsType[*htmlError](err); is {
		return answer{code: page.code, kind: "text/html;charset=utf-8", body: []byte(errorPage(page.code))}
	}
	api, is := errors.AsType[*apiError](err)
	if !is {
		api = &apiError{code: http.StatusInternalServerError, Message: "internal error"}
	}
	shown := *api
	shown.CorrelationID = correlation
	if shown.Status == "" {
		shown.Status = "error"
	}
	if shown.PolicyName == "DAILY" { // the one refusal that names its request twice; fact sheet 2.3
		shown.RequestID = correlation
	}
	return answer{code: api.code, body: encodeJSON(&shown), header: api.header}
}

func errorPage(code int) string {
	text := http.StatusText(code)
	if text == "" {
		text = "Error"
	}
	return fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>%d %s</title></head><body><center><h1>%d %s</h1></center><hr><center>cloudflare</center></body></html>\n", code, text, code, text)
}

func invalid(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, Message: fmt.Sprintf(format, args...), Category: "VALIDATION_ERROR"}
}

// notSet refuses a body without fields that it needs.
func notSet(fields ...string) *apiError {
	return invalid("Some required fields were not set: [%s]", strings.Join(fields, ", "))
}

func notFound() *apiError {
	return &apiError{code: http.StatusNotFound, Message: "resource not found"}
}

// noSuchID answers for an id that is not a number; the two spaces are HubSpot's.
func noSuchID(id string) *apiError {
	return &apiError{
		code: http.StatusNotFound, Message: "Object not found.  objectId are usually numeric.",
		Context: map[string][]string{"id": {id}}, Category: "OBJECT_NOT_FOUND",
	}
}

// problem is one invalid property value; fact sheet 4.4.
type problem struct {
	IsValid   bool    `json:"isValid"`
	Message   string  `json:"message"`
	Code      string  `json:"error"`
	Name      string  `json:"name"`
	Value     *string `json:"propertyValue,omitempty"`
	Localized string  `json:"localizedErrorMessage,omitempty"`
	PortalID  int64   `json:"portalId"`
}

// invalidValues lists the problems twice, as HubSpot does: as JSON inside the
// message and in errors.
func invalidValues(problems []problem) *apiError {
	e := invalid("Property values were not valid: %s", encodeJSON(problems))
	for _, p := range problems {
		e.Errors = append(e.Errors, errorDetail{Message: p.Message, Code: p.Code, Context: map[string][]string{"propertyName": {p.Name}}})
	}
	return e
}

// missingRequired is the answer to a create that lacks values; fact sheet 4.6.
func missingRequired(names []string) *apiError {
	e := invalid("The property values provided are invalid")
	for _, name := range names {
		e.Errors = append(e.Errors, errorDetail{
			Code: "MISSING_REQUIRED_PROPERTY", Message: "A value for " + name + " must be provided",
			Context: map[string][]string{"propertyName": {name}},
		})
	}
	return e
}

// encodeJSON writes v compactly and without escaping HTML, as HubSpot does.
func encodeJSON(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(`{"status":"error","message":"internal error"}`)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

func ok(v any) answer { return answer{code: http.StatusOK, body: encodeJSON(v)} }

func noContent() answer { return answer{code: http.StatusNoContent} }

// text is a JSON string, number or bool, kept as text: HubSpot takes numbers
// and bools wherever its files say string. null is "".
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		*t = ""
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
	case len(b) > 0 && (b[0] == '{' || b[0] == '['):
		return &json.UnmarshalTypeError{Value: "object", Type: reflect.TypeFor[string]()}
	default:
		*t = text(b)
	}
	return nil
}

// values is a "properties" object.
type values map[string]text

func (v values) names() []string { return slices.Sorted(maps.Keys(v)) }

// decode reads a JSON body; fact sheet 8 for the message.
func decode(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("unexpected content after the value")
	}
	if kind, is := errors.AsType[*json.UnmarshalTypeError](err); is && kind.Type != nil {
		return &apiError{code: http.StatusBadRequest, Message: fmt.Sprintf(
			"Invalid input JSON on line %s: Cannot deserialize value of type `%s` from %s value", position(body, kind.Offset), javaType(kind.Type.String()), kind.Value)}
	}
	offset := dec.InputOffset()
	if syntax, is := errors.AsType[*json.SyntaxError](err); is {
		offset = syntax.Offset
	}
	return &apiError{code: http.StatusBadRequest, Message: fmt.Sprintf("Invalid input JSON on line %s: %s", position(body, offset), err)}
}

func position(body []byte, offset int64) string {
	head := body[:min(int(offset), len(body))]
	line := bytes.Count(head, []byte("\n")) + 1
	column := len(head) - bytes.LastIndexByte(head, '\n') - 1
	return strconv.Itoa(line) + ", column " + strconv.Itoa(max(column, 1))
}

func javaType(kind string) string {
	switch {
	case strings.HasPrefix(kind, "[]"):
		return "java.util.ArrayList"
	case strings.HasPrefix(kind, "int"):
		return "int"
	case kind == "bool":
		return "boolean"
	default:
		return "java.lang.String"
	}
}

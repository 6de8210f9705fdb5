package journal

import (
	"fmt"
	"net/http"
)

// Error is a refusal of the journal API. Code is the HTTP status; Category and
// Message are those of HubSpot's envelope, fact sheet 8.
type Error struct {
	Code     int
	Category string
	Message  string
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

func invalid(format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Category: "VALIDATION_ERROR", Message: fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) *Error {
	return &Error{Code: http.StatusForbidden, Category: "FORBIDDEN", Message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *Error {
	return &Error{Code: http.StatusNotFound, Category: "OBJECT_NOT_FOUND", Message: fmt.Sprintf(format, args...)}
}

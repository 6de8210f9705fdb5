package wire

import (
	"encoding/json"

	"satchel/internal/crm"
)

// Error is what a face answers when a call fails. Code is for machines
// (crm.Kind's name), Message is the sentence for people, Fields says what is
// wrong with which property.
type Error struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields"`
}

// FromError makes the envelope of an error. Causes stay out of it: they are
// for the log.
func FromError(err error) Error {
	fields := map[string]string{}
	if e, ok := crm.AsError(err); ok && e.Fields != nil {
		fields = e.Fields
	}
	return Error{Code: crm.KindOf(err).String(), Message: crm.Message(err), Fields: fields}
}

// Text is the envelope as JSON text, for channels that carry errors as text.
func (e Error) Text() string {
	b, err := json.Marshal(e)
	if err != nil { // strings only: cannot happen
		return `{"code":"internal","message":"","fields":{}}`
	}
	return string(b)
}

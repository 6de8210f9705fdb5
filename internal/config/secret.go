package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that must not be seen. However it is printed, logged or
// marshalled, it says [redacted]; Reveal is the only way to the text, so that
// a search for Reveal finds every use.
type Secret string

const redacted = "[redacted]"

// Reveal gives the text, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (Secret) String() string { return redacted }

// GoString hides the text from %#v.
func (Secret) GoString() string { return redacted }

// Format hides the text from every verb, %x and %d among them.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the text from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the text.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

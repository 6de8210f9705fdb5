package journal

import (
	"encoding/json"
	"fmt"
	"time"
)

// Stamp is a moment in milliseconds since 1970. In JSON it is written as
// HubSpot writes it, such as "2026-10-05T09:30:00.250Z".
type Stamp int64

const stampLayout = "2006-01-02T15:04:05.000Z"

// Time is the moment in UTC.
func (s Stamp) Time() time.Time { return time.UnixMilli(int64(s)).UTC() }

// MarshalJSON implements json.Marshaler.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(s.Time().Format(stampLayout))
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("stamp: %w", err)
	}
	*s = Stamp(t.UnixMilli())
	return nil
}

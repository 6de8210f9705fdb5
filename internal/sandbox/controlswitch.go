package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// switchRoutes mounts what changes how the portal behaves.
func (p *Portal) switchRoutes(on func(pattern string, h func(body []byte) (any, error))) {
	on("POST /_sandbox/clock", p.controlClock)
	on("GET /_sandbox/limits", func([]byte) (any, error) { return p.Limits(), nil })
	on("POST /_sandbox/limits", func(body []byte) (any, error) {
		var ch LimitChange
		if err := decodeKnown(body, &ch); err != nil {
			return nil, err
		}
		err := p.SetLimits(ch)
		return p.Limits(), err
	})
	on("GET /_sandbox/settings", func([]byte) (any, error) { return p.Settings(), nil })
	on("POST /_sandbox/settings", func(body []byte) (any, error) {
		var ch SettingsChange
		if err := decodeKnown(body, &ch); err != nil {
			return nil, err
		}
		err := p.SetSettings(ch)
		return p.Settings(), err
	})
}

// maxAdvance is the longest step of the clock: ten years.
const maxAdvance = 10 * 365 * 24 * time.Hour

func (p *Portal) controlClock(body []byte) (any, error) {
	var in struct {
		Advance int64 `json:"advance_ms"`
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	if err := checkAdvance(in.Advance); err != nil {
		return nil, err
	}
	p.Advance(time.Duration(in.Advance) * time.Millisecond)
	return map[string]string{"now": stamp(p.nowMS())}, nil
}

func checkAdvance(ms int64) error {
	switch {
	case ms < 0:
		return invalid("advance_ms is %d, but the portal's clock only moves forward; give 0 or more", ms)
	case ms > maxAdvance.Milliseconds():
		return invalid("advance_ms is %d, but one step is ten years at most: %d", ms, maxAdvance.Milliseconds())
	}
	return nil
}

// controlRequests is GET /_sandbox/requests?limit=N.
func (p *Portal) controlRequests(w http.ResponseWriter, r *http.Request) {
	p.control(func([]byte) (any, error) {
		limit := logSize
		if raw := r.URL.Query().Get("limit"); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 1 || n > logSize {
				return nil, invalid("limit is %q; want 1 to %d", raw, logSize)
			}
			limit = n
		}
		return map[string][]Request{"requests": p.Requests(limit)}, nil
	})(w, r)
}

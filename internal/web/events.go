package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// beat keeps proxies and idle timers from closing a quiet stream.
const beat = 20 * time.Second

// events streams changes until the page goes away or the server stops.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	changes := s.o.Changes(r.Context())
	if _, err := fmt.Fprint(w, ": here\n\n"); err != nil || rc.Flush() != nil {
		return
	}
	t := time.NewTicker(beat)
	defer t.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-t.C:
		case c, ok := <-changes:
			if !ok {
				return
			}
			b, err := json.Marshal(c)
			if err != nil {
				s.o.Log.ErrorContext(r.Context(), "encode change", slog.String("error", err.Error()))
				return
			}
			text = "event: changed\ndata: " + string(b) + "\n\n"
		}
		if _, err := fmt.Fprint(w, text); err != nil || rc.Flush() != nil {
			return
		}
	}
}

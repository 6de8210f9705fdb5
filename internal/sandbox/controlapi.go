package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// controlRoutes mounts /_sandbox: no limits, no token, loopback names only.
func (p *Portal) controlRoutes(mux *http.ServeMux) {
	on := func(pattern string, h func(body []byte) (any, error)) {
		mux.HandleFunc(pattern, p.control(h))
	}
	p.switchRoutes(on)
	p.webhookControls(on)
	p.colleagueRoutes(on)
	mux.HandleFunc("GET /_sandbox/requests", p.controlRequests)
	on("GET /_sandbox/stats", func([]byte) (any, error) { return p.Stats(), nil })
	on("GET /_sandbox/faults", func([]byte) (any, error) { return map[string]any{"faults": p.Faults()}, nil })
	on("POST /_sandbox/faults", func(body []byte) (any, error) {
		var f Fault
		if err := decode(body, &f); err != nil {
			return nil, err
		}
		id, err := p.Fault(f)
		return map[string]int{"id": id}, err
	})
	on("DELETE /_sandbox/faults", func([]byte) (any, error) { p.ClearFaults(); return nil, nil })
	on("POST /_sandbox/grant", p.controlGrant)
	on("POST /_sandbox/revoke", func([]byte) (any, error) {
		p.Revoke()
		return map[string]string{"token": p.Credentials().Token}, nil
	})
	on("/_sandbox/", func([]byte) (any, error) {
		return nil, &apiError{code: http.StatusNotFound, Message: "no such control"}
	})
}

// controlGrant gives what the authorize page would, without the page, together
// with the app that it was given to.
func (p *Portal) controlGrant(body []byte) (any, error) {
	var in struct {
		Email string `json:"email"`
	}
	if len(body) > 0 {
		if err := decode(body, &in); err != nil {
			return nil, err
		}
	}
	refresh, err := p.GrantFor(in.Email)
	c := p.Credentials()
	return map[string]string{"client_id": c.ClientID, "client_secret": c.ClientSecret, "refresh_token": refresh}, err
}

// decodeKnown is decode for bodies in which an unknown name is a mistake.
func decodeKnown(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err != nil && strings.Contains(err.Error(), "unknown field") {
		return invalid("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if err != nil {
		return decode(body, into) // its message says where
	}
	return nil
}

// control runs a control call for a caller on this machine. The Host header
// must be a loopback name, so that a web page cannot reach it by a name of its
// own that resolves to this machine; and a page of another site is refused.
func (p *Portal) control(h func([]byte) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := p.runControl(r, h)
		maps.Copy(w.Header(), a.header)
		if a.code != http.StatusNoContent {
			w.Header().Set("Content-Type", jsonType)
		}
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body) // the caller may be gone; there is nobody to tell
	}
}

func (p *Portal) runControl(r *http.Request, h func([]byte) (any, error)) answer {
	if !loopback(r.Host) || http.NewCrossOriginProtection().Check(r) != nil {
		return failure(&apiError{code: http.StatusForbidden, Message: "control calls are for this machine only"}, p.correlation())
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return failure(invalid("request body could not be read"), p.correlation())
	}
	out, err := h(body)
	if err != nil {
		api, is := errors.AsType[*apiError](err)
		if !is {
			api = invalid("%s", err)
		}
		return failure(api, p.correlation())
	}
	if out == nil {
		return noContent()
	}
	return ok(out)
}

// loopback reports whether a Host header names this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

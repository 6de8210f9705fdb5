package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"

	"satchel/internal/wire"
)

// maxBody bounds a call's arguments.
const maxBody = 2 << 20

// method is one callable method of a facade.
type method struct {
	f  reflect.Value
	in []reflect.Type
}

// collect finds the methods of a facade that have the shape of a call: any
// arguments, and (T, error) or error.
func collect(into map[string]method, facade any) {
	v := reflect.ValueOf(facade)
	name := v.Elem().Type().Name()
	for i := range v.NumMethod() {
		f, t := v.Method(i), v.Method(i).Type()
		n := t.NumOut()
		if n == 0 || n > 2 || t.Out(n-1) != reflect.TypeFor[error]() || t.IsVariadic() {
			continue
		}
		m := method{f: f}
		for in := range t.Ins() {
			m.in = append(m.in, in)
		}
		into[name+"."+v.Type().Method(i).Name] = m
	}
}

// call answers POST /rpc/Facade.Method.
func (s *Server) call(w http.ResponseWriter, r *http.Request) {
	m, ok := s.methods[r.PathValue("method")]
	if !ok {
		fail(w, refuse("not_found", "There is no such call."))
		return
	}
	args, refusal := m.args(http.MaxBytesReader(w, r.Body, maxBody))
	if refusal != "" {
		fail(w, refuse("invalid", refusal))
		return
	}
	out := m.f.Call(args)
	if err, _ := reflect.TypeAssert[error](out[len(out)-1]); err != nil {
		fail(w, wire.FromError(err))
		return
	}
	if len(out) == 1 {
		answer(w, http.StatusOK, nil)
		return
	}
	answer(w, http.StatusOK, out[0].Interface())
}

// args decodes a call's arguments; refusal says for people why it cannot.
func (m method) args(body io.Reader) (args []reflect.Value, refusal string) {
	var raw []json.RawMessage
	if err := json.NewDecoder(body).Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
		return nil, "The call's arguments are not a JSON list, or too large."
	}
	if len(raw) != len(m.in) {
		return nil, "The call has the wrong number of arguments."
	}
	args = make([]reflect.Value, len(raw))
	for i, t := range m.in {
		p := reflect.New(t)
		if err := json.Unmarshal(raw[i], p.Interface()); err != nil {
			return nil, "An argument of the call is not of the form that it takes."
		}
		args[i] = p.Elem()
	}
	return args, ""
}

func refuse(code, msg string) wire.Error {
	return wire.Error{Code: code, Message: msg, Fields: map[string]string{}}
}

func fail(w http.ResponseWriter, e wire.Error) { answer(w, status(e.Code), e) }

// status is the HTTP status for an error's code. HubSpot's refusal of a sign-in
// is 403 and not 401, which would be about this server's own cookie.
func status(code string) int {
	switch code {
	case "invalid":
		return http.StatusBadRequest
	case "not_found":
		return http.StatusNotFound
	case "conflict", "in_use":
		return http.StatusConflict
	case "unauthorized", "forbidden":
		return http.StatusForbidden
	case "rate_limited":
		return http.StatusTooManyRequests
	case "offline", "upstream", "uncertain":
		return http.StatusBadGateway
	case "canceled":
		return http.StatusServiceUnavailable
	case "storage":
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

func answer(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		http.Error(w, `{"code":"internal","message":"","fields":{}}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the page has gone away; there is nobody to tell
}

package oauth

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"satchel/internal/crm"
)

const (
	callbackPath = "/callback"
	donePath     = "/done"
	// lastPage is how long the browser has to fetch the last page before the
	// port is closed.
	lastPage = 2 * time.Second
)

// listen binds the first port that is free on every loopback stack this
// computer has: a browser may take localhost for either.
func listen(ctx context.Context, ports []int) ([]net.Listener, int, error) {
	stacks := stacks(ctx)
	for _, port := range ports {
		var open []net.Listener
		for _, host := range stacks {
			l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				break
			}
			open = append(open, l)
		}
		if len(open) > 0 && len(open) == len(stacks) {
			return open, port, nil
		}
		for _, l := range open {
			_ = l.Close()
		}
	}
	list := make([]string, len(ports))
	for i, p := range ports {
		list[i] = strconv.Itoa(p)
	}
	return nil, 0, &crm.Error{
		Kind: crm.InUse, Op: "listen for the sign-in", Err: fmt.Errorf("ports %s are taken", strings.Join(list, ", ")),
		Msg: "Other programs use all the ports that the sign-in can come back on (" + strings.Join(list, ", ") + "). Close one of them, perhaps another Satchel, and connect again; " +
			"or sign in anyway, and paste the address of the page on which the browser ends.",
	}
}

// stacks are the loopback addresses that can be listened on at all.
func stacks(ctx context.Context) []string {
	var out []string
	for _, host := range []string{"127.0.0.1", "::1"} {
		if l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, "0")); err == nil {
			_ = l.Close()
			out = append(out, host)
		}
	}
	return out
}

// desk is the listener's side of a flow: it takes HubSpot's answer from the
// browser, shows a page, and knows nothing else. Whatever is not exactly what
// HubSpot sends gets the same 404 and changes nothing, so that no other page
// can end a sign-in or learn anything from it.
type desk struct {
	host      string
	take      func(url.Values) bool
	server    *http.Server
	listeners []net.Listener
	shown     chan struct{} // holds a token once the last page was fetched
}

func newDesk(f *Flow, port int, listeners []net.Listener) *desk {
	d := &desk{
		host: "localhost:" + strconv.Itoa(port), take: func(q url.Values) bool { return f.take(q, false) },
		listeners: listeners, shown: make(chan struct{}, 1),
	}
	d.server = &http.Server{
		Handler: d, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
		WriteTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what strangers send is no news
	}
	d.server.SetKeepAlivesEnabled(false)
	return d
}

// open starts serving and returns what ends it and frees the port. A nil desk
// serves nothing.
func (d *desk) open() (stop func()) {
	if d == nil {
		return func() {}
	}
	ended := make(chan struct{}, len(d.listeners))
	for _, l := range d.listeners {
		go func() {
			_ = d.server.Serve(l) // always ErrServerClosed, or the listener's end
			ended <- struct{}{}
		}()
	}
	return func() {
		_ = d.server.Close()
		for range d.listeners {
			<-ended
		}
	}
}

// see waits until the browser has the last page, or is not coming for it.
func (d *desk) see(ctx context.Context) {
	if d == nil {
		return
	}
	within, cancel := context.WithTimeout(ctx, lastPage)
	defer cancel()
	select {
	case <-d.shown:
		_ = d.server.Shutdown(within) // lets the answer out
	case <-within.Done():
	}
}

// ServeHTTP answers the browser.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case r.Host != d.host || r.Method != http.MethodGet:
	case r.URL.Path == donePath:
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(lastPageHTML))
		select {
		case d.shown <- struct{}{}:
		default:
		}
		return
	case r.URL.Path == callbackPath && d.take(r.URL.Query()):
		h.Set("Location", donePath) // so that the code does not stay in the address bar
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("Not found.\n"))
}

const lastPageHTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Satchel</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; text-align: center }
</style>
<h1>Back to Satchel</h1>
<p>HubSpot has answered. You can close this window; Satchel shows how it went.</p>
</html>
`

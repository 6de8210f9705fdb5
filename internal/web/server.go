package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"satchel/internal/csp"
	"satchel/internal/wire"
)

// cookieOf names the cookie of a server's pages. A browser sends a cookie to every
// port of a host, so that servers of two profiles need cookies of two names.
func cookieOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr) // of a listener, which has one
	return "satchel_session_" + port
}

// Options are what a Server works with. All but Used are required.
type Options struct {
	// Facades are pointers to structs whose exported methods can be called, by
	// the struct's name.
	Facades []any
	// Changes is called once per listener; its channel ends with ctx.
	Changes func(ctx context.Context) <-chan wire.Change
	Assets  fs.FS
	Log     *slog.Logger
	// Used is told, after a browser has taken the address's token, the address for
	// another one.
	Used func(url string)
}

// Server is the loopback server. Make one with New, run it with Serve.
type Server struct {
	o       Options
	session string // in the cookie
	mu      sync.Mutex
	token   string // in the printed address; each signs one browser in
	methods map[string]method
	files   http.Handler
}

// New makes a server with fresh secrets.
func New(o Options) *Server {
	s := &Server{o: o, token: secret(), session: secret(), methods: map[string]method{}, files: http.FileServerFS(o.Assets)}
	for _, f := range o.Facades {
		collect(s.methods, f)
	}
	return s
}

func secret() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // crypto/rand.Read never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// URL is the address to open in a browser when the server listens at addr. It can
// be used once.
func (s *Server) URL(addr net.Addr) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return address(addr.String(), s.token)
}

func address(addr, token string) string { return "http://" + addr + "/?token=" + token }

// Serve answers on l until ctx is done, then lets running calls finish for up
// to five seconds.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s.guard(l.Addr().String()), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		BaseContext:    func(net.Listener) context.Context { return ctx },
		ErrorLog:       slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// ctx is over already; the calls that are still running get a moment.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		return srv.Close()
	}
	return nil
}

// guard lets only this server's own pages through.
func (s *Server) guard(addr string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rpc/{method}", s.call)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /", s.asset)
	hosts, cookie := ownHosts(addr), cookieOf(addr)
	return csp.Guard(csp.Server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !hosts[r.Host] {
			http.Error(w, "This address does not belong to Satchel.", http.StatusMisdirectedRequest)
			return
		}
		if o := r.Header.Get("Origin"); o != "" && !hosts[strings.TrimPrefix(o, "http://")] {
			http.Error(w, "Satchel answers only its own pages.", http.StatusForbidden)
			return
		}
		if s.exchanged(w, r, addr) {
			return
		}
		if !s.signedIn(r, cookie) {
			http.Error(w, "Open the last address that satchel serve printed; it carries the token for this page, which signs one browser in.", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}

// ownHosts are the names under which a server at addr may be asked.
func ownHosts(addr string) map[string]bool {
	hosts := map[string]bool{addr: true}
	if _, port, err := net.SplitHostPort(addr); err == nil {
		for _, h := range []string{"localhost", "127.0.0.1", "[::1]"} {
			hosts[h+":"+port] = true
		}
	}
	return hosts
}

// exchanged trades the token in the address for the cookie and takes it out of
// the address again. The token is then used up; a browser that has the cookie
// needs none.
func (s *Server) exchanged(w http.ResponseWriter, r *http.Request, addr string) bool {
	t := r.URL.Query().Get("token")
	if r.URL.Path != "/" || r.Method != http.MethodGet || t == "" {
		return false
	}
	cookie := cookieOf(addr)
	if !s.signedIn(r, cookie) {
		next, ok := s.take(t)
		if !ok {
			return false
		}
		if s.o.Used != nil {
			defer s.o.Used(address(addr, next))
		}
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return true
}

// take uses a token up and makes the next one.
func (s *Server) take(token string) (next string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !same(token, s.token) {
		return "", false
	}
	s.token = secret()
	return s.token, true
}

func (s *Server) signedIn(r *http.Request, cookie string) bool {
	c, err := r.Cookie(cookie)
	return err == nil && same(c.Value, s.session)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable") // names carry a hash
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	s.files.ServeHTTP(w, r)
}

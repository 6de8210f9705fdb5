package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/sandbox"
)

// sample is the portal on this computer: one that runs already at the base URL,
// or one that is started in this process when it is first asked for.
type sample struct {
	base string // of the configuration
	file string // where the started one is kept between runs

	mu     sync.Mutex // guards what follows
	portal *sandbox.Portal
	server *http.Server
	url    string
}

func newSample(cfg config.Config) *sample {
	return &sample{base: cfg.BaseURL, file: filepath.Join(cfg.DataDir, "sample-portal.state")}
}

// offer is nil where the base URL is somebody else's portal.
func (s *sample) offer() *boot.Sample {
	if s.base != "" && !onThisComputer(s.base) {
		return nil
	}
	return &boot.Sample{Grant: s.grant, Drop: s.drop}
}

func onThisComputer(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
}

func (s *sample) grant(ctx context.Context, base string) (boot.SampleGrant, error) {
	if base != "" {
		return ask(ctx, base)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.portal == nil {
		if err := s.start(ctx); err != nil {
			return boot.SampleGrant{}, err
		}
	}
	refresh, err := s.portal.GrantFor("")
	c := s.portal.Credentials()
	return boot.SampleGrant{BaseURL: s.url, BuiltIn: true, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Refresh: refresh}, err
}

// start opens the portal on a free loopback port.
func (s *sample) start(ctx context.Context) error {
	p, err := sandbox.Open(sandbox.Options{StateFile: s.file}) //nolint:contextcheck // its background work ends with Close
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, p.Close())
	}
	s.portal, s.url = p, "http://"+l.Addr().String()
	s.server = &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(l) }() // ends with close, which is the only reason it gives
	return nil
}

// ask asks a sandbox that runs already to sign its first user in.
func ask(ctx context.Context, base string) (boot.SampleGrant, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/_sandbox/grant", http.NoBody)
	if err != nil {
		return boot.SampleGrant{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return boot.SampleGrant{}, boot.Offline("There is no sandbox at "+base+" (start one with satchel sandbox). Nothing was changed.", err)
	}
	defer func() { _ = res.Body.Close() }()
	var g struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Refresh      string `json:"refresh_token"`
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 1<<16)).Decode(&g)
	if err != nil || res.StatusCode != http.StatusOK {
		return boot.SampleGrant{}, boot.Offline("What answers at "+base+" is not a Satchel sandbox. Nothing was changed.", err)
	}
	return boot.SampleGrant{BaseURL: base, ClientID: g.ClientID, ClientSecret: g.ClientSecret, Refresh: g.Refresh}, nil
}

// drop removes the portal that this process starts, with all that was written
// there.
func (s *sample) drop() error {
	err := s.close()
	if err := os.Remove(s.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return err
}

// close ends a portal that this process started, and saves it.
func (s *sample) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.portal == nil {
		return nil
	}
	err := errors.Join(s.server.Close(), s.portal.Close())
	s.portal = nil
	return err
}

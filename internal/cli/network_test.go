package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// company is a network in which HubSpot is reached through a proxy only, and
// the certificates are the company's own.
type company struct {
	caFile string
	proxy  string
	client *http.Client // of somebody who trusts the company
	served atomic.Int64 // requests that got through

	mu     sync.Mutex
	tunnel []string // the addresses that the proxy was asked for
}

func (c *company) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.tunnel...)
}

// newCompany serves a portal as portal.test, a name that only the proxy knows.
func newCompany(t *testing.T, portal http.Handler) *company {
	t.Helper()
	c := &company{}
	ca, caKey := certificate(t, nil, nil)
	leaf, leafKey := certificate(t, ca, caKey)
	c.caFile = filepath.Join(t.TempDir(), "company.pem")
	require.NoError(t, os.WriteFile(c.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw}), 0o600))

	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.served.Add(1)
		portal.ServeHTTP(w, r)
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey}}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	at := srv.Listener.Addr().String()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.connect(w, r, at) }))
	t.Cleanup(proxy.Close)
	c.proxy = proxy.URL

	pool := x509.NewCertPool()
	pool.AddCert(ca)
	c.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "portal.test"},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at)
		},
	}}
	return c
}

// connect is the proxy: a tunnel to the portal, whatever name it has.
func (c *company) connect(w http.ResponseWriter, r *http.Request, at string) {
	if r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	c.mu.Lock()
	c.tunnel = append(c.tunnel, r.Host)
	c.mu.Unlock()
	up, err := net.Dial("tcp", at)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	down, read, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = up.Close()
		return
	}
	go func() {
		_, _ = io.Copy(up, read) // the first bytes may be here already
		_ = up.Close()
	}()
	_, _ = io.Copy(down, up)
	_ = down.Close()
}

// certificate makes an authority, or with one a certificate of portal.test.
func certificate(t *testing.T, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Company"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if ca == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
		ca, caKey = c, key
	} else {
		c.DNSNames, c.ExtKeyUsage = []string{"portal.test"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, ca, &key.PublicKey, caKey)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return made, key
}

// behind is a program whose only way out is the company's proxy.
func behind(t *testing.T) (*program, *company, []string) {
	t.Helper()
	p := newProgram(t, sandbox.Options{Contacts: 10, Limits: "off"})
	c := newCompany(t, p.portal.Handler())
	p.url = "https://portal.test"
	return p, c, []string{"HTTPS_PROXY=" + c.proxy, "HTTP_PROXY=", "NO_PROXY=", "https_proxy=", "http_proxy=", "no_proxy="}
}

// token runs connect --token-stdin.
func (p *program) token(env []string, args ...string) (string, int) {
	p.t.Helper()
	cmd := p.command(append([]string{"connect", "--token-stdin", "--keep-in", "memory"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(p.portal.Credentials().Token + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.NotNil(p.t, cmd.ProcessState, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// HubSpot is reached through the system's proxy, with the company's authority
// once its file is named: by flag, environment or configuration file.
func TestProxyAndCAFile_AreHonoured(t *testing.T) {
	p, c, env := behind(t)
	out, code := p.token(env, "--ca-file", c.caFile)
	require.Equal(t, exitDone, code, out)
	require.Contains(t, out, "Connected")
	require.NotEmpty(t, c.asked())
	for _, host := range c.asked() {
		require.Equal(t, "portal.test:443", host)
	}
	out, code = p.token(append(env, "SATCHEL_CA_FILE="+c.caFile))
	require.Equal(t, exitDone, code, out)
	file := filepath.Join(p.dir, "satchel", "config.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(`{"ca_file": "`+c.caFile+`"}`), 0o600))
	out, code = p.token(env)
	require.Equal(t, exitDone, code, out)
}

// The token endpoint is reached in the same way.
func TestProxyAndCAFile_AreHonouredBySignIn(t *testing.T) {
	p, c, env := behind(t)
	act := func(page string) string { return p.asked(c.client, page, "allow") }
	out, code := p.signIn(env, act, "--keep-in", "memory", "--ca-file", c.caFile)
	require.Equal(t, exitDone, code, out)
	require.Contains(t, out, "Connected")

	out, code = p.signIn(env, act, "--keep-in", "memory")
	require.Equal(t, exitSignIn, code, out)
	require.Contains(t, out, "your company's proxy")
	require.Contains(t, out, "--ca-file")
}

// A certificate that is not trusted has its own sentence, which names the
// setting that helps, and nothing is sent.
func TestCAFile_UntrustedCertificateIsSaid(t *testing.T) {
	p, c, env := behind(t)
	out, code := p.token(env)
	require.Equal(t, exitFailed, code, out)
	for _, words := range []string{"certificate", "your company's proxy", "--ca-file", "SATCHEL_CA_FILE", "nothing was sent"} {
		require.Contains(t, out, words)
	}
	require.Zero(t, c.served.Load())
}

// A CA file that is no such file is refused before anything is sent.
func TestCAFile_BadFilesAreRefused(t *testing.T) {
	p, c, env := behind(t)
	garbage := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(garbage, []byte("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"), 0o600))
	for file, words := range map[string]string{
		garbage:                              "holds no certificate that can be read",
		filepath.Join(t.TempDir(), "no.pem"): "does not exist",
		t.TempDir():                          "cannot be read",
	} {
		out, code := p.token(env, "--ca-file", file)
		require.Equal(t, exitUsage, code, out)
		require.Contains(t, out, words)
	}
	require.Empty(t, c.asked())
}

// NO_PROXY takes a server out of the proxy's hands.
func TestProxy_NoProxyIsHonoured(t *testing.T) {
	p, c, env := behind(t)
	out, code := p.token(append(env, "NO_PROXY=portal.test"), "--ca-file", c.caFile)
	require.Equal(t, exitFailed, code, out)
	require.Contains(t, out, "cannot be reached")
	require.Empty(t, c.asked())
}

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

// browser is what a person does with the page that a sign-in names: it answers
// the address on which they end.
type browser func(page string) string

// asked is the answer of HubSpot's page to a decision, with the first user.
func (p *program) asked(c *http.Client, page, decision string) string {
	p.t.Helper()
	res, err := c.Get(page)
	require.NoError(p.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, res.Body.Close())
	_, rest, ok := strings.Cut(string(body), `name="user"`)
	require.True(p.t, ok, "%s", body)
	_, rest, _ = strings.Cut(rest, `value="`)
	user, _, _ := strings.Cut(rest, `"`)
	u, err := url.Parse(page)
	require.NoError(p.t, err)
	form := u.Query()
	form.Set("decision", decision)
	form.Set("user", user)
	u.RawQuery = ""
	once := *c
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err = once.PostForm(u.String(), form)
	require.NoError(p.t, err)
	require.NoError(p.t, res.Body.Close())
	require.Equal(p.t, http.StatusFound, res.StatusCode)
	return res.Header.Get("Location")
}

// signIn runs connect --paste, with another address pasted first.
func (p *program) signIn(env []string, act browser, args ...string) (out string, code int) {
	p.t.Helper()
	secret := filepath.Join(p.t.TempDir(), "secret")
	k := p.portal.Credentials()
	require.NoError(p.t, os.WriteFile(secret, []byte(k.ClientSecret), 0o600))
	cmd := p.command(append([]string{"connect", "--paste", "--no-browser", "--client-id", k.ClientID, "--client-secret-file", secret}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	in, err := cmd.StdinPipe()
	require.NoError(p.t, err)
	said, err := cmd.StderrPipe()
	require.NoError(p.t, err)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	require.NoError(p.t, cmd.Start())
	var all strings.Builder
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		page := strings.TrimSpace(lines.Text())
		if u, err := url.Parse(page); err == nil && strings.HasSuffix(u.Path, "/oauth/authorize") && strings.HasPrefix(page, "http") && u.Query().Has("state") {
			_, err := io.WriteString(in, "http://localhost:47611/callback?code=x&state=y\n"+act(page)+"\n")
			require.NoError(p.t, err)
		}
	}
	require.NoError(p.t, lines.Err())
	_ = cmd.Wait()
	return stdout.String() + all.String(), cmd.ProcessState.ExitCode()
}

// Every outcome has its own words and exit code 3 on the command line too, and
// for programs its own code.
func TestR05_OutcomesOnTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		outcome string
		fault   *sandbox.Fault
		query   string // what HubSpot's page answers; "" is yes
		says    []string
	}{
		{"user_denied", nil, "error=access_denied", []string{"did not allow the connection"}},
		{"not_permitted", nil, "error=insufficient_permissions", []string{"You can send them this", "App Marketplace access", "/oauth/authorize?client_id="}},
		{"wrong_app", &sandbox.Fault{Match: sandbox.Match{Path: "/oauth/*/token"}, Kind: "token_error", Error: "BAD_CLIENT_SECRET"}, "", []string{"client secret is wrong"}},
		{"blocked", &sandbox.Fault{Match: sandbox.Match{Path: "/account-info/**"}, Kind: "status", Status: 403, Error: "USER_DOES_NOT_HAVE_PERMISSIONS"}, "", []string{"Users & Teams"}},
		{"hubspot_down", &sandbox.Fault{Match: sandbox.Match{Path: "/oauth/*/token"}, Kind: "status", Status: 503}, "", []string{"problem at the moment"}},
		{"offline", &sandbox.Fault{Match: sandbox.Match{Path: "/oauth/*/token"}, Kind: "drop_before_apply"}, "", []string{"cannot be reached"}},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			p := newProgram(t, sandbox.Options{Contacts: 10, Limits: "off"})
			act := func(page string) string {
				if c.query == "" {
					address := p.asked(http.DefaultClient, page, "allow")
					if c.fault != nil {
						_, err := p.portal.Fault(*c.fault)
						require.NoError(t, err)
					}
					return address
				}
				u, err := url.Parse(page)
				require.NoError(t, err)
				return u.Query().Get("redirect_uri") + "?" + c.query + "&state=" + u.Query().Get("state")
			}
			out, code := p.signIn(nil, act, "--keep-in", "memory")
			require.Equal(t, exitSignIn, code, out)
			for _, words := range c.says {
				require.Contains(t, out, words)
			}
			p.portal.ClearFaults()
			out, code = p.signIn(nil, act, "--keep-in", "memory", "--json")
			require.Equal(t, exitSignIn, code, out)
			_, line, ok := strings.Cut(out, `{"error":`)
			require.True(t, ok, out)
			var e wire.Error
			require.NoError(t, json.NewDecoder(strings.NewReader(line)).Decode(&e))
			require.Equal(t, c.outcome, e.Code)
		})
	}
}

// Without a keychain nothing is kept by itself; a file that is named with its
// passphrase keeps the sign-in for the commands that follow, and no file has it
// in the clear.
func TestR08_SignInInAFileOnTheCommandLine(t *testing.T) {
	p := newProgram(t, sandbox.Options{Contacts: 10, Limits: "off"})
	act := func(page string) string { return p.asked(http.DefaultClient, page, "allow") }
	out, code := p.signIn(nil, act)
	require.Equal(t, exitFailed, code, out)
	require.Contains(t, out, "Nothing was put elsewhere")

	out, code = p.signIn(nil, act, "--keep-in", "file")
	require.Equal(t, exitSignIn, code, out)
	require.Contains(t, out, "SATCHEL_PASSPHRASE_FILE")

	key := filepath.Join(t.TempDir(), "passphrase")
	require.NoError(t, os.WriteFile(key, []byte("correct horse battery\n"), 0o600))
	with := []string{"SATCHEL_PASSPHRASE_FILE=" + key}
	out, code = p.signIn(with, act, "--keep-in", "file")
	require.Equal(t, exitDone, code, out)
	require.Contains(t, out, "This is not the address", "the wrong one that was pasted first")
	require.Contains(t, out, "kept in an encrypted file")

	out, code = p.try("sync", "--once")
	require.Equal(t, exitSignIn, code, out)
	require.Contains(t, out, "waits for its passphrase")
	out, code = p.try("status")
	require.Equal(t, exitSignIn, code, out)
	cmd := p.command("sync", "--once")
	cmd.Env = append(cmd.Env, with...)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.NoError(t, filepath.WalkDir(p.dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		require.NotContains(t, string(text), p.portal.Credentials().ClientSecret, name)
		require.NotContains(t, string(text), "na1-", name)
		return err
	}))

	require.NoError(t, os.WriteFile(key, []byte("another\n"), 0o600))
	cmd = p.command("sync", "--once")
	cmd.Env = append(cmd.Env, with...)
	said, err = cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(said), "does not open the file")
}

package cli

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

// secretLike are HubSpot's tokens and an app's secret, as somebody would write
// them down.
func secretLike() map[string]*regexp.Regexp {
	const id = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
	return map[string]*regexp.Regexp{
		"a token":           regexp.MustCompile(`pat-[a-z]{2}[0-9]-` + id),
		"a refresh token":   regexp.MustCompile(`\b(na|eu|ap)[0-9]-` + id),
		"an app's secret":   regexp.MustCompile(`(?i)client_?secret["'` + "`" + `]?\s*[:=]=?\s*["'` + "`" + `]?` + id),
		"a secret in a URL": regexp.MustCompile(`client_secret=[0-9A-Za-z][0-9A-Za-z-]{7}`),
		"a private key":     regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{20}`),
	}
}

func findSecrets(text []byte) (what, where string) {
	for what, re := range secretLike() {
		for _, hit := range re.FindAll(text, -1) {
			if !strings.Contains(string(hit), "00000000-0000-0000-0000") { // which is nobody's
				return what, string(hit)
			}
		}
	}
	return "", ""
}

// No secret and no token stands in the sources.
func TestR01_NoSecretInTheTree(t *testing.T) {
	what, _ := findSecrets([]byte(`clientSecret := "11112222-3333-4444-5555-666677778888"`))
	require.NotEmpty(t, what, "the search finds one")
	read := 0
	require.NoError(t, filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && (base == "node_modules" || base == "dist" || base == "bin" || base == "artifacts" || base == "test-results" || base == "testdata" || strings.HasPrefix(base, ".git")) {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || strings.HasSuffix(base, "_test.go") { // tests are not shipped, and make some up
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		read++
		what, where := findSecrets(text)
		require.Empty(t, where, "%s: %s", name, what)
		return nil
	}))
	require.Greater(t, read, 300)
}

// A build takes a client id and a gateway along, and no secret, not even when the
// environment of the build is full of them.
func TestR01_NoSecretInTheBinary(t *testing.T) {
	unraced(t)
	bin := filepath.Join(t.TempDir(), "satchel")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	const id, gateway = "0f0f0f0f-1111-2222-3333-444444444444", "https://gateway.test"
	canaries := []string{"canary-client-secret-4711", "canary-token-4711", "canary-passphrase-4711"}
	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte(canaries[0]), 0o600))
	const built = "-X satchel/internal/config.built"
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-tags", "headless",
		"-ldflags", built+"ClientID="+id+" "+built+"BaseURL="+gateway+" "+built+"ClientSecret="+canaries[0], "-o", bin, "../..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "SATCHEL_CLIENT_SECRET_FILE="+key, "SATCHEL_CLIENT_SECRET="+canaries[0],
		"SATCHEL_TOKEN="+canaries[1], "SATCHEL_PASSPHRASE="+canaries[2])
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	text, err := os.ReadFile(bin)
	require.NoError(t, err)
	what, where := findSecrets(text)
	require.Empty(t, where, what)
	for _, canary := range canaries {
		require.NotContains(t, string(text), canary)
	}
	require.Contains(t, string(text), id, "what may come along did")

	run := exec.CommandContext(t.Context(), bin, "status", "--json", "--data-dir", t.TempDir())
	run.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir(), "SATCHEL_BASE_URL=", "SATCHEL_CLIENT_ID=", "SATCHEL_TOKEN=")
	said, _ := run.Output() // exit code 3: nobody is signed in
	var s struct {
		Account wire.Account `json:"account"`
	}
	require.NoError(t, json.Unmarshal(said, &s), "%s", said)
	require.Equal(t, id, s.Account.ClientID)
	require.True(t, s.Account.HasApp, "the gateway has the secret: no form is needed")
	require.Equal(t, gateway, s.Account.BaseURL)
}

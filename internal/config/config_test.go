package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const canary = "pat-canary-4711"

// write makes a configuration file.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestLoad_WithoutAnythingGivesDefaults(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	xdg.Reload()
	t.Cleanup(xdg.Reload)

	got, err := Load(Sources{})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(Config{
		DataDir:    filepath.Join(home, "data", "satchel"),
		ListenAddr: "127.0.0.1:0",
		LogLevel:   "info",
	}, got))
	require.Equal(t, filepath.Join(home, "config", "satchel", "config.json"), File())
}

func TestLoad_FlagBeatsEnvironmentBeatsFile(t *testing.T) {
	file := write(t, `{"data_dir":"/file","base_url":"https://file.example","log_level":"debug","client_id":"file","listen":"127.0.0.1:1","browser":"file","client_secret_file":"/file/s"}`)
	getenv := env(map[string]string{"SATCHEL_BASE_URL": "https://env.example/", "SATCHEL_LOG_LEVEL": "WARN", "SATCHEL_BROWSER": NoBrowser, "SATCHEL_TOKEN": canary + "\n", "SATCHEL_CLIENT_ID": ""})

	got, err := Load(Sources{File: file, Getenv: getenv, Flags: map[string]string{"log-level": "error", "listen": "[::1]:0"}})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(Config{
		DataDir: "/file", BaseURL: "https://env.example", ListenAddr: "[::1]:0", LogLevel: "error",
		Token: canary, ClientID: "file", ClientSecretFile: "/file/s", Browser: NoBrowser,
	}, got, cmp.Transformer("text", Secret.Reveal)))
}

func TestLoad_EveryNameReachesItsSetting(t *testing.T) {
	const want = "/1 https://2.example localhost:3 debug 5 /6 7 /8 file acme 9 10 11"
	text := func(c Config) string {
		return fmt.Sprint(c.DataDir, " ", c.BaseURL, " ", c.ListenAddr, " ", c.LogLevel, " ", c.ClientID, " ", c.ClientSecretFile, " ", c.Browser, " ", c.CAFile, " ", c.KeepIn, " ", c.Profile, " ", c.ReserveBurst, " ", c.ReserveSearch, " ", c.ReserveDaily)
	}
	for name, src := range map[string]Sources{
		"file": {File: write(t, `{"data_dir":"/1","base_url":"https://2.example","listen":"localhost:3","log_level":"debug","client_id":"5","client_secret_file":"/6","browser":"7","ca_file":"/8","keep_in":"file","profile":"acme","reserve_burst":"9","reserve_search":"10","reserve_daily":"11"}`)},
		"environment": {File: write(t, `{}`), Getenv: env(map[string]string{
			"SATCHEL_DATA_DIR": "/1", "SATCHEL_BASE_URL": "https://2.example", "SATCHEL_LISTEN": "localhost:3", "SATCHEL_LOG_LEVEL": "debug",
			"SATCHEL_CLIENT_ID": "5", "SATCHEL_CLIENT_SECRET_FILE": "/6", "SATCHEL_BROWSER": "7", "SATCHEL_CA_FILE": "/8", "SATCHEL_KEEP_IN": "file", "SATCHEL_PROFILE": "acme",
			"SATCHEL_RESERVE_BURST": "9", "SATCHEL_RESERVE_SEARCH": "10", "SATCHEL_RESERVE_DAILY": "11",
		})},
		"flags": {File: write(t, `{}`), Flags: map[string]string{
			"data-dir": "/1", "base-url": "https://2.example", "listen": "localhost:3", "log-level": "debug", "client-id": "5", "client-secret-file": "/6", "browser": "7", "ca-file": "/8", "keep-in": "file", "profile": "acme", "reserve-burst": "9", "reserve-search": "10", "reserve-daily": "11",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Load(src)
			require.NoError(t, err)
			require.Equal(t, want, text(got))
		})
	}
}

func TestLoad_RelativeDataDirCountsFromHere(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	require.NoError(t, err)
	got, err := Load(Sources{File: write(t, `{}`), Flags: map[string]string{"data-dir": "here"}})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(here, "here"), got.DataDir)
}

func TestLoad_HubSpotsOwnAddressIsTheEmptyOne(t *testing.T) {
	got, err := Load(Sources{File: write(t, `{}`), Flags: map[string]string{"base-url": "https://api.hubapi.com/"}})
	require.NoError(t, err)
	require.Empty(t, got.BaseURL)
}

func TestLoad_RefusesWithASentence(t *testing.T) {
	file := write(t, `{}`)
	flag := func(name, value string) Sources {
		return Sources{File: file, Flags: map[string]string{name: value}}
	}
	for _, test := range []struct {
		name    string
		src     Sources
		setting string
		says    string
	}{
		{"no such file", Sources{File: "/does/not/exist.json"}, "config.json", "cannot be read"},
		{"file is a list", Sources{File: write(t, `[1]`)}, "config.json", "is not the JSON object"},
		{"two objects", Sources{File: write(t, `{}{}`)}, "config.json", "Keep one object"},
		{"token in the file", Sources{File: write(t, `{"token":"`+canary+`"}`)}, "config.json", "SATCHEL_TOKEN"},
		{"empty data directory", flag("data-dir", ""), "data-dir", "is empty"},
		{"not an address", flag("base-url", "https://user:"+canary+"@%zz"), "base-url", "should look like"},
		{"no scheme", flag("base-url", "gateway.example.com"), "base-url", "must begin with https://"},
		{"another scheme", flag("base-url", "ftp://gateway.example.com"), "base-url", "must begin with https://"},
		{"password", flag("base-url", "https://user:"+canary+"@gateway.example.com"), "base-url", "must not contain a user name"},
		{"query", flag("base-url", "https://gateway.example.com/?hapikey="+canary), "base-url", "must end before"},
		{"http to elsewhere", flag("base-url", "http://gateway.example.com"), "base-url", "in the clear"},
		{"no port", flag("listen", "127.0.0.1"), "listen", "is not an address"},
		{"no such port", flag("listen", "127.0.0.1:99999"), "listen", "is not an address"},
		{"all interfaces", flag("listen", ":8080"), "listen", "this computer only"},
		{"another machine", flag("listen", "192.0.2.1:8080"), "listen", "this computer only"},
		{"log level", flag("log-level", "loud"), "log-level", "debug, info, warn or error"},
		{"client id", flag("client-id", "a b"), "client-id", "a space or a line break"},
		{"no place for a sign-in", flag("keep-in", "desk"), "keep-in", "keychain, file or memory"},
		{"reserve of everything", flag("reserve-burst", "91"), "reserve-burst", "from 0 to 90"},
		{"reserve below nothing", flag("reserve-search", "-1"), "reserve-search", "from 0 to 90"},
		{"reserve with a sign", flag("reserve-daily", "20%"), "reserve-daily", "from 0 to 90"},
		{"token with a space", Sources{File: file, Getenv: env(map[string]string{"SATCHEL_TOKEN": canary + " x"})}, "token", "SATCHEL_TOKEN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(test.src)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, test.setting, e.Setting)
			require.Contains(t, e.Msg, test.says)
			require.True(t, strings.HasSuffix(e.Msg, "."), e.Msg)
			require.NotContains(t, fmt.Sprintf("%v %v", e, e.Err), canary)
		})
	}
}

func TestLoad_PlainHTTPToThisComputer(t *testing.T) {
	for _, base := range []string{"http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"} {
		got, err := Load(Sources{File: write(t, `{}`), Flags: map[string]string{"base-url": base}})
		require.NoError(t, err)
		require.Equal(t, base, got.BaseURL)
	}
}

func TestReadClientSecret(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, text, want, says string }{
		{"good", canary + "\n", canary, ""},
		{"empty", " \n", "", "the secret and nothing else"},
		{"two lines", "a\n" + canary + "\n", "", "the secret and nothing else"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(dir, test.name)
			require.NoError(t, os.WriteFile(file, []byte(test.text), 0o600))
			got, err := Config{ClientSecretFile: file}.ReadClientSecret()
			if test.says == "" {
				require.NoError(t, err)
				require.Equal(t, test.want, got.Reveal())
				return
			}
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), canary)
		})
	}
	_, err := Config{ClientSecretFile: filepath.Join(dir, "missing")}.ReadClientSecret()
	require.ErrorContains(t, err, "does not exist")
	_, err = Config{ClientSecretFile: dir}.ReadClientSecret()
	require.ErrorContains(t, err, "cannot be read")
	got, err := Config{}.ReadClientSecret()
	require.NoError(t, err)
	require.Empty(t, got.Reveal())
}

func TestSecret_NeverShowsItsText(t *testing.T) {
	holder := struct {
		Token Secret  `json:"token"`
		Ptr   *Secret `json:"ptr"`
	}{Token: canary}
	secret := Secret(canary)
	holder.Ptr = &secret
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("token", secret), slog.Any("holder", holder))
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("token", secret), slog.Any("holder", holder))
	marshalled, err := json.Marshal(holder)
	require.NoError(t, err)
	printed := fmt.Sprintf("%v %+v %#v %s %q %x %d %v %+v %#v", secret, secret, secret, secret, secret, secret, secret, holder, Config{Token: canary}, holder)
	for _, text := range []string{log.String(), string(marshalled), printed} {
		require.Contains(t, text, "[redacted]")
		require.NotContains(t, text, canary)
		require.NotContains(t, text, fmt.Sprintf("%x", canary))
	}
	require.Equal(t, canary, secret.Reveal())
}

func TestReadPassphrase(t *testing.T) {
	for text, want := range map[string]string{
		"correct horse\n": "correct horse", "correct horse": "correct horse", " spaces count \r\n": " spaces count ",
		"": "", "\n": "", "one\ntwo\n": "", strings.Repeat("x", 2000): "",
	} {
		c := Config{PassphraseFile: write(t, text)}
		got, err := c.ReadPassphrase()
		require.Equal(t, want, got.Reveal(), "%q", text)
		require.Equal(t, want == "", err != nil, "%q", text)
	}
	got, err := Config{}.ReadPassphrase()
	require.NoError(t, err)
	require.Empty(t, got.Reveal())
	_, err = Config{PassphraseFile: "/does/not/exist"}.ReadPassphrase()
	require.ErrorContains(t, err, "does not exist")
}

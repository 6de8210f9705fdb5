package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
)

// Every flag of satchel sandbox does something to the portal.
func TestSandbox_FlagsReachThePortal(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	code := make(chan int, 1)
	noWindow := func(context.Context, *boot.Node, fs.FS) error { return errors.New("no window in a test") }
	go func() {
		code <- Main(ctx, []string{
			"sandbox", "--json", "--contacts", "7", "--limits", "pro+", "--retry-after", "--index-lag", "5s", "--refuse-unique",
			"--pkce", "enforce", "--rotate-refresh-tokens", "--redirect", "http://localhost:3000/a", "--redirect", "https://app.example/b",
			"--token-scopes", "crm.objects.contacts.read oauth",
		}, Streams{In: strings.NewReader(""), Out: write, Err: io.Discard}, noWindow, noRaise)
	}()
	line, err := bufio.NewReader(read).ReadBytes('\n')
	require.NoError(t, err)
	var portal sandboxLine
	require.NoError(t, json.Unmarshal(line, &portal))
	get := func(path string) (int, string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, portal.URL+path, http.NoBody)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+portal.Token)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer func() { require.NoError(t, res.Body.Close()) }()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body)
	}
	_, settings := get("/_sandbox/settings")
	require.JSONEq(t, `{"index_lag_ms":5000,"pkce":"enforce","rotate_refresh_tokens":true,"retry_after":true,"rate_category":false,"refuse_unique":true,"refuse_associations":false,"unreachable":false}`, settings)
	_, limits := get("/_sandbox/limits")
	require.Contains(t, limits, `"plan":"pro+"`)
	_, stats := get("/_sandbox/stats")
	require.Contains(t, stats, `"contacts":7`)
	status, _ := get("/crm/objects/2026-09/contacts")
	require.Equal(t, http.StatusOK, status)
	status, _ = get("/crm/objects/2026-09/deals")
	require.Equal(t, http.StatusForbidden, status)
	for redirect, want := range map[string]int{"http://localhost:3000/a": 200, "https://app.example/b": 200, "http://localhost:47611/callback": 400} {
		status, _ = get("/oauth/authorize?scope=oauth&client_id=" + portal.ClientID + "&redirect_uri=" + redirect)
		require.Equal(t, want, status, redirect)
	}
	stop()
	require.Equal(t, exitDone, <-code)
}

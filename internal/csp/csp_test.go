package csp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/frontend"
	"satchel/internal/csp"
)

// directives reads a policy as a browser does.
func directives(t *testing.T, policy string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for part := range strings.SplitSeq(policy, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		require.NotContains(t, out, name, "a browser ignores the second one")
		out[name] = value
	}
	return out
}

func TestR28_ThePolicyAllowsWhatIsInsideAndNothingElse(t *testing.T) {
	for face, connect := range map[csp.Face]string{csp.Window: "'none'", csp.Server: "'self'"} {
		t.Run(string(face), func(t *testing.T) {
			got := directives(t, csp.Of(face))
			for name, want := range map[string]string{
				"default-src": "'none'", "script-src": "'self'", "img-src": "'self' data:", "font-src": "'self'", "connect-src": connect,
				"frame-src": "'none'", "object-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
				"require-trusted-types-for": "'script'",
			} {
				require.Equal(t, want, got[name], name)
			}
			require.Regexp(t, `^'self' 'sha256-[A-Za-z0-9+/]{43}='$`, got["style-src"])
			require.NotContains(t, csp.Of(face), "unsafe")
			require.NotContains(t, csp.Of(face), "*")
			require.NotContains(t, csp.Of(face), "blob:")
		})
	}
}

// The one inline style is that of the frame in which a foreign body is shown.
func TestR28_TheStyleOfTheFrameIsTheOneThatIsNamed(t *testing.T) {
	style, err := os.ReadFile("../../frontend/src/ui/foreign.css")
	require.NoError(t, err)
	sum := sha256.Sum256(style)
	require.Contains(t, csp.Of(csp.Window), "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", "write it into frontend/policy.json, twice")
}

// The page that is built says the same of itself, but for who may frame it,
// which only a header can say. It cannot know in which face it will be shown, so
// that it allows the connections of the wider one.
func TestR28_TheBuiltPageHasTheSamePolicy(t *testing.T) {
	page, err := fs.ReadFile(frontend.Dist(), "index.html")
	if err != nil {
		t.Skip("the frontend is not built: " + err.Error())
	}
	found := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]+)"`).FindSubmatchIndex(page)
	require.NotNil(t, found, "the page has a policy")
	require.Less(t, found[0], strings.Index(string(page), "<script"), "it stands before the first script")
	meta := directives(t, html.UnescapeString(string(page[found[2]:found[3]])))
	header := directives(t, csp.Of(csp.Server))
	delete(header, "frame-ancestors")
	require.Equal(t, header, meta)
	window := directives(t, csp.Of(csp.Window))
	window["connect-src"] = "'self'"
	delete(window, "frame-ancestors")
	require.Equal(t, window, meta)
}

func TestR28_EveryAnswerHasThePolicy(t *testing.T) {
	for _, face := range []csp.Face{csp.Window, csp.Server} {
		h := csp.Guard(face, http.NotFoundHandler())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nothing", nil))
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Equal(t, csp.Of(face), w.Header().Get("Content-Security-Policy"))
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	}
}

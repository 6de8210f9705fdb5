// Package csp holds the content policy of the window and of the served page:
// the page may use what is inside of the program, and nothing else. The policy
// stands in frontend/policy.json, from which the page's own <meta> is made as
// well, so that the header and the page cannot disagree.
package csp

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"satchel/frontend"
)

// Face is where the page is shown.
type Face string

// The faces of the page. In the window bound methods and events need no
// connection, so none is allowed there; that also keeps a body made of a Blob
// away from WebKitGTK's scheme handler, which it crashes (wails#6068).
const (
	Window Face = "window"
	Server Face = "server"
)

// Of gives the policy of a face, as a header has it. It panics when the file
// that is built into the program is no policy, which its test rules out.
func Of(face Face) string {
	parts := map[string]map[string]string{}
	if err := json.Unmarshal(frontend.Policy(), &parts); err != nil {
		panic(fmt.Sprintf("frontend/policy.json: %v", err))
	}
	policy := maps.Clone(parts["page"])
	maps.Copy(policy, parts["header"])
	maps.Copy(policy, parts[string(face)])
	directives := make([]string, 0, len(policy))
	for _, name := range slices.Sorted(maps.Keys(policy)) {
		directives = append(directives, name+" "+policy[name])
	}
	return strings.Join(directives, "; ")
}

// Guard sets the headers of every answer of next: the policy, and that nothing
// is to be guessed from a file or told to another page.
func Guard(face Face, next http.Handler) http.Handler {
	policy := Of(face)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

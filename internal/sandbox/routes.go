package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// route is one operation under one address of one version. Everything that
// needs to know what this portal answers to is made from the list of routes:
// the handler, the rate bucket of a call and the test against HubSpot's
// published files.
type route struct {
	method  string
	path    string // a pattern of net/http, without the method
	version string // 2026-09, 2026-03, v4, v3, v1
	bucket  string // against which limit a call counts
	op      operation
}

// dated lists the dated versions, the current one first; fact sheet 0.
func dated() []string { return []string{"2026-09", "2026-03"} }

// mount enters an operation under its addresses. In a path, {v} stands for
// every dated version; a path without it names its version itself.
type mount func(op operation, method string, paths ...string)

// routes are all operations of the API.
func routes() []route {
	var all []route
	on := func(op operation, method string, paths ...string) {
		for _, path := range paths {
			for _, r := range expand(method, path) {
				r.op = op
				all = append(all, r)
			}
		}
	}
	objectRoutes(on)
	associationRoutes(on)
	schemaRoutes(on)
	accountRoutes(on)
	oauthRoutes(on)
	webhookRoutes(on)
	journalRoutes(on)
	return all
}

func expand(method, path string) []route {
	if !strings.Contains(path, "/{v}/") && !strings.HasSuffix(path, "/{v}") {
		return []route{{method: method, path: path, version: versionIn(path), bucket: bucketOf(method, path)}}
	}
	var out []route
	for _, v := range dated() {
		one := strings.Replace(path, "{v}", v, 1)
		out = append(out, route{method: method, path: one, version: v, bucket: bucketOf(method, one)})
	}
	return out
}

// versionIn finds the version that a path names.
func versionIn(path string) string {
	for part := range strings.SplitSeq(path, "/") {
		if slices.Contains(dated(), part) {
			return part
		}
		if len(part) == 2 && part[0] == 'v' && part[1] >= '1' && part[1] <= '9' {
			return part
		}
	}
	return ""
}

// bucketOf says against which limit an operation counts; fact sheet 2.1.
func bucketOf(method, path string) string {
	switch {
	case strings.HasPrefix(path, "/oauth/"):
		return oauth
	case strings.HasPrefix(path, "/webhooks-journal/"):
		return exempt
	case method == http.MethodPost && strings.HasSuffix(path, "/search"):
		return search
	case strings.HasPrefix(path, "/crm/associations/") || strings.HasPrefix(path, "/crm/v4/associations/"):
		if strings.Contains(path, "/batch/") {
			return associations
		}
	}
	return burst
}

// apiRoots are the first parts of the API's addresses: what lies below and is no
// route answers as HubSpot does, with a page.
func apiRoots() []string {
	var roots []string
	for _, r := range routes() {
		first, _, _ := strings.Cut(r.path[1:], "/")
		if root := "/" + first + "/"; !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return roots
}

// apiRoutes mounts every operation.
func (p *Portal) apiRoutes(mux *http.ServeMux) {
	for _, r := range routes() {
		mux.HandleFunc(r.method+" "+r.path, p.serve(r))
	}
	for _, root := range apiRoots() {
		mux.HandleFunc(root, p.serve(route{path: root, bucket: bucketOf("", root), op: unknownRoute}))
	}
}

func unknownRoute(*call) (answer, error) { return answer{}, &htmlError{http.StatusNotFound} }

func accountRoutes(on mount) {
	on(accountDetails, "GET", "/account-info/{v}/details", "/account-info/v3/details")
	on(dailyUsage, "GET", "/account-info/{v}/api-usage/daily/private-apps", "/account-info/v3/api-usage/daily/private-apps")
	on(uninstall, "DELETE", "/appinstalls/{v}/external-install", "/appinstalls/v3/external-install")
}

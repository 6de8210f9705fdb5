package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// published holds HubSpot's OpenAPI files, read when they are needed. They are
// never merged: one name means different things in different files.
type published struct {
	dir string

	mu    sync.Mutex
	files map[string]*openapi3.T // by version/name
	order map[string][]string    // by version/type: the files to look at
}

// publishedFiles finds the files beside the checkout.
func publishedFiles(t *testing.T) *published {
	t.Helper()
	shared := os.Getenv("SATCHEL_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	dir := filepath.Join(shared, "openapi")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("HubSpot's published OpenAPI files are not here: %v (set SATCHEL_SHARED)", err)
	}
	return &published{dir: dir, files: map[string]*openapi3.T{}, order: map[string][]string{}}
}

// file reads one file and has the validator check it. A description beside a
// $ref, which the files have hundreds of times, is against OpenAPI 3.0 and
// changes nothing.
func (pub *published) file(version, name string) (*openapi3.T, error) {
	pub.mu.Lock()
	defer pub.mu.Unlock()
	key := version + "/" + name
	if doc, has := pub.files[key]; has {
		return doc, nil
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(pub.dir, version, name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	doc.Servers = nil
	if err := doc.Validate(context.Background(), openapi3.AllowExtraSiblingFields("description"), openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	pub.files[key] = doc
	return doc, nil
}

// names lists a version's files, the one of an object type first and the
// generic one of the objects last. Those of other types, which have generic
// paths as well, are left out.
func (pub *published) names(t *testing.T, version, typ string) []string {
	t.Helper()
	pub.mu.Lock()
	defer pub.mu.Unlock()
	if list, has := pub.order[version+"/"+typ]; has {
		return list
	}
	entries, err := os.ReadDir(filepath.Join(pub.dir, version))
	require.NoError(t, err)
	var first, then, last []string
	for _, e := range entries {
		switch of := typeOfFile(e.Name()); {
		case of != "" && of == typ:
			first = append(first, e.Name())
		case of != "":
		case e.Name() == "objects.json":
			last = append(last, e.Name())
		default:
			then = append(then, e.Name())
		}
	}
	list := slices.Concat(first, then, last)
	pub.order[version+"/"+typ] = list
	return list
}

// typeOfFile is the object type that a file is about: lineItems.json.
func typeOfFile(name string) string {
	for _, kind := range objectTypes() {
		if strings.EqualFold(name, strings.ReplaceAll(kind.plural, "_", "")+".json") {
			return kind.plural
		}
	}
	return ""
}

// operation finds what the files of a version say about a request. Nothing is
// no error: the files do not know it.
func (pub *published) operation(t *testing.T, version, method, path string) (*routers.Route, map[string]string) {
	t.Helper()
	segments := strings.Split(strings.Trim(path, "/"), "/")
	typ := ""
	for _, kind := range objectTypes() {
		if strings.Contains(path, "objects/") && slices.ContainsFunc(segments, func(s string) bool { return slices.Contains(kind.names(), s) }) {
			typ = kind.plural
			break
		}
	}
	for _, name := range pub.names(t, version, typ) {
		doc, err := pub.file(version, name)
		require.NoError(t, err)
		var found *routers.Route
		var params map[string]string
		fewest := 0
		for pattern, item := range doc.Paths.Map() {
			op := item.GetOperation(method)
			if op == nil {
				continue
			}
			got, fits := match(pattern, segments)
			if fits && (found == nil || len(got) < fewest) {
				found, params, fewest = &routers.Route{Spec: doc, Path: pattern, PathItem: item, Method: method, Operation: op}, got, len(got)
			}
		}
		if found != nil {
			return found, params
		}
	}
	return nil, nil
}

// match compares a path with a pattern of a file. The files write one type as
// its name and another as its id; both stand for each other.
func match(pattern string, segments []string) (map[string]string, bool) {
	parts := strings.Split(strings.Trim(pattern, "/"), "/")
	if len(parts) != len(segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, "{"):
			params[strings.Trim(part, "{}")] = segments[i]
		case part != segments[i] && !sameType(part, segments[i]):
			return nil, false
		}
	}
	return params, true
}

func sameType(a, b string) bool {
	return slices.ContainsFunc(objectTypes(), func(k *objectType) bool {
		return slices.Contains(k.names(), a) && slices.Contains(k.names(), b)
	})
}

// elsewhere is where the contract of an operation stands that the files of its
// own version do not have, so that its shape is checked nevertheless.
func elsewhere(r route, path string) (version, other string) {
	switch {
	case r.version == "2026-09":
		return "2026-03", strings.Replace(path, "2026-09", "2026-03", 1)
	case strings.HasPrefix(path, "/crm/associations/v4/"):
		return "v4", strings.Replace(path, "/crm/associations/v4/", "/crm/v4/associations/", 1)
	case strings.HasPrefix(path, "/crm/v4/associations/"):
		return "v4", strings.Replace(path, "/crm/v4/associations/", "/crm/associations/v4/", 1)
	case strings.HasPrefix(path, "/crm/v3/schemas"):
		return "v3", strings.Replace(path, "/crm/v3/schemas", "/crm-object-schemas/v3/schemas", 1)
	default:
		return "", ""
	}
}

// formats are the validator's with a UUID that may be of any version: HubSpot's
// correlation ids are of version 7, which its own rule refuses.
func formats() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidator("uuid", openapi3.NewCallbackValidator(uuid.Validate)),
	}
}

// successes are the 2xx codes that an operation declares.
func successes(op *openapi3.Operation) []int {
	var out []int
	for code := http.StatusOK; code < 300; code++ {
		if op.Responses.Status(code) != nil {
			out = append(out, code)
		}
	}
	return out
}

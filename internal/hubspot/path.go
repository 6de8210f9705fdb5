package hubspot

import (
	"net/url"
	"strconv"
	"strings"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

// version is the API version in every path. 2026-03 is supported until
// September 2027; its successor 2026-09 declares neither the GET of one
// record's associations nor 207 answers any more, and nobody has confirmed
// either against a live portal. Answers of both shapes are understood.
const version = "2026-03"

// APIVersion is the version of HubSpot's API that is spoken.
const APIVersion = version

// maxURL is the longest URL that is sent. HubSpot refuses about 16,000
// characters (airbytehq/airbyte#13691), proxies on the way often 8,192.
const maxURL = 8000

// maxSearchBody is the longest body that search accepts, by HubSpot's guide.
const maxSearchBody = 3000

// HubSpot's batch sizes.
const (
	maxBatch   = 100
	maxHistory = 50   // inputs of a read with history
	maxLinks   = 1000 // inputs of a read of associations
	maxPage    = 100  // list
	maxHits    = 200  // search
)

// name is the type in paths. A type that is not in the table is sent as it
// is: HubSpot takes a custom object's name or id.
func name(t crm.ObjectType) string {
	if s, ok := crm.SpecOf(string(t)); ok {
		return string(s.Type)
	}
	return url.PathEscape(string(t))
}

func objects(t crm.ObjectType, rest ...string) string {
	return "/crm/objects/" + version + "/" + name(t) + tail(rest)
}

func properties(t crm.ObjectType, rest ...string) string {
	return "/crm/properties/" + version + "/" + name(t) + tail(rest)
}

func associations(from, to crm.ObjectType, rest ...string) string {
	return "/crm/associations/" + version + "/" + name(from) + "/" + name(to) + tail(rest)
}

func tail(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(p)
	}
	return b.String()
}

// read is a call that changes nothing in HubSpot, whatever its method.
func read(op, method, path string) call {
	return call{op: op, method: method, path: path, bucket: budget.Burst, reads: true}
}

// write is a call that may change something.
func write(op, method, path string) call {
	return call{op: op, method: method, path: path, bucket: budget.Burst}
}

func list(names []string) string { return strings.Join(names, ",") }

func limit(n, most int) string {
	if n <= 0 || n > most {
		n = most
	}
	return strconv.Itoa(n)
}

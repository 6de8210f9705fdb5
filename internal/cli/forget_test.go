package cli

import (
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// firstID puts the id of the first record in a file into a variable.
func firstID(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: id NAME FILE")
	}
	firstField(ts, neg, []string{args[0], "id", args[1]})
}

func firstRemoteID(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: remoteid NAME FILE")
	}
	firstField(ts, neg, []string{args[0], "remote_id", args[1]})
}

// firstField takes a text out of the JSON that a command wrote, at any depth: the
// first by its name.
func firstField(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: field NAME KEY FILE")
	}
	found := regexp.MustCompile(`"` + regexp.QuoteMeta(args[1]) + `":"([^"]+)"`).FindStringSubmatch(ts.ReadFile(args[2]))
	if found == nil {
		ts.Fatalf("no %s in %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}

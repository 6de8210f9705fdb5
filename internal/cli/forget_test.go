package cli

import (
	"encoding/json"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// firstID puts the id of the first record in a file into a variable.
func firstID(ts *testscript.TestScript, _ bool, args []string) { firstField(ts, args, "id") }

func firstRemoteID(ts *testscript.TestScript, _ bool, args []string) {
	firstField(ts, args, "remote_id")
}

func firstUndo(ts *testscript.TestScript, _ bool, args []string) { firstField(ts, args, "undo") }

// firstField puts a field of the first line of a file of JSON lines into the
// environment.
func firstField(ts *testscript.TestScript, args []string, field string) {
	if len(args) != 2 {
		ts.Fatalf("usage: %s NAME FILE", field)
	}
	text, _, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	var line map[string]any
	ts.Check(json.Unmarshal([]byte(text), &line))
	id, _ := line[field].(string)
	if id == "" {
		ts.Fatalf("no %s in %s", field, args[1])
	}
	ts.Setenv(args[0], id)
}

package cli

import (
	"encoding/json"

	"github.com/rogpeppe/go-internal/testscript"
)

// firstID puts the id of the first record in a file into a variable.
func firstID(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: id NAME FILE")
	}
	var line struct {
		ID string `json:"id"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &line))
	if line.ID == "" {
		ts.Fatalf("no id in %s", args[1])
	}
	ts.Setenv(args[0], line.ID)
}

package cli

import (
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// planArchives makes archives, with a program of their own, and returns what
// kills them: they wait for half a minute, in which other points are tried.
func (w *points) planArchives() (kill func()) {
	w.t.Helper()
	times := min(w.times, 10)
	other := &points{rep: newRep(newProgram(w.t, sandbox.Options{Contacts: 60, Limits: "off"}), 40), times: times}
	var going []ref
	for range 3 * times {
		k := other.records[0]
		other.archive(other.whole, k)
		going = append(going, k)
	}
	due := time.Now().Add(31 * time.Second)
	return func() {
		w.t.Helper()
		time.Sleep(time.Until(due))
		for _, m := range []moment{arrived, applied, answered} {
			other.each("an archive: "+string(m), func(o *points) {
				id := o.remote[going[0]]
				going = going[1:]
				o.caught(newTrap(m, to("DELETE", "/"+id)), "outbox", "flush")
			})
		}
		other.t.Log(other.check())
		require.Len(w.t, other.archived, 3*times)
	}
}

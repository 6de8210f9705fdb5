package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"satchel/internal/boot"
	"satchel/internal/wire"
)

// lineEvery is how often a line that says how far something is may change.
const lineEvery = 200 * time.Millisecond

// line is one line of a terminal that says how far something is, until end takes
// it away. tell is nil where nobody reads it: with --json, or when standard error
// is not a terminal. One goroutine may call them.
func (a *app) line() (tell func(says string), end func()) {
	out, isFile := a.io.Err.(*os.File)
	if a.json || !isFile || !term.IsTerminal(int(out.Fd())) {
		return nil, func() {}
	}
	var last time.Time
	tell = func(says string) {
		if time.Since(last) < lineEvery {
			return
		}
		last = time.Now()
		if width, _, err := term.GetSize(int(out.Fd())); err == nil && len(says) >= width {
			says = says[:max(width-1, 0)]
		}
		_, _ = fmt.Fprint(out, "\r\x1b[K", says) // a closed standard error is nobody's loss
	}
	return tell, func() { _, _ = fmt.Fprint(out, "\r\x1b[K") }
}

// follow says on a line how far the pull is while work goes on, and takes it away
// then.
func (a *app) follow(o *opened, work func() error) error {
	tell, end := a.line()
	if tell == nil {
		return work()
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		defer end()
		tick := time.NewTicker(lineEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if s, err := o.sync.Status(); err == nil {
					tell(pulling(s))
				}
			}
		}
	}()
	err := work()
	close(stop)
	<-stopped
	return err
}

// pulling says how far a pull is, in a line.
func pulling(s wire.SyncStatus) string {
	here, total := map[string]int{}, map[string]int{}
	rate, left := 0.0, int64(0)
	for _, p := range s.Progress {
		if p.Done || p.Total < 0 || p.Barred {
			continue
		}
		here[p.Type], total[p.Type] = p.Here, max(p.Total, p.Here)
		rate += p.PerSec
		left = max(left, p.LeftMs)
	}
	totals := kindsOf(total)
	var parts []string
	for i, k := range kindsOf(here) {
		if totals[i].n > 0 {
			parts = append(parts, fmt.Sprintf("%s of %s %s", boot.Thousands(k.n), boot.Thousands(totals[i].n), k.word))
		}
	}
	if len(parts) == 0 || !s.FirstPull {
		return "Talking to HubSpot ..."
	}
	line := "Pulling " + strings.Join(parts, ", ")
	if rate > 0 {
		line += fmt.Sprintf("; %.0f records/s", rate)
	}
	if left > 0 {
		line += ", about " + (time.Duration(left) * time.Millisecond).Round(time.Second).String() + " left"
	}
	return line
}

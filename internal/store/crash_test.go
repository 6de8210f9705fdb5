//go:build unix

package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

func background() context.Context { return context.Background() }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// loopChild pulls pages and makes edits until it is killed. Page n holds the
// contacts 10n to 10n+9 and the cursor n; every page is followed by an edit of
// its first contact and one whole act on two of them.
func loopChild() {
	ctx := background()
	s := must(store.Open(ctx, os.Getenv("STORE_TEST_DIR"), slog.New(slog.DiscardHandler)))
	c, _, err := s.Cursor(ctx, "loop")
	if err != nil {
		panic(err)
	}
	n, _ := strconv.Atoi(c.Value)
	for {
		n++
		p := crm.Pulled{Type: crm.Contacts, Cursors: []crm.Cursor{{Name: "loop", Value: strconv.Itoa(n)}}}
		for i := range 10 {
			p.Records = append(p.Records, contact(10*n+i, 1000, "firstname", "Anna", "lastname", fmt.Sprint("N", n)))
		}
		must(s.Apply(ctx, p))
		a := must(s.Record(ctx, crm.Contacts, strconv.Itoa(10*n)))
		b := must(s.Record(ctx, crm.Contacts, strconv.Itoa(10*n+1)))
		must(s.Enqueue(ctx, []crm.Op{edit(a, "firstname", "Edited"), edit(b, "firstname", "Edited")}, nil))
		_, _ = fmt.Fprintln(os.Stdout, n)
	}
}

func TestKill_RowsAndCursorAndEditsAgree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	acked := 0
	for round := range rounds {
		c := child(t, "loop", dir)
		var out strings.Builder
		c.Stdout = &out
		require.NoError(t, c.Start())
		timer := time.NewTimer(time.Duration(150+round*37) * time.Millisecond)
		select {
		case <-timer.C:
		case <-t.Context().Done():
		}
		require.NoError(t, c.Process.Signal(syscall.SIGKILL))
		require.Error(t, c.Wait())

		s := open(t, dir)
		require.NoError(t, s.Check(t.Context()))
		cur, _, err := s.Cursor(t.Context(), "loop")
		require.NoError(t, err)
		n, _ := strconv.Atoi(cur.Value)
		total, err := s.Count(t.Context(), crm.Contacts)
		require.NoError(t, err)
		require.Equal(t, 10*n, total, "rows and cursor are one transaction")
		acked += len(strings.Fields(out.String()))
		edited := list(t, s, crm.ListQuery{Type: crm.Contacts, Filters: []crm.Filter{{Prop: "firstname", Op: crm.Equal, Value: "Edited"}}})
		require.Equal(t, min(edited.Total, 1000), list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "edited"}).Total, "and a search finds them")
		require.Equal(t, len(unfinished(t, s)), edited.Total, "edits and operations are one transaction")
		require.Zero(t, edited.Total%2, "an act is one transaction")
		require.GreaterOrEqual(t, n, acked, "a page that was reported is there")
		require.GreaterOrEqual(t, edited.Total, 2*acked, "an edit that was reported is there")
		require.NoError(t, s.Close())
	}
}

// fullChild fills the store until the file may not grow any more, then checks
// that what was there can be read and that writing works again with room.
func fullChild() {
	ctx := background()
	signal.Ignore(syscall.SIGXFSZ)
	s := must(store.Open(ctx, os.Getenv("STORE_TEST_DIR"), slog.New(slog.DiscardHandler)))
	must(s.Apply(ctx, crm.Pulled{Type: crm.Contacts, Records: []crm.RemoteRecord{contact(1, 1000, "firstname", "Anna")}}))
	r := must(s.Record(ctx, crm.Contacts, "1"))
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		panic(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: old.Max}); err != nil {
		panic(err)
	}
	var failed error
	kept := ""
	for i := range 10_000 {
		value := fmt.Sprint(i, strings.Repeat("x", 20_000))
		if _, failed = s.Enqueue(ctx, []crm.Op{edit(r, "lastname", value)}, nil); failed != nil {
			break
		}
		kept = value
	}
	e, ok := crm.AsError(failed)
	if !ok || e.Kind != crm.Storage || e.Msg == "" {
		panic(fmt.Sprintf("not a storage error with a sentence: %v", failed))
	}
	if got := must(s.Record(ctx, crm.Contacts, "1")); got.Overlay["lastname"] != kept {
		panic("the last edit that was accepted is lost")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		panic(err)
	}
	must(s.Enqueue(ctx, []crm.Op{edit(r, "lastname", "room again")}, nil))
	if err := s.Check(ctx); err != nil {
		panic(err)
	}
	if err := s.Close(); err != nil {
		panic(err)
	}
}

func TestDiskFull_EditIsRefusedAndTheRestKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	out, err := child(t, "full", dir).Output()
	require.NoError(t, err, "%s", out)
	s := open(t, dir)
	got, err := s.Record(t.Context(), crm.Contacts, "1")
	require.NoError(t, err)
	require.Equal(t, "room again", got.Overlay["lastname"])
}

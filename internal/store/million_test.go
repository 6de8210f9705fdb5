//go:build unix

package store_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// million is how many records the store has.
const million = 1_000_000

// soon is when the rep can edit after a start, at the latest.
const soon = 1500 * time.Millisecond

// millionChild edits until it is killed, with a pull beside: the -wal file is full.
func millionChild() {
	ctx := background()
	s := must(store.Open(ctx, os.Getenv("STORE_TEST_DIR"), slog.New(slog.DiscardHandler)))
	for n := range 5 {
		var rs []crm.RemoteRecord
		for i := range 500 {
			rs = append(rs, contact(1+i*1999+n, crm.At(time.Now()), "firstname", "Anna", "lastname", fmt.Sprint("Dirty", n, "x", i, "x", os.Getpid()), "email", fmt.Sprintf("d%d@example.org", i)))
		}
		must(s.Apply(ctx, crm.Pulled{Type: crm.Contacts, Records: rs}))
	}
	for i := range 200 {
		r := must(s.Record(ctx, crm.Contacts, strconv.Itoa(1+i*4999)))
		must(s.Enqueue(ctx, []crm.Op{edit(r, "lastname", fmt.Sprint("Edited", i, "x", os.Getpid()))}, nil))
	}
	_, _ = os.Stdout.WriteString("full\n")
	_, _ = os.Stdin.Read(make([]byte, 1)) // waits to be killed
}

// A process dies at work on a million records. The next one takes an edit within
// a second and a half, and looks for damage afterwards, while edits go on.
func TestMillion_EditsAreTakenSoonAfterADirtyExit(t *testing.T) {
	if os.Getenv("SATCHEL_LONG") == "" || racing {
		t.Skip("it makes a million records; SATCHEL_LONG=1 does it, without the race detector")
	}
	dir := os.Getenv("SATCHEL_MILLION")
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "data")
	}
	s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	have, err := s.Count(t.Context(), crm.Contacts)
	require.NoError(t, err)
	began := time.Now()
	for first := have; first < million; first += 2000 {
		var rs []crm.RemoteRecord
		for i := first + 1; i <= first+2000; i++ {
			rs = append(rs, contact(i, 1000, "firstname", fmt.Sprint("Anna", i%5000), "lastname", fmt.Sprint("Berg", i%70_000), "email", fmt.Sprintf("anna%d@example.org", i),
				"phone", fmt.Sprint("+49 731 ", i), "city", "Ulm", "jobtitle", "head of sales"))
		}
		_, err := s.Apply(t.Context(), crm.Pulled{Type: crm.Contacts, Records: rs})
		require.NoError(t, err)
	}
	require.NoError(t, s.Close())
	info, err := os.Stat(s.Path())
	require.NoError(t, err)
	t.Logf("made in %v, %d MB", time.Since(began).Round(time.Second), info.Size()>>20)
	for range 3 {
		c := child(t, "million", dir)
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		in, err := c.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		_, err = bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.NoError(t, c.Process.Kill())
		require.Error(t, c.Wait())
		_ = in.Close() // its end is gone
		wal, err := os.Stat(s.Path() + "-wal")
		require.NoError(t, err)

		began := time.Now()
		s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		opened := time.Since(began)
		r, err := s.Record(t.Context(), crm.Contacts, "77")
		require.NoError(t, err)
		_, err = s.Enqueue(t.Context(), []crm.Op{edit(r, "lastname", fmt.Sprint("After", began.UnixNano()))}, nil)
		require.NoError(t, err)
		edited := time.Since(began)
		t.Logf("log of %d MB: open after %v, an edit saved after %v", wal.Size()>>20, opened.Round(time.Millisecond), edited.Round(time.Millisecond))
		require.Less(t, edited, soon)

		// The look at the whole file keeps nobody waiting.
		done := make(chan error, 1)
		began = time.Now()
		go func() { done <- s.Inspect(t.Context(), false) }()
		slowest, edits := time.Duration(0), 0
		for looking := true; looking; edits++ {
			select {
			case err := <-done:
				require.NoError(t, err)
				looking = false
			default:
			}
			one := time.Now()
			_, err = s.Enqueue(t.Context(), []crm.Op{edit(r, "city", strconv.Itoa(edits))}, nil)
			require.NoError(t, err)
			slowest = max(slowest, time.Since(one))
		}
		t.Logf("looked at all of it in %v; meanwhile %d edits, the slowest took %v", time.Since(began).Round(time.Millisecond), edits, slowest.Round(time.Millisecond))
		require.Less(t, slowest, soon)
		require.NoError(t, s.Close())
	}
}

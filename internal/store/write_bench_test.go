package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// BenchmarkWrite is the rep's edit, durable on disk, beside one row committed to
// a bare SQLite file with the same pragmas. The records are of a large store;
// each edit is of another one, so that nothing is folded.
func BenchmarkWrite(b *testing.B) {
	s := filled(b)
	ids, err := s.RemoteIDs(b.Context(), crm.Contacts, "", benchRecords)
	require.NoError(b, err)
	next := 0
	edits := func(b *testing.B, prop string, before func()) {
		b.Helper()
		var ops []crm.Op
		for i := range b.N {
			r, err := s.Record(b.Context(), crm.Contacts, string(ids[(next*7919)%len(ids)]))
			require.NoError(b, err)
			next++
			ops = append(ops, edit(r, prop, fmt.Sprint("Edited ", i)))
		}
		durations(b, before, func(i int) {
			_, err := s.Enqueue(b.Context(), []crm.Op{ops[i]}, nil)
			require.NoError(b, err)
		})
	}
	b.Run("bare", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+
			"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
		require.NoError(b, err)
		defer func() { require.NoError(b, db.Close()) }()
		db.SetMaxOpenConns(1)
		_, err = db.ExecContext(b.Context(), `CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`)
		require.NoError(b, err)
		durations(b, func() {}, func(i int) {
			_, err := db.ExecContext(b.Context(), `INSERT INTO one (text) VALUES (?)`, fmt.Sprint("Edited ", i))
			require.NoError(b, err)
		})
	})
	// From here on the index is brought up to date in the background, as it is
	// in the program.
	ctx, stop := context.WithCancel(b.Context())
	var beside sync.WaitGroup
	beside.Go(func() { s.KeepIndexed(ctx) })
	defer beside.Wait()
	defer stop()
	atOnce := func() {}
	b.Run("plain", func(b *testing.B) { edits(b, "fax", atOnce) })
	b.Run("searched", func(b *testing.B) { edits(b, "lastname", atOnce) })
	// As a quick rep edits, with the processor cold in between.
	rnd := rand.New(rand.NewPCG(1, 2))
	b.Run("paced", func(b *testing.B) {
		edits(b, "lastname", func() { time.Sleep(time.Duration(rnd.IntN(600)) * time.Millisecond) })
	})
}

// durations runs fn b.N times, each after before, and reports its median and
// 99th percentile.
func durations(b *testing.B, before func(), fn func(i int)) {
	b.Helper()
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range b.N {
		before()
		start := time.Now()
		fn(i)
		took[i] = time.Since(start)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

package store_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestWarm_ReadsEveryRecordAndTheIndex(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	page := make([]crm.RemoteRecord, 2500) // more than two steps
	for i := range page {
		page[i] = contact(i+1, 2000, "firstname", "Anna"+strconv.Itoa(i))
	}
	pull(t, s, page...)
	pull(t, s, remote(crm.Companies, 9, 2000, "name", "Acme"))

	records, blocks, err := s.Warm(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2501, records)
	require.Positive(t, blocks)
}

func TestWarm_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	pull(t, s, contact(1, 2000, "firstname", "Anna"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	records, blocks, err := s.Warm(ctx)
	require.Error(t, err)
	require.Zero(t, records+blocks)
}

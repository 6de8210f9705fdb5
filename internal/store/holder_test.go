package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestHolder_FindsAnotherRecordWithTheValue(t *testing.T) {
	s := fresh(t)
	anna := pull(t, s, contact(1, 1, "email", "anna@b.example", "badge_number", "A7"))[0]
	for prop, value := range map[string]string{"email": "ANNA@b.example", "badge_number": "a7"} {
		got, ok, err := s.Holder(t.Context(), crm.Contacts, prop, value, "")
		require.NoError(t, err)
		require.True(t, ok, prop)
		require.Equal(t, anna.ID, got.ID)
		_, ok, err = s.Holder(t.Context(), crm.Contacts, prop, value, anna.ID)
		require.NoError(t, err)
		require.False(t, ok, "it is its own")
		_, ok, err = s.Holder(t.Context(), crm.Companies, prop, value, "")
		require.NoError(t, err)
		require.False(t, ok)
	}
	enqueue(t, s, edit(anna, "email", "new@b.example"))
	_, ok, err := s.Holder(t.Context(), crm.Contacts, "email", "new@b.example", "")
	require.NoError(t, err)
	require.True(t, ok, "an edit that waits counts")
}

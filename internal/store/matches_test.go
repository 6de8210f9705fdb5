package store_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// A long word is found among the newest of those that begin like it, and also
// behind a great many that go on in another way; an edit that the large index does
// not show yet counts.
func TestSearch_LongWordsAmongManyThatBeginLikeThem(t *testing.T) {
	s := fresh(t)
	var rs []crm.RemoteRecord
	for i := range 30 {
		rs = append(rs, contact(i+1, 5, "firstname", "Annabel", "lastname", "Rare"+strconv.Itoa(i)))
	}
	for i := range 800 {
		rs = append(rs, contact(1000+i, 5, "firstname", "Annika", "lastname", "Berg"+strconv.Itoa(i), "email", "annika.berg@example.org"))
	}
	pull(t, s, rs[0])
	_, err := s.Apply(t.Context(), crm.Pulled{Type: crm.Contacts, Records: rs})
	require.NoError(t, err)
	find := func(text string, limit int) []string {
		found, err := s.Search(t.Context(), text, []crm.ObjectType{crm.Contacts}, "", limit, nil)
		require.NoError(t, err)
		var out []string
		for _, b := range found {
			out = append(out, b.Title)
		}
		return out
	}
	require.Equal(t, []string{"Annika Berg799", "Annika Berg798"}, find("annika", 2))
	require.Equal(t, []string{"Annabel Rare29", "Annabel Rare28", "Annabel Rare27"}, find("annabe", 3), "behind the others")
	require.Equal(t, []string{"Annabel Rare7"}, find("annabel rare7", 5), "two words, and no other number")
	require.Equal(t, []string{"Annika Berg799"}, find("annika.berg@exam", 1), "words one after the other")
	require.Empty(t, find("berg.annika", 5), "and in no other order")
	require.Empty(t, find("annikas", 5))

	first, err := s.Record(t.Context(), crm.Contacts, "1")
	require.NoError(t, err)
	enqueue(t, s, edit(first, "firstname", "Annegret"))
	require.Equal(t, []string{"Annegret Rare0"}, find("annegr", 5))
	require.Len(t, find("annabel", 50), 29)
}

// Activities are found in an index of their own, by more than single letters.
func TestSearch_ActivitiesAreFoundApart(t *testing.T) {
	s := fresh(t)
	pull(t, s, contact(1, 5, "firstname", "Contract", "lastname", "Person"))
	note := pull(t, s, remote(crm.Notes, 2, 5, "hs_note_body", "The contract is signed"))[0]
	find := func(text string, types ...crm.ObjectType) []crm.LocalID {
		found, err := s.Search(t.Context(), text, types, "", 5, nil)
		require.NoError(t, err)
		var out []crm.LocalID
		for _, b := range found {
			out = append(out, b.ID)
		}
		return out
	}
	require.Equal(t, []crm.LocalID{note.ID}, find("contract", crm.Notes, crm.Tasks))
	require.NotContains(t, find("contract", crm.Contacts, crm.Companies), note.ID)
	require.Equal(t, []crm.LocalID{note.ID}, find("co s", crm.Notes))
	require.Empty(t, find("c", crm.Notes))
	enqueue(t, s, edit(note, "hs_note_body", "The offer is signed"))
	require.Empty(t, find("contract", crm.Notes))
	require.Equal(t, []crm.LocalID{note.ID}, find("offer", crm.Notes))
	_, err := s.CatchUp(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, s.Check(t.Context()))
	require.Empty(t, find("contract", crm.Notes))
	require.Equal(t, []crm.LocalID{note.ID}, find("offer", crm.Notes))
}

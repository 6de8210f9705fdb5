package crm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

func TestActivities_HaveDefinitionsOfWhatTheyNeed(t *testing.T) {
	seen := map[int64]bool{}
	for _, s := range crm.AllSpecs() {
		require.False(t, seen[s.Number], "%s shares its number", s.Type)
		seen[s.Number] = true
		if !s.Activity {
			require.Nil(t, crm.ActivityProperties(s.Type))
			continue
		}
		names := map[string]bool{}
		for _, p := range crm.ActivityProperties(s.Type) {
			names[p.Name] = true
		}
		for _, n := range append([]string{s.Body, s.HTML, s.Title[0], "hubspot_owner_id"}, s.Required...) {
			require.True(t, names[n], "%s needs %s", s.Type, n)
		}
	}
}

// What a person typed comes back as it was, whatever it holds.
func TestRichText_IsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zé<>&;"'/0-9]([a-zé<>&;"'/ \n0-9]*[a-zé<>&;"'/0-9])?`).Draw(t, "text")
		require.Equal(t, text, crm.PlainText(crm.RichText(text)))
	})
}

func TestPlainText_ReadsHubSpotsBodies(t *testing.T) {
	for in, want := range map[string]string{
		`<div dir="auto"><p style="margin:0;">Call &amp; <strong>meet</strong></p><p>Soon</p></div>`: "Call & meet\nSoon",
		`plain`:           "plain",
		`a < b`:           "a < b",
		`one<br/>two<BR>`: "one\ntwo",
		``:                "",
	} {
		require.Equal(t, want, crm.PlainText(in))
	}
}

func TestActivityNumbers_AreThoseOfActivitiesAlone(t *testing.T) {
	first, last := crm.ActivityNumbers()
	for _, s := range crm.AllSpecs() {
		if s.Activity != (first <= s.Number && s.Number <= last) {
			t.Errorf("%s has number %d", s.Type, s.Number)
		}
	}
}

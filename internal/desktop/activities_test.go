package desktop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestR29_ATimelineHasTextAloneAndSaysWhereThereIsMore(t *testing.T) {
	for name, c := range map[string]struct {
		typ         crm.ObjectType
		values      crm.Values
		title, text string
		rich        bool
	}{
		"a note of ours":     {crm.Notes, crm.Values{"hs_note_body": crm.RichText("1 < 2 & so on\n<b>not</b> bold")}, "1 < 2 & so on", "1 < 2 & so on\n<b>not</b> bold", false},
		"a note of HubSpot":  {crm.Notes, crm.Values{"hs_note_body": "<style>p{}</style><p>So <b>bold</b></p><p>Yes</p>"}, "So bold", "So bold\n\nYes", true},
		"a call":             {crm.Calls, crm.Values{"hs_call_title": "Price", "hs_call_body": "<p>Too high</p>"}, "Price", "Too high", false},
		"an email of both":   {crm.Emails, crm.Values{"hs_email_subject": "Offer", "hs_email_text": " a <b> c ", "hs_email_html": "<p>a <i>b</i></p>"}, "Offer", "a <b> c", true},
		"an email of HTML":   {crm.Emails, crm.Values{"hs_email_html": "<p>As promised<img src=http://example.com/pixel></p>"}, "As promised", "As promised", true},
		"an email of text":   {crm.Emails, crm.Values{"hs_email_text": "As promised\nIda"}, "As promised", "As promised\nIda", false},
		"a task of a script": {crm.Tasks, crm.Values{"hs_task_subject": "Call", "hs_task_body": "<script>x</script>"}, "Call", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got := wireActivity(crm.Record{Type: c.typ, Base: c.values})
			require.Equal(t, c.title, got.Title)
			require.Equal(t, c.text, got.Text)
			require.Equal(t, c.rich, got.Rich)
			require.NotContains(t, got.Values, "hs_email_html")
			require.NotContains(t, got.Values, "hs_note_body")
		})
	}
}

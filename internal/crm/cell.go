package crm

import (
	"strings"
	"unicode/utf8"
)

// What begins a formula in one spreadsheet or another, the wide forms being what
// some of them take for the plain ones, and what they may take off before they look
// (OWASP, "CSV injection").
const (
	starters = "=+-@\t\r\n＝＋－＠"
	takenOff = " \u00a0\u3000\"'\u200b\ufeff\x00"
)

// SafeCell keeps spreadsheets from running a value: one that begins like a
// formula, but is no plain number, gets an apostrophe in front. ValueOfCell undoes
// it.
func SafeCell(value string) string {
	if formula(value) {
		return "'" + value
	}
	return value
}

// ValueOfCell is the value that SafeCell made a cell of.
func ValueOfCell(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula(rest) {
		return rest
	}
	return cell
}

func formula(value string) bool {
	t := strings.TrimLeft(value, takenOff)
	first, size := utf8.DecodeRuneInString(t)
	if size == 0 || !strings.ContainsRune(starters, first) {
		return false
	}
	_, number := Number(TypeNumber, t)
	return !number
}

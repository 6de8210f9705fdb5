package workspace

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"satchel/internal/crm"
)

// Export writes all live records of a type to out, as seen by the rep, one row
// or line each: "csv" (with a header; cells that a spreadsheet would take for a
// formula get a leading apostrophe unless raw) or "jsonl". It returns how many
// were written.
func (w *Workspace) Export(ctx context.Context, name, format string, raw bool, out io.Writer) (int, error) {
	s, err := w.Schema(ctx, name)
	if err != nil {
		return 0, err
	}
	columns := make([]string, len(s.Properties))
	for i, p := range s.Properties {
		columns[i] = p.Name
	}
	var row func(crm.Record) error
	var flush func() error
	switch format {
	case "csv":
		row, flush, err = csvRows(out, columns, raw)
		if err != nil {
			return 0, err
		}
	case "jsonl":
		enc := json.NewEncoder(out)
		row = func(r crm.Record) error { return enc.Encode(exported{string(r.ID), string(r.RemoteID), r.View()}) }
		flush = func() error { return nil }
	default:
		return 0, invalid("An export is written as csv or jsonl; got " + quote(format) + ".")
	}
	n := 0
	for {
		page, err := w.o.Store.List(ctx, crm.ListQuery{Type: s.Spec.Type, Sort: crm.Sort{Prop: crm.SortTitle}, Offset: n, Limit: maxWindow})
		if err != nil {
			return n, err
		}
		for _, r := range page.Records {
			if err := row(r); err != nil {
				return n, err
			}
			n++
		}
		if len(page.Records) < maxWindow {
			return n, flush()
		}
	}
}

type exported struct {
	ID         string     `json:"id"`
	RemoteID   string     `json:"remote_id"`
	Properties crm.Values `json:"properties"`
}

func csvRows(out io.Writer, columns []string, raw bool) (func(crm.Record) error, func() error, error) {
	c := csv.NewWriter(out)
	if err := c.Write(append([]string{"id", "remote_id"}, columns...)); err != nil {
		return nil, nil, err
	}
	row := func(r crm.Record) error {
		v := r.View()
		cells := []string{string(r.ID), string(r.RemoteID)}
		for _, name := range columns {
			cell := v[name]
			if !raw {
				cell = harmless(cell)
			}
			cells = append(cells, cell)
		}
		return c.Write(cells)
	}
	return row, func() error { c.Flush(); return c.Error() }, nil
}

// harmless keeps spreadsheets from running a cell: a value that begins like a
// formula, but is no plain number, gets an apostrophe in front.
func harmless(cell string) string {
	t := strings.TrimLeft(cell, " \"'")
	if t == "" || !strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(t)[0]) {
		return cell
	}
	if _, ok := crm.Number(crm.TypeNumber, t); ok {
		return cell
	}
	return "'" + cell
}

package workspace

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"

	"satchel/internal/crm"
)

// Export writes all live records of a type to out, as seen by the rep, one row
// or line each: "csv" (with a header; cells are as crm.SafeCell makes them unless
// raw) or "jsonl". It returns how many were written.
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
	c := &csvWriter{out: bufio.NewWriter(out)}
	if err := c.write(append([]string{"id", "remote_id"}, columns...)); err != nil {
		return nil, nil, err
	}
	row := func(r crm.Record) error {
		v := r.View()
		cells := []string{string(r.ID), string(r.RemoteID)}
		for _, name := range columns {
			cell := v[name]
			if !raw {
				cell = crm.SafeCell(cell)
			}
			cells = append(cells, cell)
		}
		return c.write(cells)
	}
	return row, c.out.Flush, nil
}

// csvWriter quotes every cell, which encoding/csv does not: a spreadsheet that
// takes another character than the comma for the separator would otherwise begin a
// cell, and perhaps a formula, in the middle of a value.
type csvWriter struct{ out *bufio.Writer }

func (c *csvWriter) write(cells []string) error {
	line := []byte{}
	for i, cell := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, '"')
		line = append(line, strings.ReplaceAll(cell, `"`, `""`)...)
		line = append(line, '"')
	}
	_, err := c.out.Write(append(line, '\n'))
	return err
}

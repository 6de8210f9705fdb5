package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/wire"
)

// row is how records are printed for programs.
type row struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	RemoteID   string            `json:"remote_id"`
	Title      string            `json:"title"`
	Properties map[string]string `json:"properties"`
	Pending    map[string]string `json:"pending"`
}

// windowSize is how many records are asked for at once.
const windowSize = 500

func (a *app) listCommand() *cobra.Command {
	var limit int
	var filters []string
	var sort string
	var mine bool
	c := &cobra.Command{
		Use:   "list TYPE",
		Short: "List records of a type",
		Long: `Lists records of a type: contacts, companies, deals, tickets, line_items,
products, notes, calls, emails, meetings or tasks.`,
		Example: `  satchel list deals --filter 'amount>1000' --filter dealstage=closedwon --sort -amount
  satchel list contacts --filter 'email~acme' --limit 0 --json
  satchel list tickets --filter hs_ticket_priority=HIGH --mine`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			q := wire.ListQuery{Type: in[0], Mine: mine, Sort: sortOf(sort)}
			if limit < 0 {
				return &usageError{errors.New("--limit cannot be negative; 0 lists all")}
			}
			for _, text := range filters {
				f, err := boot.ParseFilter(text)
				if err != nil {
					return err
				}
				q.Filters = append(q.Filters, f)
			}
			return a.with(cmd, func(ctx context.Context, o *opened) error { return a.list(ctx, o, q, limit) })
		},
	}
	f := c.Flags()
	f.IntVar(&limit, "limit", 50, "how many at most; 0 for all")
	f.StringArrayVar(&filters, "filter", nil, "a condition, as in amount>1000; all must hold")
	f.StringVar(&sort, "sort", "", "a property to sort by; with a leading - descending")
	f.BoolVar(&mine, "mine", false, "only records of your own owner")
	return c
}

func sortOf(text string) wire.Sort {
	name, desc := strings.CutPrefix(text, "-")
	return wire.Sort{Prop: name, Desc: desc}
}

func (a *app) list(ctx context.Context, o *opened, q wire.ListQuery, limit int) error {
	s, err := o.records.Schema(q.Type)
	if err != nil {
		return err
	}
	shown := s.Columns
	if a.json {
		shown = allProperties(s)
	}
	q.Columns = shown
	t := newTable(a.io.Out)
	if !a.json {
		t.row(append([]string{"id", "title"}, shown...)...)
	}
	n, total, more := 0, 0, false
	for limit == 0 || n < limit {
		q.Offset, q.Limit = n, windowSize
		if limit > 0 {
			q.Limit = min(windowSize, limit-n)
		}
		page, err := a.listWindow(ctx, o, q)
		if err != nil {
			return err
		}
		total, more = page.Total, page.Capped
		for _, r := range page.Rows {
			if err := a.listRow(o, t, r, shown); err != nil {
				return err
			}
		}
		n += len(page.Rows)
		if len(page.Rows) < q.Limit {
			break
		}
	}
	if a.json {
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	switch {
	case n < total && more:
		a.note("%d of more than %d; --limit 0 lists all", n, total-1)
	case n < total:
		a.note("%d of %d; --limit 0 lists all", n, total)
	}
	return nil
}

func (a *app) listRow(o *opened, t *table, r wire.Row, shown []string) error {
	if !a.json {
		id := r.RemoteID
		if id == "" {
			id = r.ID
		}
		cells := []string{id, r.Title}
		for _, c := range shown {
			cells = append(cells, r.Values[c])
		}
		t.row(cells...)
		return nil
	}
	out := row{Type: r.Type, ID: r.ID, RemoteID: r.RemoteID, Title: r.Title, Properties: r.Values, Pending: map[string]string{}}
	if r.Badge != "" {
		full, err := o.records.Get(r.Type, r.ID)
		if err != nil {
			return err
		}
		out.Pending = full.Pending
	}
	return a.print(out)
}

func allProperties(s wire.Schema) []string {
	var out []string
	for _, g := range s.Groups {
		for _, p := range g.Properties {
			out = append(out, p.Name)
		}
	}
	return out
}

func cmpID(remote, local string) string {
	if remote != "" {
		return remote
	}
	return local
}

// shown is a record opened, for programs.
type shown struct {
	row
	Badge string          `json:"badge"`
	Links []wire.RefGroup `json:"associations"`
	URL   string          `json:"url"`
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show TYPE ID", Short: "Show one record, by local or HubSpot's id", Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				r, err := o.records.Get(in[0], in[1])
				if err != nil {
					return err
				}
				if a.json {
					return a.print(shown{row{r.Type, r.ID, r.RemoteID, r.Title, r.Values, r.Pending}, r.Badge, r.Links, r.URL})
				}
				return a.show(r)
			})
		},
	}
}

func (a *app) show(r wire.Record) error {
	if err := a.say("%s\n%s %s  (here %s)", r.Title, r.Type, cmpID(r.RemoteID, "not in HubSpot yet"), r.ID); err != nil {
		return err
	}
	t := newTable(a.io.Out)
	names := make([]string, 0, len(r.Values))
	for n, v := range r.Values {
		if v != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		t.row("  "+n, r.Values[n], r.Pending[n])
	}
	for _, g := range r.Links {
		if !g.Known {
			t.row("  "+g.Type, "not pulled yet", "")
		}
		for _, l := range g.Items {
			t.row("  "+g.Type, cmpID(l.RemoteID, l.ID)+"  "+l.Title, l.Badge)
		}
	}
	return t.flush()
}

func (a *app) exportCommand() *cobra.Command {
	var format, output string
	var raw bool
	c := &cobra.Command{
		Use:   "export TYPE",
		Short: "Write all records of a type as CSV or JSON lines",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error {
				return a.export(ctx, o, in[0], format, output, raw)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "csv", "csv or jsonl")
	f.StringVarP(&output, "output", "o", "", "a new file to write to, instead of standard output")
	f.BoolVar(&raw, "raw", false, "leave cells that look like formulas as they are")
	return c
}

func (a *app) export(ctx context.Context, o *opened, typ, format, output string, raw bool) error {
	out := a.io.Out
	if output != "" {
		f, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return &exit{exitFailed, "The file " + output + " cannot be made: " + err.Error() + ". Nothing was written."}
		}
		n, err := o.Export(ctx, typ, format, raw, f)
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(output))
		}
		a.note("%d %s written to %s", n, typ, output)
		return nil
	}
	_, err := o.Export(ctx, typ, format, raw, out)
	return err
}

// table lines cells up.
type table struct{ w *tabwriter.Writer }

func newTable(out io.Writer) *table { return &table{tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)} }

// row adds a line. Control characters would break it, and a terminal.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, c)
	}
	_, _ = io.WriteString(t.w, strings.Join(cells, "\t")+"\n") // flush gives the error
}

func (t *table) flush() error { return t.w.Flush() }

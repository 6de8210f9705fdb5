package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

// written is how local writes are answered for programs.
type written struct {
	ID       string `json:"id"`
	RemoteID string `json:"remote_id"`
	State    string `json:"state"`
}

func (a *app) wrote(r wire.EditResult, err error) error {
	if err != nil {
		return err
	}
	if a.json {
		return a.print(written{r.ID, r.RemoteID, r.State})
	}
	if r.State == "unchanged" {
		return a.say("%s  unchanged: that is what it was", r.ID)
	}
	return a.say("%s  saved here; satchel sync sends it", r.ID)
}

// pairs reads k=v arguments.
func pairs(in []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range in {
		k, v, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(k) == "" {
			return nil, &usageError{fmt.Errorf("%q is not of the form property=value", text)}
		}
		if _, twice := out[k]; twice {
			return nil, &usageError{fmt.Errorf("%s is given twice", k)}
		}
		out[k] = v
	}
	return out, nil
}

func (a *app) createCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "create TYPE property=value...",
		Short:   "Make a record here; a sync creates it in HubSpot",
		Example: `  satchel create contact firstname=Ada lastname=Lovelace email=ada@example.org`,
		Args:    args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			v, err := pairs(in[1:])
			if err != nil {
				return err
			}
			return a.with(cmd, func(_ context.Context, o *opened) error {
				return a.wrote(o.records.Create(wire.CreateRequest{Type: in[0], Values: v}))
			})
		},
	}
}

func (a *app) setCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "set TYPE ID property=value...",
		Short:   "Change properties of a record; an empty value clears one",
		Example: `  satchel set deal 48211 amount=12000 dealstage=contractsent`,
		Args:    args(cobra.MinimumNArgs(3)),
		RunE: func(cmd *cobra.Command, in []string) error {
			v, err := pairs(in[2:])
			if err != nil {
				return err
			}
			return a.with(cmd, func(_ context.Context, o *opened) error {
				return a.wrote(o.records.Edit(wire.EditRequest{Type: in[0], ID: in[1], Values: v}))
			})
		},
	}
}

func (a *app) archiveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "archive TYPE ID",
		Short: "Move a record to HubSpot's recycle bin",
		Long: `Archives a record. HubSpot's API cannot take that back, so the archive waits
half a minute before it is sent; satchel outbox discard stops it until then.`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				return a.wrote(o.records.Archive(in[0], in[1]))
			})
		},
	}
}

func (a *app) associateCommand() *cobra.Command {
	var remove bool
	c := &cobra.Command{
		Use:     "associate TYPE ID TYPE ID",
		Short:   "Associate two records, or part them with --remove",
		Example: `  satchel associate contact 501 company 77`,
		Args:    args(cobra.ExactArgs(4)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				r := wire.LinkRequest{Type: in[0], ID: in[1], ToType: in[2], ToID: in[3]}
				if remove {
					return a.wrote(o.records.Detach(r))
				}
				return a.wrote(o.records.Associate(r))
			})
		},
	}
	c.Flags().BoolVar(&remove, "remove", false, "take the association away")
	return c
}

func (a *app) outboxCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "outbox", Short: "See and decide what waits to be sent", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.with(cmd, a.outboxList) },
	}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List what waits", Args: args(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return a.with(cmd, a.outboxList) },
		},
		&cobra.Command{
			Use: "flush", Short: "Send what waits, without pulling", Args: args(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return a.with(cmd, a.outboxFlush) },
		},
		a.decide("retry", "Send operations again that were refused", func(o *opened, id string) error { return o.outbox.Retry(id) }),
		a.decide("discard", "Drop operations that HubSpot does not have", func(o *opened, id string) error { return o.outbox.Discard(id) }),
		a.resolveCommand(),
		a.policyCommand(),
	)
	return c
}

func (a *app) outboxList(_ context.Context, o *opened) error {
	box, err := o.outbox.View()
	if err != nil {
		return err
	}
	t := newTable(a.io.Out)
	n := 0
	for _, group := range [][]wire.Op{box.Sending, box.Waiting, box.Needs} {
		for _, op := range group {
			n++
			if a.json {
				if err := a.print(op); err != nil {
					return err
				}
				continue
			}
			t.row(op.ID, op.State, op.Kind+" "+op.Type, op.Title, change(op), op.Reason)
		}
	}
	for _, op := range box.Overwritten { // in HubSpot, so nothing waits for it
		if a.json {
			if err := a.print(op); err != nil {
				return err
			}
			continue
		}
		t.row(op.ID, "overwrote", op.Kind+" "+op.Type, op.Title, replaced(op), "Decide with satchel outbox resolve.")
	}
	if n+len(box.Overwritten) == 0 && !a.json {
		return a.say("Everything is in HubSpot.")
	}
	if err := t.flush(); err != nil || n == 0 {
		return err
	}
	return &exit{code: exitWaiting}
}

func change(op wire.Op) string {
	var parts []string
	for _, f := range op.Fields {
		parts = append(parts, fmt.Sprintf("%s: %q → %q", f.Name, f.From, f.To))
	}
	if op.To.ID != "" {
		parts = append(parts, "with "+op.To.Title)
	}
	return strings.Join(parts, ", ")
}

// replaced tells whose values an operation wrote over.
func replaced(op wire.Op) string {
	var parts []string
	for _, d := range op.Disputes {
		who := d.Who
		if who == "" {
			who = "somebody"
		}
		parts = append(parts, fmt.Sprintf("%s: %q of %s → %q", d.Name, d.Theirs, who, d.Mine))
	}
	return strings.Join(parts, ", ")
}

func (a *app) outboxFlush(ctx context.Context, o *opened) error {
	if err := a.unlock(ctx, o); err != nil {
		return err
	}
	r, err := o.Flush(ctx)
	if err != nil {
		return err
	}
	if a.json {
		err = a.print(r)
	} else {
		err = a.say("Sent %d, %d in conflict, %d need you, %d still wait.", r.Acked, r.Conflicts, r.Parked, r.Left)
	}
	box, viewErr := o.outbox.View()
	if err = errors.Join(err, viewErr); err != nil {
		return err
	}
	if len(box.Needs)+len(box.Waiting)+len(box.Sending) > 0 {
		return &exit{code: exitWaiting}
	}
	return nil
}

// decide makes a command that does one thing to each operation named, or to
// all that need the rep.
func (a *app) decide(name, short string, act func(*opened, string) error) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: name + " [ID...]", Short: short,
		RunE: func(cmd *cobra.Command, in []string) error {
			if all == (len(in) > 0) {
				return &usageError{errors.New("name the operations by id, or give --all")}
			}
			return a.with(cmd, func(_ context.Context, o *opened) error {
				if all {
					box, err := o.outbox.View()
					if err != nil {
						return err
					}
					for _, op := range box.Needs {
						in = append(in, op.ID)
					}
				}
				for _, id := range in {
					// With --all, one may have gone with another that it depended on.
					if err := act(o, id); err != nil && (!all || waitsStill(o, id)) {
						return err
					}
				}
				if a.json {
					return a.print(map[string]int{"done": len(in)})
				}
				return a.say("%d done.", len(in))
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "all operations that need you")
	return c
}

// waitsStill says whether an operation still needs the rep.
func waitsStill(o *opened, id string) bool {
	box, err := o.outbox.View()
	return err != nil || slices.ContainsFunc(box.Needs, func(op wire.Op) bool { return op.ID == id })
}

func (a *app) resolveCommand() *cobra.Command {
	var mine, theirs, existing bool
	c := &cobra.Command{
		Use:   "resolve ID [field=mine|theirs...]",
		Short: "Decide a conflict, or about a value that was overwritten unseen",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			choices, err := pairs(in[1:])
			if err != nil {
				return err
			}
			return a.with(cmd, func(_ context.Context, o *opened) error {
				if existing {
					choices[""] = "existing"
				}
				if mine || theirs {
					if err := choose(o, in[0], map[bool]string{true: "mine", false: "theirs"}[mine], choices); err != nil {
						return err
					}
				}
				if err := o.outbox.Resolve(wire.ResolveRequest{ID: in[0], Choices: choices}); err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]int{"done": 1})
				}
				return a.say("Decided.")
			})
		},
	}
	c.Flags().BoolVar(&mine, "mine", false, "keep your value in every field")
	c.Flags().BoolVar(&theirs, "theirs", false, "keep HubSpot's value in every field")
	c.Flags().BoolVar(&existing, "existing", false, "continue a create with the record that HubSpot has already")
	c.MarkFlagsMutuallyExclusive("mine", "theirs", "existing")
	return c
}

func choose(o *opened, id, side string, into map[string]string) error {
	box, err := o.outbox.View()
	if err != nil {
		return err
	}
	for _, op := range slices.Concat(box.Needs, box.Overwritten) {
		if op.ID != id {
			continue
		}
		for _, d := range op.Disputes {
			if _, chosen := into[d.Name]; !chosen {
				into[d.Name] = side
			}
		}
	}
	return nil
}

package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

func (a *app) typesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "types",
		Short: "Choose which of the portal's own object types are kept",
		Long: `Lists the object types that the portal made for itself, beside HubSpot's own
contacts, companies, deals, tickets, line items, products and activities, and
says which of them are kept on this computer. Records of one that is kept are
pulled, listed, searched and edited like all others.`,
		Example: `  satchel types
  satchel types keep vessels
  satchel types drop vessels`,
		Args: args(noArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				list, err := o.types.List()
				if err != nil {
					return err
				}
				return a.printTypes(list)
			})
		},
	}
	cmd.AddCommand(
		a.pickCommand("keep TYPE...", "Keep records of these types; they are pulled with the next sync", keep),
		a.pickCommand("drop TYPE...", "Remove the records of these types from this computer, and pull no more of them", drop),
	)
	return cmd
}

// keep adds what was named to what is kept; whether there is such a type is for
// the portal to say.
func keep(list []wire.TypeChoice, named []string) ([]string, error) {
	return append(picked(list, nil), named...), nil
}

func drop(list []wire.TypeChoice, named []string) ([]string, error) {
	for _, n := range named {
		if !slices.ContainsFunc(list, func(t wire.TypeChoice) bool { return t.Picked && calls(t, n) }) {
			return nil, &usageError{fmt.Errorf("records of “%s” are not kept, so nothing was removed; see satchel types", n)}
		}
	}
	return picked(list, named), nil
}

// picked are the types that are kept, but for some.
func picked(list []wire.TypeChoice, but []string) []string {
	var out []string
	for _, t := range list {
		if t.Picked && !slices.ContainsFunc(but, func(n string) bool { return calls(t, n) }) {
			out = append(out, t.Type)
		}
	}
	return out
}

// calls says whether somebody calls a type by this name.
func calls(t wire.TypeChoice, n string) bool {
	return n == t.Type || strings.EqualFold(n, t.Name) || strings.EqualFold(n, t.One) || strings.EqualFold(n, t.Many)
}

func (a *app) pickCommand(use, short string, change func(list []wire.TypeChoice, named []string) ([]string, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short,
		Long: short + ".\nA type is named by its label, its name or HubSpot's id of it, as in 2-3453932.",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, named []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				list, err := o.types.List()
				if err != nil {
					return err
				}
				kept, err := change(list.Types, named)
				if err != nil {
					return err
				}
				if list, err = o.types.Pick(kept); err != nil {
					return err
				}
				return a.printTypes(list)
			})
		},
	}
}

func (a *app) printTypes(list wire.TypeChoices) error {
	if a.json {
		return a.print(list)
	}
	if list.Note != "" {
		if err := a.say("%s", list.Note); err != nil {
			return err
		}
	}
	if len(list.Types) == 0 && list.Note == "" {
		return a.say("This portal has no object types of its own.")
	}
	for _, t := range list.Types {
		state := "not kept"
		if t.Picked {
			state = "kept, " + strconv.Itoa(t.Here) + " here"
		}
		if err := a.say("%-12s %-28s %s", t.Type, t.Many, state); err != nil {
			return err
		}
	}
	return nil
}

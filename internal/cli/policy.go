package cli

import (
	"context"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

func (a *app) policyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "policy [TYPE PROPERTY ask|mine|theirs|workflow]",
		Short: "Decide a property's conflicts without being asked",
		Long: `Says what becomes of a field that was changed both here and in HubSpot. Every
property asks by itself. mine sends your value, theirs keeps HubSpot's, and
workflow keeps HubSpot's where one of the portal's workflows wrote it. Without
arguments it lists what was decided. A property that takes several values needs
none of this: both sides' changes are made.`,
		Example: `  satchel outbox policy deal hs_next_step mine
  satchel outbox policy contact lifecyclestage workflow`,
		Args: args(func(cmd *cobra.Command, in []string) error {
			if len(in) == 0 {
				return nil
			}
			return cobra.ExactArgs(3)(cmd, in)
		}),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				if len(in) == 3 {
					if err := o.outbox.SetPolicy(wire.Policy{Type: in[0], Name: in[1], Policy: in[2]}); err != nil {
						return err
					}
				}
				list, err := o.outbox.Policies()
				if err != nil {
					return err
				}
				if a.json {
					return a.print(list)
				}
				if len(list) == 0 {
					return a.say("Every conflict is asked about.")
				}
				for _, p := range list {
					if err := a.say("%-10s %-28s %s", p.Type, p.Name, p.Policy); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

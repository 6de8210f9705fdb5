package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/profile"
	"satchel/internal/wire"
)

// doctorLines is how many differences are written out.
const doctorLines = 50

func (a *app) doctorCommand() *cobra.Command {
	var o boot.DoctorOptions
	c := &cobra.Command{
		Use:   "doctor [--all | --sample N] [--type T]... [--repair]",
		Short: "Compare the copy with HubSpot, and look at this computer",
		Long: `Pulls what changed, compares the local copy with HubSpot (records, associations,
properties, pipelines and owners), and looks at the database, the disk, the clock,
the sign-in, the rate limits and the outbox. Whatever looks different is read once
more before it is told. Edits that wait are no difference.

Without --all it compares a sample of each type. It changes nothing but for
--repair, which pulls again what differs, compares that once more and says what is
left. Without a network it looks at the computer only, and says so.

Exit codes: 0 the copy is equal and nothing is broken, 1 the comparison did not
come to its end, 3 a sign-in is needed, 5 something differs or is broken.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("sample") && (o.Sample < 1 || o.All) {
				return &usageError{errors.New("--sample takes a number from 1 up, and not together with --all; see satchel doctor --help")}
			}
			if !cmd.Flags().Changed("seed") {
				o.Seed = uint64(time.Now().Unix()) //nolint:gosec // after 1970
			}
			return a.doctor(cmd, o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.All, "all", false, "compare every record, and look at all of the database")
	f.IntVar(&o.Sample, "sample", 1000, "compare so many records of each type, spread over all of them")
	f.Uint64Var(&o.Seed, "seed", 0, "take the same sample as the comparison that named this number")
	f.StringArrayVar(&o.Types, "type", nil, "compare this type only; may be repeated")
	f.BoolVar(&o.Repair, "repair", false, "pull again what differs, and compare it once more")
	return c
}

// doctor runs it and reports; what ended it early is told last.
func (a *app) doctor(cmd *cobra.Command, o boot.DoctorOptions) (err error) {
	ctx := cmd.Context()
	cfg, err := a.config(cmd, nil)
	if err != nil {
		return err
	}
	n, err := openWith(ctx, cfg, false)
	if err != nil {
		if wire.FromError(err).Code == "in_use" || ctx.Err() != nil {
			return err
		}
		if p, found := profile.Find(cfg.DataDir, cfg.Profile); found == nil {
			cfg.DataDir = p.Dir
		}
		return errors.Join(a.doctorReport(boot.Unwell(ctx, cfg, version, err)), &exit{code: exitFailed})
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := a.unlock(ctx, n); err != nil {
		return err
	}
	tell, end := a.line()
	if tell != nil {
		o.Progress = func(done, total int) {
			tell(fmt.Sprintf("Comparing: %s of %s records", boot.Thousands(done), boot.Thousands(total)))
		}
	}
	r, err := n.Doctor(ctx, o)
	end()
	if len(r.Checks) == 0 { // wrong use
		return err
	}
	if said := a.doctorReport(r); said != nil {
		return said
	}
	switch {
	case err != nil:
		return err
	case !r.Equal() || !r.Well():
		return &exit{code: exitDiffers}
	}
	return nil
}

func (a *app) doctorReport(r boot.DoctorReport) error {
	if a.json {
		return a.print(r)
	}
	var b strings.Builder
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%-8s %-12s %s\n", c.State, c.Name, c.Says)
		if c.Do != "" {
			fmt.Fprintf(&b, "%-8s %-12s %s\n", "", "", c.Do)
		}
	}
	b.WriteByte('\n')
	if r.Done || r.Compared > 0 {
		doctorTable(&b, r)
	}
	fmt.Fprintln(&b, r.Sentence())
	if r.Done && !r.All {
		fmt.Fprintf(&b, "It was a sample of %d of each type (--seed %d); --all compares every record.\n", r.Sample, r.Seed)
	}
	if r.Done && !r.Equal() && r.Repaired == 0 {
		fmt.Fprintln(&b, "satchel doctor --repair pulls again what differs.")
	}
	_, err := fmt.Fprint(a.io.Out, b.String())
	return err
}

// doctorTable is a line for each type, and then what differs.
func doctorTable(b *strings.Builder, r boot.DoctorReport) {
	fmt.Fprintf(b, "%-12s %10s %10s %10s %10s\n", "", "here", "HubSpot", "compared", "divergent")
	for _, t := range r.Types {
		there := "?"
		if t.There >= 0 {
			there = boot.Thousands(t.There)
		}
		fmt.Fprintf(b, "%-12s %10s %10s %10s %10s", t.Type, boot.Thousands(t.Here), there, boot.Thousands(t.Compared), boot.Thousands(t.Divergent))
		if t.Behind > 0 {
			fmt.Fprintf(b, "  %s just changed and come with the next pull.", boot.Thousands(t.Behind))
		}
		if t.Calculated > 0 {
			fmt.Fprintf(b, "  %s have older values of what HubSpot calculates.", boot.Thousands(t.Calculated))
		}
		if t.Note != "" {
			b.WriteString("  " + t.Note)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	lines := make([]string, 0, len(r.Schema)+len(r.Differences))
	for _, d := range r.Schema {
		lines = append(lines, d.String())
	}
	for _, d := range r.Differences {
		lines = append(lines, d.String())
	}
	for i, l := range lines {
		if i == doctorLines {
			fmt.Fprintf(b, "... and %s more; --json lists them all.\n", boot.Thousands(len(lines)-i))
			break
		}
		fmt.Fprintln(b, l)
	}
	if len(lines) > 0 {
		b.WriteByte('\n')
	}
}

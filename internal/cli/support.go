package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/profile"
)

func (a *app) supportCommand() *cobra.Command {
	var preview bool
	var output string
	c := &cobra.Command{
		Use:   "support",
		Short: "Collect what is needed to find out why something does not work",
		Long: `Writes a zip file with versions, settings, counts, states and the end of the log,
and says where. It holds no record, no name, no address and no secret, and is sent
nowhere: look at it with --preview, or open it, before you give it to somebody.

It works also when the local data cannot be opened.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts, err := a.bundle(cmd)
			if err != nil {
				return err
			}
			if preview {
				return a.preview(parts)
			}
			path, err := save(output, parts)
			if err != nil {
				return err
			}
			if a.json {
				return a.print(map[string]string{"path": path})
			}
			return a.say("Saved as %s. Nothing was sent.", path)
		},
	}
	c.Flags().BoolVar(&preview, "preview", false, "write what would be in it to standard output, and save nothing")
	c.Flags().StringVarP(&output, "output", "o", "", "a new file to write to, instead of one in your downloads")
	return c
}

// bundle collects; where the data cannot be opened it says so among the parts.
func (a *app) bundle(cmd *cobra.Command) ([]boot.BundlePart, error) {
	cfg, err := a.config(cmd, nil)
	if err != nil {
		return nil, err
	}
	o, err := openWith(cmd.Context(), cfg, false)
	if err != nil {
		a.note("The local data could not be opened; the bundle says why. Nothing was changed.")
		if p, findErr := profile.Find(cfg.DataDir, cfg.Profile); findErr == nil {
			cfg.DataDir = p.Dir
		}
		return boot.Bundle(cmd.Context(), cfg, version, err), nil
	}
	parts := o.Bundle(cmd.Context())
	return parts, errors.Join(cmd.Context().Err(), o.Close())
}

func (a *app) preview(parts []boot.BundlePart) error {
	for _, p := range parts {
		if a.json {
			if err := a.print(map[string]string{"name": p.Name, "text": p.Text}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(a.io.Out, "=== %s\n%s\n", p.Name, p.Text); err != nil {
			return err
		}
	}
	return nil
}

func save(output string, parts []boot.BundlePart) (string, error) {
	if output == "" {
		return boot.SaveBundle(parts)
	}
	f, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", &exit{exitFailed, "The file " + output + " cannot be made: " + err.Error() + ". Nothing was written."}
	}
	if err := errors.Join(boot.WriteBundle(f, parts), f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(output))
	}
	return output, nil
}

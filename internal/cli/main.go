package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/wire"
)

// Streams are where the program reads and writes.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Window opens the window of a node and returns when it was closed.
type Window func(ctx context.Context, node *boot.Node, assets fs.FS) error

// Raise brings the window of another process on the same data directory to the
// front. It may end this process when it did, and returns when there is none.
type Raise func(dataDir string)

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitSignIn  = 3
	exitWaiting = 4
	exitDiffers = 5
)

// app is one run of the program.
type app struct {
	io     Streams
	window Window
	raise  Raise
	json   bool
	flags  globalFlags
}

type globalFlags struct {
	dataDir, profile, baseURL, logLevel, caFile string
	reserveBurst, reserveSearch, reserveDaily   string
}

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, streams Streams, window Window, raise Raise) int {
	noCore()
	a := &app{io: streams, window: window, raise: raise}
	root := a.root() //nolint:contextcheck // commands get theirs from ExecuteContext
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	return a.report(err)
}

// exit is an error that carries its own exit code; with an empty message
// nothing more is said.
type exit struct {
	code int
	msg  string
}

func (e *exit) Error() string { return e.msg }

// usageError is a mistake in how a command was called.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// report tells an error to people, or to a program, and picks the exit code.
func (a *app) report(err error) int {
	if x, ok := errors.AsType[*exit](err); ok {
		if x.msg != "" {
			_, _ = fmt.Fprintln(a.io.Err, x.msg)
		}
		return x.code
	}
	e := wire.FromError(err)
	var usage *usageError
	var conf *config.Error
	switch {
	case errors.As(err, &usage):
		e = wire.Error{Code: "usage", Message: usage.Error(), Fields: map[string]string{}}
	case errors.As(err, &conf):
		e = wire.Error{Code: "usage", Message: conf.Msg, Fields: map[string]string{}}
	}
	if a.json {
		_ = json.NewEncoder(a.io.Err).Encode(map[string]wire.Error{"error": e})
	} else {
		_, _ = fmt.Fprintln(a.io.Err, e.Message)
	}
	switch e.Code {
	case "usage", "invalid":
		return exitUsage
	case "unauthorized":
		return exitSignIn
	}
	return exitFailed
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "satchel",
		Short: "A HubSpot CRM that you carry along",
		Long: `Satchel keeps your HubSpot portal's contacts, companies, deals, tickets and
activities on this computer, works without a network, and sends your edits when
it can.

Without a command it opens the window.`,
		SilenceUsage: true, SilenceErrors: true,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runWindow(cmd.Context()) },
	}
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "write one JSON object, or one line of JSON per row")
	f.StringVar(&a.flags.dataDir, "data-dir", "", "where the local copy is kept (SATCHEL_DATA_DIR)")
	f.StringVar(&a.flags.profile, "profile", "", "another portal beside this one, in a place of its own; see satchel profiles (SATCHEL_PROFILE)")
	f.StringVar(&a.flags.baseURL, "base-url", "", "a portal other than HubSpot: a gateway or a sandbox (SATCHEL_BASE_URL)")
	f.StringVar(&a.flags.logLevel, "log-level", "", "debug, info, warn or error (SATCHEL_LOG_LEVEL)")
	f.StringVar(&a.flags.caFile, "ca-file", "", "certificates to trust beside the system's, as of a company's proxy (SATCHEL_CA_FILE)")
	f.StringVar(&a.flags.reserveBurst, "reserve-burst", "", "per cent of HubSpot's ten-second limit to leave to other programs, 0 to 90 (SATCHEL_RESERVE_BURST)")
	f.StringVar(&a.flags.reserveSearch, "reserve-search", "", "the same of the account's searches (SATCHEL_RESERVE_SEARCH)")
	f.StringVar(&a.flags.reserveDaily, "reserve-daily", "", "the same of the account's daily limit; edits may go into it (SATCHEL_RESERVE_DAILY)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(
		a.serveCommand(), a.sandboxCommand(), a.versionCommand(),
		a.connectCommand(), a.disconnectCommand(), a.statusCommand(), a.syncCommand(),
		a.listCommand(), a.searchCommand(), a.showCommand(), a.exportCommand(),
		a.createCommand(), a.setCommand(), a.archiveCommand(), a.associateCommand(), a.logCommand(), a.timelineCommand(),
		a.outboxCommand(), a.newsCommand(), a.forgetCommand(), a.doctorCommand(), a.supportCommand(), a.profilesCommand(), a.typesCommand(),
	)
	for _, c := range root.Commands() {
		tidyHelp(c)
	}
	return root
}

func tidyHelp(c *cobra.Command) {
	c.DisableFlagsInUseLine = true
	for _, sub := range c.Commands() {
		tidyHelp(sub)
	}
}

// args wraps cobra's checks so that their errors count as wrong use.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return &usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
		}
		return nil
	}
}

func noArgs(cmd *cobra.Command, a []string) error {
	if len(a) > 0 {
		return &usageError{fmt.Errorf("there is no command %q; see satchel --help", a[0])}
	}
	return nil
}

// config puts the settings together. more are a command's own flags.
func (a *app) config(cmd *cobra.Command, more map[string]string) (config.Config, error) {
	flags := map[string]string{}
	given := func(name, value string) {
		if cmd == nil || cmd.Flags().Changed(name) {
			if cmd != nil || value != "" {
				flags[name] = value
			}
		}
	}
	given("data-dir", a.flags.dataDir)
	given("profile", a.flags.profile)
	given("base-url", a.flags.baseURL)
	given("log-level", a.flags.logLevel)
	given("ca-file", a.flags.caFile)
	given("reserve-burst", a.flags.reserveBurst)
	given("reserve-search", a.flags.reserveSearch)
	given("reserve-daily", a.flags.reserveDaily)
	maps.Copy(flags, more)
	return config.Load(config.Sources{Getenv: os.Getenv, Flags: flags})
}

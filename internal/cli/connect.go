package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

func (a *app) connectCommand() *cobra.Command {
	var fromStdin, toSandbox, paste bool
	c := &cobra.Command{
		Use:   "connect",
		Short: "Sign in to a HubSpot portal",
		Long: `Signs in with your own HubSpot app in the system browser, with a token from
standard input, or to the sandbox portal on this computer.

A token, of a service key or of an app, can do what it was given when it was
made, for the whole account: HubSpot names it and not you as the one who edits.

The sign-in is kept in the system's keychain. Where that cannot be used nothing
is kept elsewhere by itself: choose --keep-in file, a file that is encrypted with
a passphrase, or --keep-in memory. The passphrase is asked for, or read from the
file that SATCHEL_PASSPHRASE_FILE names.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error {
				switch {
				case fromStdin && toSandbox:
					return &usageError{errors.New("--token-stdin and --sandbox exclude each other")}
				case fromStdin && paste:
					return &usageError{errors.New("--token-stdin and --paste exclude each other")}
				case toSandbox:
					return a.connected(o.account.ConnectSample())
				}
				if err := a.unlock(ctx, o); err != nil {
					return err
				}
				if fromStdin {
					return a.connectToken(o)
				}
				return a.connectBrowser(ctx, o, paste)
			})
		},
	}
	f := c.Flags()
	f.String("client-id", "", "the client id of your HubSpot app (SATCHEL_CLIENT_ID)")
	f.String("client-secret-file", "", "the file with its client secret (SATCHEL_CLIENT_SECRET_FILE)")
	f.String("keep-in", "", "where the sign-in is kept: keychain, file or memory (SATCHEL_KEEP_IN)")
	f.BoolVar(&fromStdin, "token-stdin", false, "read a static token from standard input")
	f.BoolVar(&toSandbox, "sandbox", false, "connect to the sandbox portal: the one at --base-url, or the built-in one")
	f.BoolVar(&paste, "paste", false, "read the address on which the browser ends from standard input, for a browser elsewhere")
	f.Bool("no-browser", false, "print the address instead of opening a browser")
	return c
}

func (a *app) connectToken(o *opened) error {
	line, err := bufio.NewReader(io.LimitReader(a.io.In, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return a.connected(o.account.ConnectToken(strings.TrimSpace(line)))
}

// connectBrowser waits for the browser, or for its last address, and tells what
// became of it.
func (a *app) connectBrowser(ctx context.Context, o *opened, paste bool) error {
	flow, err := o.account.Connect(wire.ConnectRequest{})
	if err != nil {
		return err
	}
	a.note("Sign in in your browser:\n  %s", flow.URL)
	if flow.Message != "" {
		a.note("%s", flow.Message)
	}
	var pasted <-chan string
	if paste || flow.MustPaste {
		a.note("Paste the address of the page on which the browser ends, and press Enter:")
		pasted = typedLines(ctx, a.io.In)
	}
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for flow.Phase == "waiting" || flow.Phase == "finishing" {
		select {
		case <-ctx.Done():
			return errors.Join(o.account.Cancel(flow.ID), &exit{exitFailed, "The sign-in was stopped. Nothing was changed."})
		case line, open := <-pasted:
			if !open {
				pasted = nil
				continue
			}
			if _, err := o.account.Paste(wire.PasteRequest{ID: flow.ID, Address: line}); err != nil {
				a.note("%s", wire.FromError(err).Message)
			}
		case <-t.C:
		}
		if flow, err = o.account.Flow(flow.ID); err != nil {
			return err
		}
	}
	if flow.Phase != "connected" {
		return a.notConnected(flow)
	}
	return a.connected(o.account.State())
}

// notConnected tells how a sign-in ended that did not succeed. To a program the
// outcome is the code.
func (a *app) notConnected(flow wire.ConnectFlow) error {
	if a.json {
		e := wire.Error{Code: flow.Outcome, Message: flow.Message, Fields: map[string]string{}}
		_ = json.NewEncoder(a.io.Err).Encode(map[string]wire.Error{"error": e}) // a closed standard error is nobody's loss
		return &exit{code: exitSignIn}
	}
	said := flow.Message
	if flow.Outcome == "not_permitted" {
		said += "\n\nYou can send them this:\n\n" + flow.Admin
	}
	return &exit{exitSignIn, said}
}

// typedLines are those of standard input, until ctx ends. Its goroutine may outlive
// the command, since a read cannot be stopped; the program ends then.
func typedLines(ctx context.Context, in io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		s := bufio.NewScanner(in)
		for s.Scan() {
			if strings.TrimSpace(s.Text()) == "" {
				continue
			}
			select {
			case out <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (a *app) connected(s wire.Account, err error) error {
	if err != nil {
		return err
	}
	if s.KeptIn == "memory" && s.Kind != "sample" {
		a.note("The sign-in is kept in memory only, so it ends with this command. Use satchel serve, choose --keep-in keychain or file, or give a token in SATCHEL_TOKEN.")
	}
	for _, l := range s.Missing {
		a.note("Not allowed: %s. %s", l.Scope, l.Off)
	}
	if a.json {
		return a.print(s)
	}
	if s.Kind == "sample" {
		return a.say("Connected to %s (portal %s).", s.PortalName, s.PortalID)
	}
	return a.say("Connected to %s (portal %s). The sign-in is kept %s.", s.PortalName, s.PortalID, keptWords(s.KeptIn))
}

func keptWords(place string) string {
	switch place {
	case "keychain":
		return "in the system's keychain"
	case "file":
		return "in an encrypted file"
	case "environment":
		return "in the environment, and not stored"
	case "memory":
		return "in memory only"
	}
	return "nowhere"
}

package cli

import (
	"context"
	"errors"
	"os"

	"golang.org/x/term"

	"satchel/internal/wire"
)

// tries is how often a passphrase is asked for.
const tries = 3

// unlock asks for the passphrase of the encrypted file that the sign-in is kept
// in, when it waits for one. Where nobody can be asked it says what to do.
func (a *app) unlock(ctx context.Context, o *opened) error {
	acc, err := o.account.State()
	if err != nil || acc.KeepIn != "file" {
		return err
	}
	if acc.KeepState == "" && (acc.KeptIn == "file" || o.cfg.PassphraseFile != "" || acc.KeptIn == "environment") {
		return nil
	}
	ask, ok := a.terminal()
	if !ok {
		if acc.KeepProblem == "" {
			acc.KeepProblem = "The file for the sign-in needs a passphrase."
		}
		return &exit{exitSignIn, acc.KeepProblem + " Run the command in a terminal to be asked, or name a file with the passphrase in SATCHEL_PASSPHRASE_FILE."}
	}
	for range tries {
		if ctx.Err() != nil {
			break
		}
		passphrase, err := ask("Passphrase of the file with the sign-in: ")
		if err != nil {
			return err
		}
		if !acc.HasFile {
			again, err := ask("The same once more: ")
			if err != nil {
				return err
			}
			if passphrase != again {
				a.note("The two are not the same.")
				continue
			}
		}
		_, err = o.account.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
		if err == nil {
			return nil
		}
		a.note("%s", wire.FromError(err).Message)
	}
	return &exit{exitSignIn, "The file was not opened. Nothing was changed."}
}

// terminal is a way to ask without echo; false when standard input is none.
func (a *app) terminal() (ask func(prompt string) (string, error), ok bool) {
	in, isFile := a.io.In.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		return nil, false
	}
	return func(prompt string) (string, error) {
		if _, err := a.io.Err.Write([]byte(prompt)); err != nil {
			return "", err
		}
		b, err := term.ReadPassword(int(in.Fd()))
		a.note("")
		if err != nil {
			return "", errors.New("the passphrase could not be read")
		}
		return string(b), nil
	}, true
}

package config

import (
	"crypto/x509"
	"errors"
	"os"
	"strings"
)

// maxPassphrase is the longest passphrase that is read.
const maxPassphrase = 1024

// ReadClientSecret reads the secret of the rep's HubSpot app from its file. It
// is empty when no file is set.
func (c Config) ReadClientSecret() (Secret, error) {
	if c.ClientSecretFile == "" {
		return "", nil
	}
	fail := func(why string, err error) (Secret, error) {
		return "", &Error{Setting: "client-secret-file", Msg: "The client secret file “" + c.ClientSecretFile + "” " + why, Err: err}
	}
	b, err := os.ReadFile(c.ClientSecretFile)
	if err != nil {
		return fail(unread(err), err)
	}
	secret := strings.TrimSpace(string(b))
	if secret == "" || strings.ContainsFunc(secret, unprintable) {
		return fail("must hold the secret and nothing else.", nil)
	}
	return Secret(secret), nil
}

// ReadPassphrase reads the passphrase of the encrypted file: the first line of
// PassphraseFile. It is empty when no file is set.
func (c Config) ReadPassphrase() (Secret, error) {
	if c.PassphraseFile == "" {
		return "", nil
	}
	fail := func(why string, err error) (Secret, error) {
		return "", &Error{Setting: "passphrase-file", Msg: "The passphrase file “" + c.PassphraseFile + "” of SATCHEL_PASSPHRASE_FILE " + why, Err: err}
	}
	b, err := os.ReadFile(c.PassphraseFile)
	if err != nil {
		return fail(unread(err), err)
	}
	line, rest, _ := strings.Cut(string(b), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" || len(line) > maxPassphrase || strings.TrimSpace(rest) != "" {
		return fail("must hold the passphrase in its first line, and nothing else.", nil)
	}
	return Secret(line), nil
}

// Roots are the authorities that are trusted when there is a CAFile: the
// system's and those of the file. Nil stands for the system's alone.
func (c Config) Roots() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	fail := func(why string, err error) (*x509.CertPool, error) {
		return nil, &Error{Setting: "ca-file", Msg: "The CA file “" + c.CAFile + "” " + why, Err: err}
	}
	b, err := os.ReadFile(c.CAFile)
	if err != nil {
		return fail(unread(err), err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return fail("cannot be added, since the system's own certificates cannot be read.", err)
	}
	if !pool.AppendCertsFromPEM(b) {
		return fail("holds no certificate that can be read. It must be a text file in which each begins with -----BEGIN CERTIFICATE-----.", nil)
	}
	return pool, nil
}

func unread(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "does not exist."
	}
	return "cannot be read. Check that it is a file and that you may read it."
}

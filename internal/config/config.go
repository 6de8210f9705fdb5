// Package config says where Satchel keeps its data, which portal it talks to
// and how: the settings that must be known before anything is opened.
//
// A setting is taken from the file, the environment or the command line, in
// ascending order of precedence. What the rep chooses in the window (theme,
// density) is not here but in the store.
package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/adrg/xdg"
)

// hubspotHost is the address that an empty BaseURL stands for.
const hubspotHost = "api.hubapi.com"

// NoBrowser is the Browser that opens none: the address is printed instead.
const NoBrowser = "none"

// Config is complete and valid when Load gave it out. It is a value: copies
// are independent.
type Config struct {
	// DataDir holds the database, the log and the window's place; absolute.
	DataDir string
	// Profile is the name of one of the profiles below DataDir, as it was given; ""
	// for DataDir itself.
	Profile string
	// BaseURL is where HubSpot's API is spoken, without a trailing slash: a
	// gateway or a sandbox. Empty for HubSpot itself.
	BaseURL string
	// ListenAddr is the loopback address on which `serve` offers the UI.
	ListenAddr string
	// LogLevel is debug, info, warn or error.
	LogLevel string
	// Token is a static bearer token, used and never stored. Only the
	// environment can give one: a flag would show it in the process list.
	Token Secret
	// ClientID is the id of the rep's own HubSpot app.
	ClientID string
	// ClientSecretFile is the file with that app's secret; see ReadClientSecret.
	ClientSecretFile string
	// CAFile holds certificates, in PEM, of authorities that are trusted beside
	// the system's: a company's proxy has one. See Roots.
	CAFile string
	// KeepIn is where the sign-in is kept: keychain, file or memory. Empty for
	// what the rep chose, which is the keychain at first.
	KeepIn string
	// PassphraseFile is the file with the passphrase of the encrypted file that
	// the sign-in is kept in; see ReadPassphrase. Only the environment names it.
	PassphraseFile string
	// ReserveBurst, ReserveSearch and ReserveDaily are what is left to other
	// programs of HubSpot's limits, in per cent from 0 to 90. Empty for what the rep
	// chose.
	ReserveBurst  string
	ReserveSearch string
	ReserveDaily  string
	// Browser is the program that is given an address to open. Empty for the
	// system's own, NoBrowser for none.
	Browser string
}

// Error is a setting that cannot be used. Its text is for people: what is
// wrong, and what to write instead.
type Error struct {
	Setting string // a flag's name without dashes, or "config.json"
	Msg     string
	Err     error
}

// Error is the sentence for people.
func (e *Error) Error() string { return e.Msg }

// Unwrap gives the cause, for the log.
func (e *Error) Unwrap() error { return e.Err }

// Defaults are the settings of a machine on which nothing was set.
func Defaults() Config {
	return Config{
		BaseURL:    builtBaseURL,
		ClientID:   builtClientID,
		DataDir:    filepath.Join(xdg.DataHome, "satchel"),
		ListenAddr: "127.0.0.1:0",
		LogLevel:   "info",
	}
}

// Downloads is the rep's folder for what programs save, and the home folder where
// there is none.
func Downloads() string {
	if info, err := os.Stat(xdg.UserDirs.Download); err == nil && info.IsDir() {
		return xdg.UserDirs.Download
	}
	return xdg.Home
}

// Validate says what is wrong with the first setting that cannot be used. It
// looks at no file and no network.
func (c Config) Validate() error {
	if !filepath.IsAbs(c.DataDir) {
		return &Error{Setting: "data-dir", Msg: "The data directory must be given as a full path, not as “" + c.DataDir + "”."}
	}
	if err := validateBaseURL(c.BaseURL); err != nil {
		return err
	}
	if err := validateListenAddr(c.ListenAddr); err != nil {
		return err
	}
	if levels := []string{"debug", "info", "warn", "error"}; !slices.Contains(levels, c.LogLevel) {
		return &Error{Setting: "log-level", Msg: "The log level “" + c.LogLevel + "” is not known. Use debug, info, warn or error."}
	}
	if places := []string{"", "keychain", "file", "memory"}; !slices.Contains(places, c.KeepIn) {
		return &Error{Setting: "keep-in", Msg: "A sign-in cannot be kept in “" + c.KeepIn + "”. Use keychain, file or memory."}
	}
	for _, r := range []struct{ setting, value string }{
		{"reserve-burst", c.ReserveBurst}, {"reserve-search", c.ReserveSearch}, {"reserve-daily", c.ReserveDaily},
	} {
		if _, ok := Percent(r.value); r.value != "" && !ok {
			return &Error{Setting: r.setting, Msg: "The reserve “" + r.value + "” cannot be used. Give whole per cent from 0 to " + strconv.Itoa(maxReserve) + ", as in 20."}
		}
	}
	if strings.ContainsFunc(string(c.Token), unprintable) {
		return &Error{Setting: "token", Msg: "The token in SATCHEL_TOKEN contains a space or a line break. Copy it again from HubSpot, in one piece."}
	}
	if strings.ContainsFunc(c.ClientID, unprintable) {
		return &Error{Setting: "client-id", Msg: "The client ID contains a space or a line break. Copy it again from your HubSpot app's page."}
	}
	return nil
}

// maxReserve is the largest part of a limit that can be left to others.
const maxReserve = 90

// Percent reads a reserve; ok is false when it is none, as "" is.
func Percent(s string) (n int, ok bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= maxReserve
}

func validateBaseURL(base string) error {
	if base == "" {
		return nil
	}
	fail := func(why string, err error) error {
		return &Error{Setting: "base-url", Msg: "The base URL " + why, Err: err}
	}
	u, err := url.Parse(base)
	switch { // the address itself stays out of the sentence: it may hold a password
	case err != nil:
		return fail("cannot be read. It should look like https://gateway.example.com.", errors.New("parse base url"))
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return fail("must begin with https:// and name a server, like https://gateway.example.com.", nil)
	case u.User != nil:
		return fail("must not contain a user name or password.", nil)
	case u.RawQuery != "" || u.Fragment != "":
		return fail("must end before any “?” or “#”.", nil)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fail("must begin with https://; plain http would send your sign-in in the clear, and is only used for a server on this computer.", nil)
	}
	return nil
}

func validateListenAddr(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return &Error{Setting: "listen", Msg: "“" + addr + "” is not an address to listen on. It should look like 127.0.0.1:8080; port 0 takes any free one.", Err: err}
	}
	if !loopback(host) {
		return &Error{Setting: "listen", Msg: "Satchel serves its window to this computer only, so it cannot listen on “" + addr + "”. Use 127.0.0.1:8080 or another port."}
	}
	return nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func unprintable(r rune) bool { return r <= ' ' || r == 0x7f }

package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// Sources are the places that settings come from.
type Sources struct {
	// File is the configuration file. Empty for the usual one, which need not
	// exist: config.json in the configuration directory.
	File string
	// Getenv reads the environment. Nil for an empty one.
	Getenv func(string) string
	// Flags are what the command line set, by the flag's name without dashes:
	// data-dir, base-url, listen, log-level, client-id, client-secret-file,
	// browser, ca-file, keep-in, profile, reserve-burst, reserve-search, reserve-daily. A flag that was not given must not be in it.
	Flags map[string]string
}

// settings are the names that the file and the command line know.
type settings struct {
	DataDir          *string `json:"data_dir"`
	Profile          *string `json:"profile"`
	BaseURL          *string `json:"base_url"`
	ListenAddr       *string `json:"listen"`
	LogLevel         *string `json:"log_level"`
	ClientID         *string `json:"client_id"`
	ClientSecretFile *string `json:"client_secret_file"`
	Browser          *string `json:"browser"`
	CAFile           *string `json:"ca_file"`
	KeepIn           *string `json:"keep_in"`
	ReserveBurst     *string `json:"reserve_burst"`
	ReserveSearch    *string `json:"reserve_search"`
	ReserveDaily     *string `json:"reserve_daily"`
}

// File is the configuration file that is read when no other is named.
func File() string { return filepath.Join(xdg.ConfigHome, "satchel", "config.json") }

// Load puts the settings together and checks them. Its errors are of type
// *Error.
func Load(src Sources) (Config, error) {
	c := Defaults()
	fromFile, err := readFile(src.File)
	if err != nil {
		return Config{}, err
	}
	fromFile.apply(&c)
	if src.Getenv != nil {
		fromEnv(src.Getenv).apply(&c)
		c.PassphraseFile = src.Getenv("SATCHEL_PASSPHRASE_FILE")
		c.Token = Secret(strings.TrimSpace(src.Getenv("SATCHEL_TOKEN")))
	}
	fromFlags(src.Flags).apply(&c)
	return c.finish()
}

// apply lets the settings that were given replace those of c. Paths in the
// file, the environment and on the command line count from the working
// directory alike.
func (s settings) apply(c *Config) {
	set := func(to, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&c.DataDir, s.DataDir)
	set(&c.Profile, s.Profile)
	set(&c.BaseURL, s.BaseURL)
	set(&c.ListenAddr, s.ListenAddr)
	set(&c.LogLevel, s.LogLevel)
	set(&c.ClientID, s.ClientID)
	set(&c.ClientSecretFile, s.ClientSecretFile)
	set(&c.Browser, s.Browser)
	set(&c.CAFile, s.CAFile)
	set(&c.KeepIn, s.KeepIn)
	set(&c.ReserveBurst, s.ReserveBurst)
	set(&c.ReserveSearch, s.ReserveSearch)
	set(&c.ReserveDaily, s.ReserveDaily)
}

// finish brings the settings into the form that Config promises.
func (c Config) finish() (Config, error) {
	if c.DataDir == "" {
		return Config{}, &Error{Setting: "data-dir", Msg: "The data directory is empty. Name one, or leave the setting out."}
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return Config{}, &Error{Setting: "data-dir", Msg: "The data directory cannot be found from here. Give it as a full path.", Err: err}
	}
	c.DataDir = dir
	c.BaseURL = strings.TrimRight(strings.TrimSpace(c.BaseURL), "/")
	if c.BaseURL == "https://"+hubspotHost {
		c.BaseURL = ""
	}
	c.LogLevel = strings.ToLower(c.LogLevel)
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func readFile(name string) (settings, error) {
	usual := name == ""
	if usual {
		name = File()
	}
	fail := func(why string, err error) (settings, error) {
		return settings{}, &Error{Setting: "config.json", Msg: "The configuration file “" + name + "” " + why, Err: err}
	}
	b, err := os.ReadFile(name)
	switch {
	case usual && errors.Is(err, os.ErrNotExist):
		return settings{}, nil
	case err != nil:
		return fail("cannot be read. Check that it is there and that you may read it.", err)
	}
	var s settings
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		if unknown, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return fail("has a setting that Satchel does not know: "+unknown+". Secrets do not belong there: put a token into SATCHEL_TOKEN.", nil)
		}
		return fail("is not the JSON object that Satchel expects. Every setting in it is text.", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fail("goes on after the JSON object. Keep one object.", nil)
	}
	return s, nil
}

// fromEnv reads the environment, where an empty variable is one that is not
// set.
func fromEnv(getenv func(string) string) settings {
	get := func(name string) *string {
		if v := getenv(name); v != "" {
			return &v
		}
		return nil
	}
	return settings{
		DataDir:          get("SATCHEL_DATA_DIR"),
		Profile:          get("SATCHEL_PROFILE"),
		BaseURL:          get("SATCHEL_BASE_URL"),
		ListenAddr:       get("SATCHEL_LISTEN"),
		LogLevel:         get("SATCHEL_LOG_LEVEL"),
		ClientID:         get("SATCHEL_CLIENT_ID"),
		ClientSecretFile: get("SATCHEL_CLIENT_SECRET_FILE"),
		Browser:          get("SATCHEL_BROWSER"),
		CAFile:           get("SATCHEL_CA_FILE"),
		KeepIn:           get("SATCHEL_KEEP_IN"),
		ReserveBurst:     get("SATCHEL_RESERVE_BURST"),
		ReserveSearch:    get("SATCHEL_RESERVE_SEARCH"),
		ReserveDaily:     get("SATCHEL_RESERVE_DAILY"),
	}
}

func fromFlags(flags map[string]string) settings {
	get := func(name string) *string {
		if v, ok := flags[name]; ok {
			return &v
		}
		return nil
	}
	return settings{
		DataDir:          get("data-dir"),
		Profile:          get("profile"),
		BaseURL:          get("base-url"),
		ListenAddr:       get("listen"),
		LogLevel:         get("log-level"),
		ClientID:         get("client-id"),
		ClientSecretFile: get("client-secret-file"),
		Browser:          get("browser"),
		CAFile:           get("ca-file"),
		KeepIn:           get("keep-in"),
		ReserveBurst:     get("reserve-burst"),
		ReserveSearch:    get("reserve-search"),
		ReserveDaily:     get("reserve-daily"),
	}
}

package config

// What a build may bring along, so that a company's reps need not type it:
//
//	go build -ldflags "-X satchel/internal/config.builtClientID=... -X satchel/internal/config.builtBaseURL=https://..."
//
// There is no place for a client secret here, and there must not be: whoever
// has the program has all that is in it. A gateway at the base URL adds it.
var (
	builtClientID string //nolint:gochecknoglobals // set by the linker, read once
	builtBaseURL  string //nolint:gochecknoglobals // set by the linker, read once
)

// Gateway says whether the base URL is the gateway that this build came with,
// which knows the secret of the app that it came with.
func (c Config) Gateway() bool {
	return builtBaseURL != "" && c.BaseURL == builtBaseURL && builtClientID != "" && c.ClientID == builtClientID
}

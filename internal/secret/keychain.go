package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/zalando/go-keyring"
)

// system is the keychain of the operating system.
type system struct{}

func (system) Get(service, user string) (string, error) {
	if !reachable(runtime.GOOS, os.Getenv) {
		return "", errNoSession
	}
	return keyring.Get(service, user)
}

func (system) Set(service, user, value string) error {
	if !reachable(runtime.GOOS, os.Getenv) {
		return errNoSession
	}
	return keyring.Set(service, user, value)
}

func (system) Delete(service, user string) error {
	if !reachable(runtime.GOOS, os.Getenv) {
		return errNoSession
	}
	return keyring.Delete(service, user)
}

var errNoSession = fmt.Errorf("%w: there is no session bus", ErrUnavailable)

// reachable says whether there is a session bus where the keychain needs one.
// The D-Bus library would otherwise start a bus daemon of its own and leave it
// behind.
func reachable(goos string, getenv func(string) string) bool {
	if goos == "darwin" || goos == "windows" {
		return true
	}
	if address := getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return !strings.HasPrefix(address, "autolaunch:")
	}
	dir := getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil && info.Mode()&os.ModeSocket != 0
}

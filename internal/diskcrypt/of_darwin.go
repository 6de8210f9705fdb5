package diskcrypt

import (
	"context"
	"os/exec"
	"strings"
)

func of(ctx context.Context, dir string) State {
	if strings.HasPrefix(dir, "/Volumes/") {
		return Unknown // FileVault is about the computer's own disk
	}
	said, err := exec.CommandContext(ctx, "/usr/bin/fdesetup", "status").Output()
	if err != nil {
		return Unknown
	}
	return fileVault(string(said))
}

package diskcrypt

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

func of(ctx context.Context, dir string) State {
	volume := filepath.VolumeName(dir)
	if len(volume) != 2 { // a share has no letter
		return Unknown
	}
	tool := filepath.Join(os.Getenv("SystemRoot"), "System32", "manage-bde.exe")
	cmd := exec.CommandContext(ctx, tool, "-status", volume)
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}
	said, err := cmd.Output()
	if err != nil {
		return Unknown // it tells administrators alone
	}
	return bitLocker(string(said))
}

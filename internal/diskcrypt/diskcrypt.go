// Package diskcrypt says whether the disk that a folder lies on is encrypted, as
// far as the operating system tells: LUKS and other dm-crypt devices, fscrypt and
// eCryptfs on Linux, FileVault on macOS, BitLocker on Windows. A disk that
// encrypts by itself, or the host of a virtual machine, it cannot see.
//
// It asks and changes nothing, and needs no rights beyond the rep's own.
package diskcrypt

import (
	"context"
	"time"
)

// State is the answer.
type State string

// The states. Unknown is also what stands when it may not be asked.
const (
	Encrypted State = "encrypted"
	Plain     State = "plain"
	Unknown   State = "unknown"
)

// patience is how long a program of the system may take to tell.
const patience = 5 * time.Second

// Of tells about the disk that dir lies on. It takes no longer than a few seconds,
// and never fails: what cannot be found out is Unknown.
func Of(ctx context.Context, dir string) State {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return of(ctx, dir)
}

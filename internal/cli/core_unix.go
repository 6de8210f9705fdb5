//go:build unix

package cli

import "syscall"

// noCore keeps a crash from writing the program's memory, and what is in it, to a
// file. The limit can be raised again by whoever looks for a fault.
func noCore() {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &l) == nil {
		l.Cur = 0
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &l) // lowering one's own limit is always allowed
	}
}

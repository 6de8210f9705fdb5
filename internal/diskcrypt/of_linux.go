package diskcrypt

import (
	"context"
	"strconv"

	"golang.org/x/sys/unix"
)

func of(_ context.Context, dir string) State {
	var s unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, dir, 0, unix.STATX_BASIC_STATS, &s); err != nil {
		return Unknown
	}
	if s.Attributes&s.Attributes_mask&unix.STATX_ATTR_ENCRYPTED != 0 {
		return Encrypted // fscrypt: the folder itself is
	}
	m := machine{sys: "/sys", mounts: "/proc/self/mountinfo", rdev: rdev}
	return m.of(number(s.Dev_major, s.Dev_minor))
}

func rdev(device string) (string, bool) {
	var s unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, device, 0, unix.STATX_BASIC_STATS, &s)
	return number(s.Rdev_major, s.Rdev_minor), err == nil && s.Mode&unix.S_IFMT == unix.S_IFBLK
}

func number(major, minor uint32) string {
	return strconv.FormatUint(uint64(major), 10) + ":" + strconv.FormatUint(uint64(minor), 10)
}

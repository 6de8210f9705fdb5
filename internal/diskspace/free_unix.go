//go:build linux || darwin

package diskspace

import (
	"math"

	"golang.org/x/sys/unix"
)

func free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	blocks, size := uint64(st.Bavail), uint64(max(st.Bsize, 1)) //nolint:unconvert,gosec // their types differ from system to system
	if blocks > math.MaxInt64/size {
		return math.MaxInt64, nil // a network's disk that knows no end
	}
	return int64(blocks * size), nil //nolint:gosec // it was looked at
}

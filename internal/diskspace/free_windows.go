package diskspace

import (
	"math"

	"golang.org/x/sys/windows"
)

func free(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var ours uint64 // within the rep's quota
	if err := windows.GetDiskFreeSpaceEx(path, &ours, nil, nil); err != nil {
		return 0, err
	}
	return int64(min(ours, math.MaxInt64)), nil //nolint:gosec // it was looked at
}

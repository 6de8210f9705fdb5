package diskcrypt

import (
	"os"
	"path/filepath"
	"strings"
)

// machine is where Linux tells of its disks.
type machine struct {
	sys    string                             // /sys
	mounts string                             // /proc/self/mountinfo
	rdev   func(device string) (string, bool) // MAJOR:MINOR of a file in /dev
}

// device tells about a block device, named MAJOR:MINOR, and about all that it lies
// on: a volume of two disks is as safe as the worse of them.
func (m machine) device(number string) State {
	return m.walk(filepath.Join(m.sys, "dev", "block", number), 0)
}

// deepest is more than disks are ever stacked.
const deepest = 16

func (m machine) walk(at string, depth int) State {
	at, err := filepath.EvalSymlinks(at)
	if err != nil || depth > deepest {
		return Unknown
	}
	if uuid, err := os.ReadFile(filepath.Join(at, "dm", "uuid")); err == nil && strings.HasPrefix(string(uuid), "CRYPT-") {
		return Encrypted
	}
	if _, err := os.Stat(filepath.Join(at, "partition")); err == nil {
		return m.walk(filepath.Dir(at), depth+1)
	}
	if _, err := os.Stat(filepath.Join(at, "loop")); err == nil {
		return Unknown // a file on another disk
	}
	below, err := os.ReadDir(filepath.Join(at, "slaves"))
	if err != nil {
		return Unknown // no disk that sysfs tells more about
	}
	state := Encrypted
	for _, b := range below {
		switch m.walk(filepath.Join(at, "slaves", b.Name()), depth+1) {
		case Plain:
			return Plain
		case Unknown:
			state = Unknown
		case Encrypted:
		}
	}
	if len(below) == 0 {
		return bottom(at)
	}
	return state
}

// bottom is a device that lies on no other: a disk of its own is not encrypted,
// one in memory or over the network nobody knows.
func bottom(at string) State {
	if _, err := os.Stat(filepath.Join(at, "device")); err == nil {
		return Plain
	}
	return Unknown
}

// mounted tells about a file system that has no device's number of its own, as
// btrfs: by what it was mounted from.
func (m machine) mounted(number string) State {
	text, err := os.ReadFile(m.mounts)
	if err != nil {
		return Unknown
	}
	for line := range strings.Lines(string(text)) {
		left, right, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(left), strings.Fields(right)
		if !ok || len(f) < 3 || len(g) < 2 || f[2] != number {
			continue
		}
		if g[0] == "ecryptfs" {
			return Encrypted
		}
		if g[0] != "btrfs" {
			return Unknown
		}
		if dev, ok := m.rdev(g[1]); ok {
			return m.device(dev)
		}
	}
	return Unknown
}

// of tells about a file system by its number.
func (m machine) of(number string) State {
	if strings.HasPrefix(number, "0:") {
		return m.mounted(number)
	}
	return m.device(number)
}

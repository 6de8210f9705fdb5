package diskcrypt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFileVault(t *testing.T) {
	for said, want := range map[string]State{
		"FileVault is On.\n":  Encrypted,
		"FileVault is Off.\n": Plain,
		"FileVault is On.\nDecryption in progress: Percent completed = 12.3\n":  Unknown,
		"FileVault is Off.\nEncryption in progress: Percent completed = 80.1\n": Unknown,
		"":                              Unknown,
		"fdesetup: command not known\n": Unknown,
	} {
		require.Equal(t, want, fileVault(said), said)
	}
}

func TestBitLocker(t *testing.T) {
	status := func(conversion, protection string) string {
		return "BitLocker Drive Encryption: Configuration Tool version 10.0.22621\r\nCopyright (C) 2013 Microsoft Corporation. All rights reserved.\r\n\r\n" +
			"Volume C: [Windows]\r\n[OS Volume]\r\n\r\n    Size:                 475.69 GB\r\n    BitLocker Version:    2.0\r\n" +
			"    Conversion Status:    " + conversion + "\r\n    Percentage Encrypted: 100.0%\r\n    Encryption Method:    XTS-AES 128\r\n" +
			"    Protection Status:    " + protection + "\r\n    Lock Status:          Unlocked\r\n"
	}
	for said, want := range map[string]State{
		status("Fully Encrypted", "Protection On"):                    Encrypted,
		status("Used Space Only Encrypted", "Protection On"):          Encrypted,
		status("Fully Encrypted", "Protection Off"):                   Plain,
		status("Fully Decrypted", "Protection Off"):                   Plain,
		status("Encryption in Progress", "Protection On"):             Unknown,
		status("Vollständig verschlüsselt", "Der Schutz"):             Unknown,
		"ERROR: An attempt to access a required resource was denied.": Unknown,
		"": Unknown,
	} {
		require.Equal(t, want, bitLocker(said), said)
	}
}

// disks makes a /sys of devices: "259:2 nvme0n1/nvme0n1p2" is a partition, and
// "253:0 dm-0 CRYPT-LUKS2-x < 259:2" lies on others.
func disks(t *testing.T, lines ...string) machine {
	t.Helper()
	root := t.TempDir()
	block := filepath.Join(root, "dev", "block")
	require.NoError(t, os.MkdirAll(block, 0o700))
	for _, line := range lines {
		what, below, _ := strings.Cut(line, " < ")
		f := strings.Fields(what)
		dir := filepath.Join(root, "devices", f[1])
		require.NoError(t, os.MkdirAll(dir, 0o700))
		require.NoError(t, os.Symlink(dir, filepath.Join(block, f[0])))
		put := func(name, text string) {
			file := filepath.Join(dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		}
		if strings.Contains(f[1], "/") {
			put("partition", "2\n")
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "slaves"), 0o700))
		if len(f) > 2 && f[2] == "disk" {
			put("device/model", "x\n")
		} else if len(f) > 2 {
			put("dm/uuid", f[2]+"\n")
		}
		for number := range strings.FieldsSeq(below) {
			require.NoError(t, os.Symlink(filepath.Join(block, number), filepath.Join(dir, "slaves", strings.ReplaceAll(number, ":", "_"))))
		}
	}
	return machine{sys: root, mounts: filepath.Join(root, "mountinfo")}
}

func TestLinux_FollowsADiskDownToWhatItLiesOn(t *testing.T) {
	for _, c := range []struct {
		name, of string
		want     State
		disks    []string
	}{
		{"a partition of a disk", "259:2", Plain, []string{"259:0 nvme disk", "259:2 nvme/p2"}},
		{"LUKS on a partition", "253:0", Encrypted, []string{"259:0 nvme disk", "259:2 nvme/p2", "253:0 dm-0 CRYPT-LUKS2-12-luks < 259:2"}},
		{"a volume in LUKS", "253:1", Encrypted, []string{"8:0 sda disk", "8:3 sda/3", "253:0 dm-0 CRYPT-LUKS1-12-x < 8:3", "253:1 dm-1 LVM-abc < 253:0"}},
		{"a volume on a plain disk", "253:1", Plain, []string{"8:0 sda disk", "8:3 sda/3", "253:1 dm-1 LVM-abc < 8:3"}},
		{"a volume on one disk of each kind", "253:1", Plain, []string{"8:0 sda disk", "8:16 sdb disk", "253:0 dm-0 CRYPT-LUKS2-1 < 8:0", "253:1 dm-1 LVM-abc < 253:0 8:16"}},
		{"LUKS over a plain RAID", "253:0", Encrypted, []string{"8:0 sda disk", "8:16 sdb disk", "9:0 md0 < 8:0 8:16", "253:0 dm-0 CRYPT-LUKS2-1 < 9:0"}},
		{"a partition in LUKS", "253:2", Encrypted, []string{"8:0 sda disk", "253:0 dm-0 CRYPT-LUKS2-1 < 8:0", "253:2 dm-0/p1"}},
		{"memory", "1:0", Unknown, []string{"1:0 ram0"}},
		{"no such device", "8:1", Unknown, nil},
		{"one that lies on itself", "253:0", Unknown, []string{"253:0 dm-0 LVM-a < 253:0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, disks(t, c.disks...).of(c.of))
		})
	}
}

func TestLinux_FindsWhatBtrfsWasMountedFrom(t *testing.T) {
	m := disks(t, "8:0 sda disk", "253:0 dm-0 CRYPT-LUKS2-1 < 8:0", "8:16 sdb disk")
	m.rdev = func(device string) (string, bool) {
		n, ok := map[string]string{"/dev/mapper/root": "253:0", "/dev/sdb": "8:16"}[device]
		return n, ok
	}
	require.NoError(t, os.WriteFile(m.mounts, []byte(strings.Join([]string{
		"29 1 0:25 /root / rw,relatime shared:1 - btrfs /dev/mapper/root rw,ssd",
		"30 1 0:26 / /data rw - btrfs /dev/sdb rw",
		"31 1 0:27 / /tmp rw - tmpfs tmpfs rw",
		"32 1 0:28 / /home/a rw - ecryptfs /home/.a rw",
		"33 1 0:29 / /net rw - nfs4 host:/x rw",
		"garbage", "34 1 0:30 / /gone rw - btrfs /dev/gone rw",
	}, "\n")), 0o600))
	for number, want := range map[string]State{
		"0:25": Encrypted, "0:26": Plain, "0:27": Unknown, "0:28": Encrypted, "0:29": Unknown, "0:30": Unknown, "0:31": Unknown,
	} {
		require.Equal(t, want, m.of(number), number)
	}
}

func TestOf_AlwaysAnswers(t *testing.T) {
	require.Contains(t, []State{Encrypted, Plain, Unknown}, Of(t.Context(), t.TempDir()))
	require.Equal(t, Unknown, Of(t.Context(), filepath.Join(t.TempDir(), "not there")))
}

package diskcrypt

import "strings"

// fileVault reads what `fdesetup status` says. While it is being turned on or off
// part of the disk is either.
func fileVault(said string) State {
	switch {
	case strings.Contains(said, "in progress"):
		return Unknown
	case strings.Contains(said, "FileVault is On"):
		return Encrypted
	case strings.Contains(said, "FileVault is Off"):
		return Plain
	}
	return Unknown
}

// bitLocker reads what `manage-bde -status C:` says. It speaks the language of the
// system, of which only English is understood, and tells an administrator alone.
// An encrypted disk whose protection is off has its key beside it in the clear.
func bitLocker(said string) State {
	at := map[string]string{}
	for line := range strings.Lines(said) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			at[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	conversion, protection := at["Conversion Status"], at["Protection Status"]
	switch {
	case conversion == "Fully Decrypted", protection == "Protection Off":
		return Plain
	case (conversion == "Fully Encrypted" || conversion == "Used Space Only Encrypted") && protection == "Protection On":
		return Encrypted
	}
	return Unknown
}

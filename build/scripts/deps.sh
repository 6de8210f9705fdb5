#!/usr/bin/env bash
# Installs the system packages that are missing: `deps.sh run` what building and
# running the window needs, `deps.sh test` what the tests need as well.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

run_packages=(build-essential pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev ca-certificates)
test_packages=(xvfb xauth xdotool dbus gnome-keyring shellcheck procps fuse3)

check_versions() {
	have go || die "Go is not installed; Satchel needs version $(sed -n 's/^go //p' go.mod) or newer: https://go.dev/doc/install"
	have node || die "Node is not installed; Satchel needs version 20.19 or newer: https://nodejs.org"
	have npm || die "npm is not installed; it comes with Node: https://nodejs.org"
	node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
		die "Node $(node --version) is too old; Satchel needs version 20.19 or newer: https://nodejs.org"
}

installed() { [[ $(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) == "install ok installed" ]]; }

# apt-get waits for another one to finish, and is tried again when a server does
# not answer.
apt() {
	local try
	for try in 1 2 3; do
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" && return 0
		((try == 3)) || sleep $((try * 5))
	done
	return 1
}

install_debian() {
	local package missing=()
	for package in "$@"; do
		installed "$package" || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	as_root=()
	if [[ $(id -u) != 0 ]]; then
		if ! have sudo || ! sudo -n true 2>/dev/null; then
			say "These packages are missing. Install them, and start again:"
			say
			say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
			exit 1
		fi
		as_root=(sudo -n)
	fi
	say "installing ${missing[*]}"
	quietly "apt-get update" apt update -qq
	quietly "apt-get install" apt install -y -qq --no-install-recommends "${missing[@]}"
}

# On Ubuntu "chromium" is a snap, which starts neither in a container nor with a
# home outside of /home. There the tests take any Chromium that is on the path.
test_browser() {
	[[ -n ${SATCHEL_CHROMIUM:-} ]] && return
	if . /etc/os-release && [[ ${ID:-} == ubuntu ]]; then
		have google-chrome || [[ -x /usr/bin/chromium ]] ||
			die "The tests need Chromium as a program, not as a snap. Install Google Chrome, or name a browser in SATCHEL_CHROMIUM."
		return
	fi
	test_packages+=(chromium)
}

# Elsewhere than on Debian and Ubuntu: look for what is needed, and name it.
check_others() {
	local missing=()
	case $(uname -s) in
	Linux)
		have cc || missing+=("a C compiler (gcc)")
		have pkg-config || missing+=("pkg-config")
		pkg-config --exists gtk+-3.0 2>/dev/null || missing+=("GTK 3 with headers (Fedora: gtk3-devel, Arch: gtk3, openSUSE: gtk3-devel)")
		pkg-config --exists webkit2gtk-4.1 2>/dev/null || missing+=("WebKitGTK 4.1 with headers (Fedora: webkit2gtk4.1-devel, Arch: webkit2gtk-4.1, openSUSE: webkit2gtk3-devel)")
		;;
	Darwin) xcode-select -p >/dev/null 2>&1 || missing+=("Apple's command line tools (xcode-select --install)") ;;
	esac
	if [[ ${1:-} == test ]]; then
		local program
		for program in Xvfb xauth xdotool dbus-run-session gnome-keyring-daemon shellcheck; do
			have "$program" || missing+=("$program")
		done
		[[ -n ${SATCHEL_CHROMIUM:-} || -x /usr/bin/chromium ]] || missing+=("Chromium as /usr/bin/chromium, or named in SATCHEL_CHROMIUM")
	fi
	((${#missing[@]})) || return 0
	say "Satchel needs these, and can install them by itself only on Debian and Ubuntu:"
	printf '  - %s\n' "${missing[@]}" >&2
	exit 1
}

check_versions
if have apt-get && have dpkg-query; then
	if [[ ${1:-run} == test ]]; then
		test_browser
		install_debian "${run_packages[@]}" "${test_packages[@]}"
	else
		install_debian "${run_packages[@]}"
	fi
else
	check_others "${1:-run}"
fi

#!/usr/bin/env bash
# Runs a command with a display, a session bus and a home of its own. Node gets
# its web sockets, which version 20 keeps behind a flag.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

if ! node -e 'process.exit(typeof WebSocket === "undefined" ? 1 : 0)'; then
	export NODE_OPTIONS="${NODE_OPTIONS:-} --experimental-websocket --no-warnings"
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
export XDG_DATA_HOME=$home XDG_RUNTIME_DIR=$home GDK_BACKEND=x11
# The bus complains on standard error about limits it may not raise in a
# container; what the command says goes past it on descriptors of its own.
xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- "$BASH" -c '"$@" >&3 2>&4' "$BASH" "$@" 3>&1 4>&2 2>/dev/null

#!/usr/bin/env bash
# Builds what is missing or old, and starts Satchel: in its window, or without a
# display on loopback for a browser.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

build/scripts/deps.sh run
say "building the frontend"
build/scripts/frontend.sh
say "building bin/satchel"
build/scripts/build.sh
if has_display; then
	exec bin/satchel
fi
say "There is no display here, so Satchel shows itself in a browser at the address below. Ctrl+C ends it."
exec bin/satchel serve

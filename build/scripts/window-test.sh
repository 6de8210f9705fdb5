#!/usr/bin/env bash
# Starts the real window on a display of its own and drives it; see
# build/window/test.mjs. The program is the production build with WebKit's
# inspector let in.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

go build -tags "$window_tags,devtools" -o bin/satchel-devtools .
go build -tags "$window_tags" -o bin/satchel-window .
build/scripts/in-display.sh node build/window/test.mjs bin/satchel-devtools bin/satchel-window artifacts/window.png

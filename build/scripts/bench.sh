#!/usr/bin/env bash
# Measures with 100,000 contacts and writes docs/bench.md; see
# build/bench/bench.mjs. Fails when a figure misses its bound.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

build/scripts/deps.sh test
build/scripts/frontend.sh
CGO_ENABLED=0 go build -trimpath -tags headless -ldflags '-s -w' -o bin/satchel-headless .
go build -trimpath -tags "$window_tags,devtools" -ldflags '-s -w' -o bin/satchel-devtools .
build/scripts/in-display.sh node build/bench/bench.mjs bin/satchel-headless bin/satchel-devtools docs/bench.md

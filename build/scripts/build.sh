#!/usr/bin/env bash
# Builds bin/satchel with its window. Needs frontend/dist.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

go build -trimpath -tags "$window_tags" -ldflags '-s -w' -o bin/satchel . 2> >(sed '/^go: downloading/d' >&2)

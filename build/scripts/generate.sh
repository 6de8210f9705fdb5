#!/usr/bin/env bash
# Writes frontend/wailsjs, what the window's page may call, from the Go code.
# With `check` it writes nothing and fails when it would change something.
#
# The build with the tag "bindings" generates when it is run, in the directory
# that wails.json names; this is what `wails generate module` does as well.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quietly "building the generator" go build -tags bindings,webkit2_41 -o "$work/generator" .
printf '{"name":"satchel","wailsjsdir":"%s"}\n' "$work" >"$work/wails.json"
(cd "$work" && quietly "generating" ./generator)
find "$work/wailsjs" -type f -exec chmod 644 {} +

if [[ ${1:-} == check ]]; then
	diff -r frontend/wailsjs "$work/wailsjs" >&2 || die "frontend/wailsjs is not what the Go code says; run make generate"
else
	rm -rf frontend/wailsjs
	cp -r "$work/wailsjs" frontend/wailsjs
fi

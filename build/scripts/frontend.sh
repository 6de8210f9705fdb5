#!/usr/bin/env bash
# Installs the frontend's packages when the lock file has changed, and builds
# frontend/dist when a source is newer, unless told `install` only.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd frontend
stamp=node_modules/.satchel-lock
if ! cmp -s package-lock.json "$stamp"; then
	quietly "npm ci" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json "$stamp"
fi
[[ ${1:-} != install ]] || exit 0

# A file that was removed has changed its folder. What paraglide writes is made
# anew by every check.
newer=$(find index.html policy.json vite.config.ts svelte.config.js package.json "$stamp" public src messages project.inlang/settings.json \
	-path src/paraglide -prune -o -newer dist/index.html -print -quit 2>/dev/null) || newer=all
[[ -f dist/index.html && -z $newer ]] || quietly "building the frontend" npm run --silent build

#!/usr/bin/env bash
# Installs the frontend's packages when the lock file has changed, and builds
# frontend/dist unless told `install` only.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd frontend
stamp=node_modules/.satchel-lock
if ! cmp -s package-lock.json "$stamp"; then
	quietly "npm ci" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json "$stamp"
fi
[[ ${1:-} == install ]] || quietly "building the frontend" npm run --silent build

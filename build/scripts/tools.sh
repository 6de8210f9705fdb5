#!/usr/bin/env bash
# Builds the pinned linter into build/tools/bin, once for each version.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd build/tools
stamp="bin/.$(cksum <go.sum | tr ' ' -)-$(go env GOVERSION)"
[[ ! -e $stamp ]] || exit 0
say "building the linter (about 100 s, once)"
rm -rf bin
mkdir -p bin
GOBIN=$PWD/bin quietly "building golangci-lint" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint
touch "$stamp"

#!/usr/bin/env bash
# Takes guards out of a copy of the product, one at a time, and shows that the
# tests of internal/redtest/testdata then fail: all of them, or those whose names
# begin with the given words, as in red.sh R07 R11-normal.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

go test -tags headless -count=1 -timeout 180m -run 'TestRed$' -v ./internal/redtest -red -red.only "$*"

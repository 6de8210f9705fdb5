#!/usr/bin/env bash
# All tests: Go, the frontend's units, end to end in Chromium, the real window.
# RACE=1 runs the Go tests under the race detector.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

go_tests() {
	# Without the window nothing here needs GTK; the window has its own test.
	# Some packages wait for HubSpot's limits more than they work: one more at a time.
	go test -tags headless -shuffle=on -timeout 15m -p $(($(nproc) + 1)) ${RACE:+-race} ./...
}

end_to_end() {
	(cd frontend && SATCHEL_BIN=../bin/satchel-headless npx --no-install playwright test)
}

keep_times
step "system packages" build/scripts/deps.sh test
step "frontend build" build/scripts/frontend.sh
step "Go tests${RACE:+ with the race detector}" go_tests
step "frontend unit tests" npm --prefix frontend run --silent test
step "headless build" env CGO_ENABLED=0 go build -tags headless -o bin/satchel-headless .
step "end to end in Chromium" end_to_end
step "real window" build/scripts/window-test.sh

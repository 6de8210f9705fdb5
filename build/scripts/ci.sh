#!/usr/bin/env bash
# Everything that must hold before a change goes in: what is quick to fail
# first, then all tests with the race detector.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

modules_tidy() {
	go mod tidy -diff && (cd build/tools && go mod tidy -diff)
}

# The packages of the headless build must not know the window.
no_window_in_headless() {
	local packages
	packages=$(go list -deps -tags headless .) || return 1
	[[ $packages != *wailsapp* ]] || {
		say "the headless build contains Wails"
		return 1
	}
}

keep_times
step "system packages" build/scripts/deps.sh test
step "module files" modules_tidy
step "headless knows no window" no_window_in_headless
build/scripts/lint.sh
step "frontend build" build/scripts/frontend.sh
step "generated files" build/scripts/generate.sh check
step "desktop build for Linux" build/scripts/build.sh
step "desktop build for Windows" env CGO_ENABLED=0 GOOS=windows go build -trimpath -tags desktop,production -o bin/satchel.exe .
step "simulations" build/scripts/sim.sh
step "forty desktops on one limit" go test -tags headless -timeout 12m -run forty_desktops -v ./internal/simtest -sim.desktops
step "planted bugs" go test -tags headless -timeout 12m -run EveryPlantedBugIsFound -v ./internal/simtest -sim.planted
step "kill -9" go test -tags headless -timeout 12m -run TestKill_At -v ./internal/cli
step "power cuts" go test -tags headless -timeout 12m -run 'TestR11|TestOpen' -v ./internal/powertest -power.cuts 50 -power.normal
step "scenarios of the pull" go test -tags headless -timeout 12m -run TestScenario ./internal/pull
step "300 damaged pages" go test -tags headless -timeout 20m -run TestR16_ARandom -v ./internal/store -heal.pages 300
RACE=1 build/scripts/test.sh

#!/usr/bin/env bash
# What takes longer than ci may: every Go test three times in another order, the
# property tests with many more seeds, more power cuts (CUTS), and the real program
# killed for many more rounds (ROUNDS); and every guard is taken out once, to see
# its tests fail. SATCHEL_LONG tells the tests.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

export SATCHEL_LONG=1

go_tests() { go test -tags headless -race -shuffle=on -count=3 -timeout 60m ./...; }

property_tests() {
	local packages
	mapfile -t packages < <(go list -tags headless -f '{{join .TestImports " "}} {{join .XTestImports " "}} {{.ImportPath}}' ./... | sed -n 's/.*pgregory\.net\/rapid.* //p')
	((${#packages[@]})) || die "no package has property tests"
	go test -tags headless -timeout 60m "${packages[@]}" -rapid.checks="${CHECKS:-5000}"
}

kills() { go test -tags headless -timeout 60m -count=1 -run TestKill -v ./internal/cli -kill.rounds="${ROUNDS:-160}"; }

million() {
	CGO_ENABLED=0 go build -trimpath -tags headless -ldflags '-s -w' -o bin/satchel-headless .
	build/scripts/frontend.sh
	go build -trimpath -tags "$window_tags,devtools" -ldflags '-s -w' -o bin/satchel-devtools .
	build/scripts/in-display.sh node build/bench/million.mjs bin/satchel-headless bin/satchel-devtools docs/performance.md
}

keep_times
step "system packages" build/scripts/deps.sh test
step "Go tests, three orders" go_tests
step "property tests, ${CHECKS:-5000} checks" property_tests
step "kill -9, ${ROUNDS:-160} rounds" kills
step "ten thousand rows" go test -tags headless -timeout 20m -run import_beside_typing -v ./internal/simtest
step "1,000,000 contacts pulled and kept fresh" million
step "power cuts, ${CUTS:-500}" go test -tags headless -timeout 90m -run TestR11 -v ./internal/powertest -power.cuts "${CUTS:-500}" -power.normal
step "1,000 damaged pages" go test -tags headless -timeout 90m -run TestR16_ARandom -v ./internal/store -heal.pages 1000
step "migrations and repairs, ended at every event" go test -tags headless -timeout 90m -run 'TestR1[56]' -v ./internal/powertest
step "guards taken out" build/scripts/red.sh

#!/usr/bin/env bash
# Simulations: SEEDS of them from FROM on, on all processors, LIVES in which the node
# runs by itself, and PULLS in which it pulls under trouble. A seed that fails is
# shrunk, printed, and kept in internal/simtest/testdata.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

seeds=${SEEDS:-2000} lives=${LIVES:-100} pulls=${PULLS:-100} from=${FROM:-1} jobs=$(nproc)
((seeds >= jobs)) || jobs=1
mkdir -p artifacts
binary=$PWD/artifacts/sim.test
go test -tags headless -c -o "$binary" ./internal/simtest

# One process for each processor: a world runs on one.
pids=()
share=$((seeds / jobs))
for ((i = 0; i < jobs; i++)); do
	count=$share
	((i < jobs - 1)) || count=$((seeds - share * (jobs - 1)))
	(cd internal/simtest && "$binary" -test.run 'Test(R20_TheInvariantsHold|Live|Pull)$' -test.timeout 24h -sim.from $((from + i * share)) -sim.seeds "$count" -sim.lives $((lives / jobs)) -sim.pulls $((pulls / jobs)) -test.v |
		grep -v 'rapid\] \(OK\|draw\)') &
	pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do
	wait "$pid" || failed=1
done
exit "$failed"

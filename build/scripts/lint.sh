#!/usr/bin/env bash
# Format, linters, types and boundaries. It needs the packages of deps.sh test.
set -euo pipefail
# shellcheck source=build/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

linter=build/tools/bin/golangci-lint

go_format() {
	local diff
	diff=$("$linter" fmt --diff 2>&1) && [[ -z $diff ]] && return
	say "$diff"
	say "run make fmt"
	return 1
}

# One of the linter's own checks panics when it looks at several packages at once
# (exit code 3), now and then with one at a time too, and is then run again; findings
# (1) are never tried again.
lint_patiently() {
	local code try
	for try in 1 2 3 4 5; do
		code=0
		"$linter" run --allow-parallel-runners --concurrency 1 --timeout 10m "$@" || code=$?
		[[ $code -eq 3 ]] || return "$code"
		say "the linter itself failed, try $try of 5; once more without what it kept"
		"$linter" cache clean
	done
	return "$code"
}

# The window's files and the others are never in the same build.
go_lint() {
	lint_patiently --build-tags headless ./... && lint_patiently --build-tags "$window_tags" .
}

keep_times
step "frontend packages" build/scripts/frontend.sh install
step "linter" build/scripts/tools.sh
step "shell scripts" shellcheck -x .ci/run build/scripts/*.sh
step "Go format" go_format
step "Go lint" go_lint
step "frontend types" npm --prefix frontend run --silent check
step "frontend lint and format" npm --prefix frontend run --silent lint
step "frontend boundaries" npm --prefix frontend run --silent boundaries

# What the other scripts share. Source it; it moves to the top of the tree.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# Builds do not ask git for a stamp: a tree that belongs to somebody else, as in
# a container, would fail there.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"

export window_tags=desktop,production,webkit2_41

say() { printf '%s\n' "$*" >&2; }

die() {
	say "error: $*"
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

has_display() { [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} || $(uname -s) != Linux ]]; }

# quietly NAME COMMAND...: shows what the command wrote only if it fails.
quietly() {
	local name=$1 log
	shift
	log=$(mktemp)
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		die "$name failed"
	fi
	rm -f "$log"
}

# step NAME COMMAND...: runs one part and notes how long it took. The command
# must not be a function that relies on `set -e`.
step() {
	local name=$1 start=$SECONDS
	shift
	say "== $name"
	if ! "$@" > >(tee "$SATCHEL_TIMES.out") 2>&1; then
		note "$((SECONDS - start))" "$name (FAILED)"
		failures "$SATCHEL_TIMES.out" >>"$SATCHEL_TIMES.failed"
		die "$name failed"
	fi
	note "$((SECONDS - start))" "$name"
}

# failures picks from a long output what says which test failed, and its end.
failures() {
	sed 's/\x1b\[[0-9;]*[a-zA-Z]//g' "$1" | grep -E '^ *(--- FAIL|FAIL|panic:|WARNING: DATA RACE|✘|×|Error:|[0-9]+\) )' | tail -n 12 || true
	echo ...
	tail -n 6 "$1"
}

# The times of the steps go to one file, so that scripts that call one another
# have one table; whoever made the file prints it, and then what failed.
note() { printf '%6d s  %s\n' "$1" "$2" >>"$SATCHEL_TIMES"; }

keep_times() {
	[[ -z ${SATCHEL_TIMES:-} ]] || return 0
	SATCHEL_TIMES=$(mktemp)
	export SATCHEL_TIMES
	trap print_times EXIT
}

print_times() {
	say
	say "Time per step:"
	cat "$SATCHEL_TIMES" >&2
	printf '%6d s  in all\n' "$SECONDS" >&2
	if [[ -f $SATCHEL_TIMES.failed ]]; then
		say
		say "What failed:"
		cat "$SATCHEL_TIMES.failed" >&2
	fi
	rm -f "$SATCHEL_TIMES" "$SATCHEL_TIMES.out" "$SATCHEL_TIMES.failed"
}

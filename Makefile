# Two commands on a fresh machine: `make run` and `make test`. The work is done
# by build/scripts; each script says at its top what it does.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

.PHONY: help run test ci long sim bench build generate fmt lint deps clean

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

run: ## build what is missing or old, and start Satchel
	@build/scripts/run.sh

test: ## all tests: Go, frontend, end to end, the real window (RACE=1: with the race detector)
	@build/scripts/test.sh

ci: ## test with the race detector, and format, lint, types, boundaries, builds
	@build/scripts/ci.sh

long: ## what takes longer than ci may: more seeds, more rounds
	@build/scripts/long.sh

sim: ## simulations: SEEDS=20000 FROM=1 LIVES=100 PULLS=100
	@build/scripts/sim.sh

bench: ## measure, and write the figures to docs/performance.md
	@build/scripts/bench.sh

build: ## bin/satchel, with its window
	@build/scripts/deps.sh run
	@build/scripts/frontend.sh
	@build/scripts/build.sh

generate: ## frontend/wailsjs, from what Go offers the window's page
	@build/scripts/deps.sh run
	@build/scripts/generate.sh

fmt: ## format Go and frontend sources
	@build/scripts/tools.sh
	@build/tools/bin/golangci-lint fmt
	@build/scripts/frontend.sh install
	@npm --prefix frontend run --silent format

lint: ## the linters of ci, alone
	@build/scripts/lint.sh

deps: ## install the system packages that running and testing need
	@build/scripts/deps.sh test

clean: ## remove what was built; the rep's data is elsewhere
	rm -rf bin artifacts build/tools/bin frontend/node_modules frontend/src/paraglide frontend/test-results frontend/playwright-report
	find frontend/dist -mindepth 1 ! -name placeholder.html -delete

# `make help` lists what there is. Every check runs over all modules of go.work; `work` is Go's own name for them.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.NOTPARALLEL:

GO  ?= go
BIN := $(CURDIR)/.bin

# The module folders, for the commands that take one module at a time.
modules = $(or $(shell $(GO) list -m -f '{{.Dir}}'),$(error no modules: see what `go list -m` says))

# The interpreter that the tests start the Flask lab with. Read when it is needed: `make test` makes it first.
export DEWAR_PYTHON ?= $(shell cat .cache/python 2>/dev/null)
export DEWAR_PYTHON_03 ?= $(shell cat .cache/python-0.3 2>/dev/null)

# The server that the tests start for a MongoDB.
export DEWAR_MONGO ?= $(CURDIR)/.cache/venv-mongo/bin/secantusd-py

.DEFAULT_GOAL := help
.PHONY: help demo setup test check format vet lint tidy fuzz-briefly allocations mutants-briefly units fuzz mutants chaos bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run examples/hello: sign in, count visits, flash, sign out; needs nothing but Go
	GOWORK=off $(GO) run -C examples ./hello

setup: ## install what the checks need; quick when nothing is missing
	@scripts/setup.sh

test: setup ## set up, then check: what CI does
	@$(MAKE) check

check: format vet lint tidy fuzz-briefly allocations mutants-briefly units ## every check, the cheap ones first, the tests last

format:
	@out=$$(git ls-files -z '*.go' | xargs -0r $(BIN)/gofumpt -l); \
	if [ -n "$$out" ]; then printf 'format: gofumpt would change:\n%s\n' "$$out"; exit 1; fi; \
	echo "format: ok"

vet:
	@$(GO) vet work
	@echo "vet: ok"

lint:
	@for dir in $(modules); do (cd "$$dir" && $(BIN)/staticcheck ./...); done
	@echo "lint: ok"

tidy:
	@for dir in $(modules); do GOWORK=off $(GO) -C "$$dir" mod tidy -diff; done
	@echo "tidy: ok"

fuzz-briefly:
	@scripts/fuzz.sh 3s

allocations: # exact counts, which the race detector would change
	@$(GO) test -run Alloc work | grep -v 'no test'

mutants-briefly: # that the list of docs/mutations.md fits the code, and as many of it as a minute allows
	@GOWORK=off $(GO) -C tools vet ./mutants
	@GOWORK=off $(GO) run -C tools ./mutants -within 60s

units: # and no word of what is said meanwhile may give away what was issued; the allocations were counted above
	@$(GO) run ./internal/issued -race -timeout 60m -skip Alloc work

fuzz: ## fuzz every target for 30 seconds
	@scripts/fuzz.sh 30s

mutants: setup ## take out each check of docs/mutations.md in turn, and see its test fail
	@GOWORK=off $(GO) run -C tools ./mutants

bench: ## the tables of docs/performance.md, paired and in one run, then every benchmark
	GOWORK=off $(GO) run -C bench ./cmd/compare
	GOWORK=off $(GO) run -C bench ./cmd/compare -stores -rounds 31
	GOWORK=off $(GO) run -C bench ./cmd/compare -databases -rounds 21 -slice 40ms
	GOWORK=off $(GO) run -C bench ./cmd/probe
	GOWORK=off $(GO) run -C bench ./cmd/served
	$(GO) test -run '^$$' -bench . -benchmem work

chaos: setup ## have every store fail under load, some ten minutes, and print the table of docs/guarantees.md
	DEWAR_CHAOS=full $(GO) test -count=1 -v -timeout 1h -run '^TestChaos$$' ./interop/chaos

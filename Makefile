# Sightline. `make run` and `make test` do all set-up on a fresh Debian machine with Rust and Node.
.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16

.PHONY: run
run: ## Set up, build and start everything with a simulated phone
	@scripts/run

.PHONY: test
test: ## Set up and run every check and test
	@scripts/test

.PHONY: setup
setup: ## Install what is needed and nothing else
	@scripts/setup

.PHONY: generate
generate: ## Write the schema, the golden vectors and the TypeScript from the Rust types
	@cargo protocol-gen
	@npm run --prefix web-agent --silent generate

.PHONY: lint
lint: ## Formatting, lints and licences
	@scripts/lint

.PHONY: format
format: ## Format all code
	@cargo fmt --all
	@npm run --prefix web-agent --silent format

.PHONY: bench-e2e
bench-e2e: ## Glass-to-glass latency against a direct connection; last line is JSON
	@scripts/bench-e2e

.PHONY: bench-anchor
bench-anchor: ## Anchors against known truth, SIFT and flow (DATA=dir, SIZE=640|1280); last line is JSON
	@DATA="$(DATA)" SIZE="$(SIZE)" scripts/bench-anchor

.PHONY: bench-ffi
bench-ffi: ## Cost of a call from Kotlin into the core; last line is JSON
	@scripts/bench-ffi

.PHONY: bindings
bindings: ## Write the Kotlin, Swift and Python bindings of ffi/
	@scripts/generate-bindings

.PHONY: check-android
check-android: ## Types of the core for 64-bit Android (needs Debian's rustc-web, cargo-web, rust-web-src)
	@scripts/check-android

.PHONY: bench-cobrowse
bench-cobrowse: ## Co-browse: leaks, fidelity, delay, size, control (PAGES=dir); last line is JSON
	@PAGES="$(PAGES)" scripts/bench-cobrowse

.PHONY: clean
clean: ## Remove what was built (keeps .sightline)
	@cargo clean
	@rm -rf web-agent/node_modules web-agent/apps/*/dist tests/browser/node_modules

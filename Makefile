# RemoteMedia Gateway. `make help` lists what there is to type.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build test check bench budgets gen node wasm mutants clean static native module typescript test-rust test-typescript chromium python

CARGO := $(shell command -v cargo 2>/dev/null)
ADDON := native-dsp/dist/.built
NATIVE_SOURCES := $(shell find native-dsp -path '*/target' -prune -o \( -name '*.rs' -o -name 'Cargo.*' \) -print 2>/dev/null)
WEIGHTS := native-dsp/core/models/silero-v6.2.f32

help: ## Show this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build what is missing, start the gateway and print its address
	@node cli/bin/remotemedia.js serve

build: node_modules/.package-lock.json native module typescript ## Build the addon, the WebAssembly module, the TypeScript and the page

test: build static test-rust test-typescript ## Test everything, a real browser included

check: static ## Formatting, lints, types, generated files, import arrows, budgets
	npx vitest run tests/budgets
ifdef CARGO
	cd native-dsp && cargo test --quiet --workspace --test budgets
endif

bench: build ## Measure beside Python libraries; write the figures of README and docs/BENCHMARKS.md
	node tests/bench/bench.mjs

gen: $(WEIGHTS) ## Write the registry, schema, types and node reference from the catalogue
	cd native-dsp && cargo run --quiet -p remotemedia-gen
	npx biome format --write native-dsp/src >/dev/null

node: $(WEIGHTS) ## Begin a new node: make node NAME=WhisperNode
	@cd native-dsp && cargo run --quiet -p remotemedia-gen -- node '$(NAME)'
	@npx biome format --write native-dsp/src >/dev/null

wasm: $(WEIGHTS) ## Build the WebAssembly module; on Debian as root, install what that takes
	node native-dsp/scripts/build-wasm.mjs --install

mutants: wasm build ## Break one constant after the other and see that the parity tests notice
	node tests/parity/mutants.mjs

budgets: $(WEIGHTS) ## Write tests/budgets from what nodes cost now, knowingly
	cd native-dsp && cargo test --quiet -p remotemedia-core --test budgets -- --ignored

clean: ## Remove everything that was built
	rm -rf node_modules native-dsp/target native-dsp/dist */dist $(WEIGHTS)

# --- what the targets above are made of ---

node_modules/.package-lock.json: package-lock.json package.json $(wildcard */package.json)
	@command -v node >/dev/null || { echo "Node.js 20.17 or newer is missing: https://nodejs.org"; exit 1; }
	npm ci --no-audit --no-fund
	@touch $@

$(WEIGHTS): native-dsp/core/models/extract-silero.mjs | node_modules/.package-lock.json
	node $<
	@touch $@

# What is checked without running anything that is measured: the tests have the budgets among them.
static: node_modules/.package-lock.json $(WEIGHTS)
	npx biome check .
	npx tsc -b
	npx tsc -p tests
	node scripts/check-arrows.mjs
	node tests/bench/report.mjs --check
	node native-dsp/scripts/build-wasm.mjs --check
ifdef CARGO
	cd native-dsp && cargo fmt --all --check && cargo clippy --workspace --all-targets --quiet -- -D warnings
	cd native-dsp && cargo run --quiet -p remotemedia-gen -- --check
endif

native: $(ADDON)

ifdef CARGO
$(ADDON): $(NATIVE_SOURCES) $(WEIGHTS)
	node native-dsp/scripts/build.mjs
	@touch $@
else
$(ADDON):
	@echo "Warning: there is no Rust toolchain, so there will be no native runtime: WebAssembly takes its place, slower." >&2
	@echo "For the native one install Rust 1.91 or newer (https://rustup.rs), a C compiler and cmake, and type the same again." >&2
endif

# Built only where it is not of these sources, and then only if there is a compiler for it: one comes with the repository.
module: $(WEIGHTS)
	@node native-dsp/scripts/build-wasm.mjs

typescript: node_modules/.package-lock.json
	@npx tsc -b
	@npm run --silent build -w web-client

test-rust: $(WEIGHTS)
	cd native-dsp && cargo test --workspace --quiet

test-typescript: build chromium python
	npx vitest run

# A real browser is part of the tests. On Debian as root it is installed; elsewhere the browser tests say
# that they were skipped and how to get it.
chromium:
	@bash scripts/ensure-chromium.sh

# Nodes in Python are tested in Pyodide and in CPython; the latter is handled as the browser is.
python:
	@bash scripts/ensure-python.sh

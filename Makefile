# Two commands matter: `make demo` and `make test`. Both set up what is missing first.
SHELL := bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
WASM := $(TARGET)/wasm32-unknown-unknown/wasm-release/recourse.wasm
BROWSER := --lib --no-default-features --features hydrate --target wasm32-unknown-unknown
# What is shipped names no folder of the machine that built it, and is the same wherever it is built.
SHIPPED := --config "build.rustflags=['--remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src=']"
TOOL := --bin bundle --no-default-features --features bundle
# Folders count too: they change when a file in them goes.
SOURCES := $(shell find src style public policies 2>/dev/null) Cargo.toml Cargo.lock .cargo/config.toml

.PHONY: help setup setup-demo demo test check build bundle bench bench-full clean

help:
	@echo 'make demo    builds everything, makes a company with sample requests, and serves it'
	@echo '             (options for the server: make demo DEMO_ARGS="--help")'
	@echo 'make test    runs every test: rooms, databases, browser'
	@echo 'make check   formatting, lints, the browser side, the arrows between rooms, licences'
	@echo 'make build   leaves the release binary, everything in it, in target/release/recourse'
	@echo 'make bundle  makes site/: the browser side and the style sheet, as the server embeds them'
	@echo 'make bench   measures (make bench-full: also what takes long)'
	@echo 'make setup   installs what the targets above need'
	@echo 'make clean   removes what was built'

setup:
	@.ci/setup test

setup-demo:
	@.ci/setup demo

demo: bundle
	$(CARGO) build
	@exec $(TARGET)/debug/recourse demo $(DEMO_ARGS)

test: setup bundle
	$(CARGO) build --features failpoints --bins --examples
	$(CARGO) test --features failpoints --lib --bins
	@# these mostly wait, so more of them run than there are processors
	$(CARGO) test --features failpoints --test faults -- --test-threads 6
	$(CARGO) test $(TOOL)
	RECOURSE_BIN=$(abspath $(TARGET))/debug/recourse node --test end2end/*.test.mjs

check: setup-demo
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --features failpoints,bench -- -D warnings
	$(CARGO) clippy --tests $(TOOL) -- -D warnings
	$(CARGO) clippy $(BROWSER) -- -D warnings
	$(CARGO) test --lib --features failpoints arrows
	@if command -v cargo-deny >/dev/null; \
	then $(CARGO) deny --log-level error check bans licenses sources; \
	else echo 'cargo-deny is not installed: licences of dependencies not checked'; fi

build: bundle
	$(CARGO) build --release $(SHIPPED)
	@if [ ! $(TARGET)/release/recourse -ef target/release/recourse ]; \
	then mkdir -p target/release && install -m 755 $(TARGET)/release/recourse target/release/recourse; fi
	@ls -lh target/release/recourse

bundle: site/manifest.json

site/manifest.json: $(SOURCES) | setup-demo
	$(CARGO) build $(TOOL)
	$(CARGO) rustc $(SHIPPED) $(BROWSER) --crate-type cdylib --profile wasm-release
	$(TARGET)/debug/bundle --wasm $(WASM) --style style/main.css --public public --out site

bench: bundle
	$(CARGO) build --release --features bench --bins
	RECOURSE_TEST_FSYNC=on $(TARGET)/release/bench

bench-full: bundle
	$(CARGO) build --release --features bench --bins
	RECOURSE_TEST_FSYNC=on $(TARGET)/release/bench full

clean:
	rm -rf site target end2end/node_modules
	$(CARGO) clean

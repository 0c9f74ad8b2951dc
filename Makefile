# Two commands are enough on Debian 12 with Swift 6.3: `make run` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
SWIFT ?= swift
# The package manager passes a dependency's traits in the order of a Set. Another order is another
# command line, and SwiftProtobuf and Hummingbird would be compiled again; so hashing is seeded
# alike for each build. The server itself runs with random seeds.
BUILD := SWIFT_DETERMINISTIC_HASHING=1 $(SWIFT) build
# Swift's own libraries are part of the binary: it runs where no Swift is, and a small request takes
# a tenth less processor time, since every call of the runtime is a direct one.
RELEASE := -c release --static-swift-stdlib
# What `make run` passes to `tessera serve`, e.g. make run ARGS="--port 9000".
ARGS ?=
# What `make test` passes to pytest, e.g. make test PYTEST="-k tokens".
PYTEST ?=
# The client suites are kept beside this repository.
COMPAT ?= ../shared/compat
SUITE ?= smoke
PROGRAMS ?= cloud,async
# How many unit tests run at once. All of them together, as is Swift Testing's default, have an
# engine's threads each: thousands, which a machine may refuse.
TESTS_AT_ONCE ?= 8
# What a unit test that crashes tells: the message and the thread, without minutes of the others.
TEST_BACKTRACE = interactive=no,color=no,threads=crashed,registers=none,images=none
# How often `make crash` kills the server; SEED= repeats a run.
CYCLES ?= 200
# How many requests `make abuse` makes up, and how many connections drip at once.
CASES ?= 20000
CONNECTIONS ?= 5000
# What `make bench` passes on, e.g. make bench BENCH_ARGS=--profile BENCH_PEER=none.
BENCH_ARGS ?=
# What `make fleet` measures, and with which options.
FLEET ?= revocation partition rates
# What `make figures` passes on, e.g. make figures FIGURES_ARGS="--only memory".
FIGURES_ARGS ?=

.PHONY: help run test check compat crash abuse figures fleet bench release deps venv clean

help: ## Say what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: release ## Start a server on this machine, data in ./tessera-data
	exec $$($(BUILD) -c release --show-bin-path)/tessera serve $(ARGS)

# --build-tests would compile protoc too, which a dependency's plugin offers and nothing here uses.
test: deps venv ## Build, run the unit tests, then the end-to-end tests with the real clients
	$$(scripts/find-python.sh) scripts/tidy.py
	$(BUILD) --product tessera
	$(BUILD) --product tesseraPackageTests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) \
	  SWIFT_BACKTRACE=$(TEST_BACKTRACE) $(SWIFT) test --skip-build 2>&1 \
	  | scripts/failures-last.sh
	$(PYTHON) -m pytest Tests/EndToEnd --binary=$$($(BUILD) --show-bin-path)/tessera $(PYTEST)

check: ## Look at format, tidiness and the levels of the package
	$(SWIFT) format lint --strict --recursive $$(scripts/own-swift-files.sh)
	$$(scripts/find-python.sh) scripts/tidy.py

compat: ## Run the official clients' own test suite (COMPAT=dir SUITE=name PROGRAMS=list SPLIT=1)
	@if [ ! -d "$(COMPAT)" ]; then echo "no client suite in $(COMPAT): nothing to do"; else \
	  $(MAKE) release && \
	  scripts/python-venv.sh .build/venv-compat $(COMPAT)/requirements.txt && \
	  .build/venv-compat/bin/python scripts/compat.py --compat $(COMPAT) --suite $(SUITE) \
	    --programs "$(PROGRAMS)" $(if $(SPLIT),--split) \
	    --binary $$($(BUILD) -c release --show-bin-path)/tessera; \
	fi

crash: release venv ## Kill the server under load, again and again (CYCLES= SEED=)
	CYCLES=$(CYCLES) $(if $(SEED),SEED=$(SEED)) $(PYTHON) -m pytest Tests/EndToEnd/test_crash.py \
	  -s -q --binary=$$($(BUILD) -c release --show-bin-path)/tessera

abuse: release venv ## Fuzz both HTTP APIs, and drip on 5,000 connections (CASES= CONNECTIONS=)
	$(PYTHON) scripts/abuse/fuzz.py --cases $(CASES) \
	  --binary $$($(BUILD) -c release --show-bin-path)/tessera
	$(PYTHON) scripts/abuse/drips.py --connections $(CONNECTIONS) \
	  --binary $$($(BUILD) -c release --show-bin-path)/tessera

figures: release venv ## Files, opening times and memory of large tenants (FIGURES_ARGS=)
	$(PYTHON) Benchmarks/figures.py $(FIGURES_ARGS) \
	  --binary $$($(BUILD) -c release --show-bin-path)/tessera

fleet: release venv ## Revocation, a partition and a rate through two frontends (FLEET=)
	$(PYTHON) Benchmarks/fleet.py $(FLEET) \
	  --binary $$($(BUILD) -c release --show-bin-path)/tessera

bench: release ## Compare speed and recall with Chroma's server (N= ROUNDS= STEPS=)
	$(BUILD) $(RELEASE) --product IndexBenchmark
	Benchmarks/run.sh --binary $$($(BUILD) -c release --show-bin-path)/tessera $(BENCH_ARGS)

release: deps
	$(BUILD) $(RELEASE) --product tessera

deps: ## Install the Debian packages that are missing
	@scripts/install-packages.sh

venv: deps
	@scripts/python-venv.sh $(VENV) Tests/EndToEnd/requirements.txt

clean: ## Remove what was built; data stays
	rm -rf .build $(VENV)

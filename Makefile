# The commands that people and CI use. `make help` lists them.
.DEFAULT_GOAL := help
SWIFT ?= swift
# SwiftPM builds everything anew when a variable of the environment differs, and what is set for make is one.
BUILD = env -u MAKEFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u MFLAGS -u CONFIG -u KEEP -u CASES -u SWIFT -u _ $(SWIFT) build
# How the demonstration is built; an optimised build takes longer.
CONFIG ?= debug
# KEEP=1 leaves the demonstration running.
KEEP ?=
# How many policies `make differential` generates.
CASES ?= 100000

.PHONY: help suites test demo examples benchmarks thresholds interop browser scanners differential hostile fuzz sanitize consumer lint format docs clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

suites: ## fetch conformance suites that others wrote into .build-suites
	@Scripts/bootstrap test
	@Scripts/suites

test: ## install what is missing and pass the tests
	@Scripts/bootstrap test
	@Scripts/suites
	$(SWIFT) test

demo: ## install what is missing and show the proxy at work; KEEP=1 leaves it running
	@Scripts/bootstrap test demo
	$(BUILD) --package-path Examples -c $(CONFIG)
	Scripts/demo --bin Examples/.build/$(CONFIG) $(if $(KEEP),--keep)

examples: ## build the example programs, optimised
	$(BUILD) --package-path Examples -c release

benchmarks: ## build the benchmarks
	$(BUILD) --package-path Benchmarks -c release

thresholds: benchmarks ## compare what the wire path costs with the committed figures
	@Scripts/bootstrap test thresholds
	Scripts/thresholds

interop: ## deliver through the proxy into real mail servers
	@Scripts/bootstrap test interop
	$(BUILD) --package-path Examples -c release
	Scripts/interop --bin Examples/.build/release

browser: ## look at the statistics page with a real browser
	@Scripts/bootstrap test browser
	$(BUILD) --package-path Examples -c release
	Scripts/browser --bin Examples/.build/release

scanners: ## messages per second through virus scanners, beside clamsmtp
	@Scripts/bootstrap test scanners
	$(BUILD) --package-path Examples -c release --product smtp-proxy
	Scripts/scan-throughput --bin Examples/.build/release

differential: ## compare the SPF engine with pyspf and libspf2 on generated policies
	@Scripts/bootstrap test
	$(BUILD) --package-path Examples -c release --product spf-differential
	Scripts/spf-differential --bin Examples/.build/release --count $(CASES)

hostile: ## judge by hostile policies with libspf2, under valgrind
	@Scripts/bootstrap test thresholds
	$(BUILD) --package-path Examples -c release --product spf-differential
	valgrind --quiet --error-exitcode=9 Examples/.build/release/spf-differential hostile --count 10000

fuzz: ## run every generated test at full length, optimised
	Scripts/fuzz

sanitize: ## run the tests of the core and the parsers under AddressSanitizer
	Scripts/sanitize

consumer: ## build a package that imports the core alone
	Scripts/consumer-check

lint: ## check the format of every source
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples/Package.swift Examples/Sources \
		Benchmarks/Package.swift Benchmarks/Benchmarks Benchmarks/Sources

format: ## format every source
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples/Package.swift Examples/Sources \
		Benchmarks/Package.swift Benchmarks/Benchmarks Benchmarks/Sources

docs: ## build the documentation
	Scripts/docs

clean: ## remove what was built
	rm -rf .build .build-* Examples/.build Benchmarks/.build

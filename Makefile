# A thin front for Meson. `make help` lists what there is.
.PHONY: help build release scan test lint fuzz bench install clean

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 600

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 18

build/build.ninja: | packages-test
	meson setup build -Db_sanitize=address,undefined

build-release/build.ninja: | packages-build
	meson setup build-release --buildtype=release --prefix=$(PREFIX) -Dtests=false

.PHONY: packages-build packages-test
packages-build:
	@scripts/setup build
packages-test:
	@scripts/setup build test

build: build/build.ninja packages-test ## the program with sanitizers and its tests, in build/
	@ninja -C build

release: build-release/build.ninja packages-build ## the release program, in build-release/
	@ninja -C build-release

scan: release ## scan TARGET, or an example image that is made here
	@scripts/scan "$(TARGET)"

test: build ## all tests
	@scripts/run-tests build

lint: ## include order, layout, complexity, words, clang-tidy
	@scripts/setup build test lint
	@scripts/lint

fuzz: ## each fuzz target for FUZZ_SECONDS, or NAME alone
	@scripts/setup build fuzz
	@scripts/fuzz $(FUZZ_SECONDS) $(NAME)

bench: release ## speed and memory as ratios against a floor and other programs
	@scripts/setup bench
	@bench/run

install: release ## into PREFIX (/usr/local), below DESTDIR
	@meson install -C build-release --quiet $(if $(DESTDIR),--destdir $(DESTDIR))

clean: ## remove what was built
	rm -rf build build-release build-lint build-fuzz

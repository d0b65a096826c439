# A thin front for Meson. `make help` lists what there is.
.PHONY: build help scan test lint fuzz bench install clean packages-build packages-test

PREFIX ?= /usr/local
# A compiler that is newer than ours may warn of more; CI sets true.
WERROR ?= false
FUZZ_SECONDS ?= 600

build: packages-build build-release/build.ninja ## the release program, in build-release/
	@ninja -C build-release

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 18

packages-build:
	@scripts/setup build
packages-test:
	@scripts/setup build test

build/build.ninja: | packages-test
	meson setup build -Db_sanitize=address,undefined -Dwerror=$(WERROR)

build-release/build.ninja: | packages-build
	meson setup build-release --buildtype=release --prefix=$(PREFIX) -Dtests=false -Dwerror=$(WERROR)

scan: build ## scan TARGET, or an example image that is made here
	@scripts/scan "$(TARGET)"

test: packages-test build/build.ninja ## all tests, with ASan and UBSan, in build/
	@ninja -C build
	@scripts/run-tests build

lint: ## include order, layout, complexity, words, lists of sources, clang-tidy
	@scripts/setup build test lint
	@scripts/lint

fuzz: ## each fuzz target for FUZZ_SECONDS (600), or NAME alone
	@scripts/setup build fuzz
	@scripts/fuzz $(FUZZ_SECONDS) $(NAME)

bench: build ## speed and memory as ratios against a floor and other programs
	@scripts/setup bench
	@bench/run

install: build ## into PREFIX (/usr/local), below DESTDIR
	@meson configure build-release -Dprefix=$(abspath $(PREFIX))
	@meson install -C build-release --quiet $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

clean: ## remove what was built
	rm -rf build build-release build-lint build-fuzz build-tsan

# What a newcomer and CI type. Everything made here stays in .venv/, node_modules/, build/ and var/.

PORT ?= 8000
RPC_PORT ?= 8545
CHAIN ?= anvil
PYTHON ?=
UV_VERSION := 0.13.9

# What `make test` installed holds all that `make up` needs. Hardhat is there alone.
PACKAGES := $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.run)
MODULES := $(if $(or $(filter hardhat,$(CHAIN)),$(wildcard node_modules/.dev)),node_modules/.dev,node_modules/.run)
PEERS := tests/peers/node_modules/.made

# One room of the tests: make test ROOM=relay, make test ROOM=indexer/chain.
ROOM ?=
ROOMS := $(if $(ROOM),$(shell find tests -name node_modules -prune -o -type d -path '*/$(ROOM)' -print))
# $(2), if the room's tests speak of $(1).
asks = $(if $(ROOMS),$(if $(shell grep -rlE --include=*.py '$(1)' $(ROOMS)),$(2)))
# Compiled beforehand, as else each worker would do so.
PYTEST := .venv/bin/python -m backend compile >/dev/null && .venv/bin/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder
# Of the long run, whose parts end within an hour each.
PARTS := solidity contracts indexer backend browser rest

.PHONY: up install test check test-long $(PARTS:%=test-long-%) lint format audit coverage browser servers node clean

up: $(PACKAGES) $(MODULES)
	@exec .venv/bin/python -m backend up --chain $(CHAIN) --port $(PORT) --rpc-port $(RPC_PORT)

# For a server (docs/install.md): what the node's processes need, and nothing for tests.
install: $(PACKAGES) $(MODULES)
	@.venv/bin/python -m backend compile >/dev/null
	@echo "Installed. $(CURDIR)/.venv/bin/laurel is the command."

ifdef ROOM
NEEDED := $(call asks,chromium|playwright|systemd,browser) $(call asks,nginx|caddy|proxies,servers) $(call asks,[Hh]elia|js_ipfs|peers,$(PEERS))
else
NEEDED := $(PEERS) browser servers lint
endif

test: .venv/.dev node_modules/.dev $(NEEDED)
	@$(if $(ROOM),$(if $(ROOMS),,echo "There is no folder tests/.../$(ROOM)." >&2; exit 1;))$(PYTEST) $(ROOMS)

# Lint, types, and the tests of what differs from the branch `main` (tests/changed.py says which those are).
check: .venv/.dev node_modules/.dev $(PEERS) browser servers lint
	@changed=$$(.venv/bin/python -m tests.changed) && if [ -n "$$changed" ]; then $(PYTEST) $$changed; else echo "No tests are of what changed."; fi

# Everything at length, part by part; a part is `make test-long-solidity` and the like.
test-long: lint
	@for part in $(PARTS); do echo "Part: $$part"; $(MAKE) --no-print-directory test-long-$$part || exit 1; done

$(PARTS:%=test-long-%): export LAUREL_LONG = 1
$(PARTS:%=test-long-%): test-long-%: .venv/.dev node_modules/.dev $(PEERS) browser servers
	@$(PYTEST) $(if $(filter rest,$*),$(patsubst %,--ignore=tests/%,$(PARTS)) tests,tests/$*)

lint: .venv/.dev node_modules/.dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/python -m backend compile
	@.venv/bin/mypy --strict indexer backend
	@npx --no-install tsc
	@npx --no-install prettier --log-level warn --check 'contracts/**/*.sol' 'tests/solidity/**/*.sol'

format: .venv/.dev node_modules/.dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@npx --no-install prettier --log-level warn --write 'contracts/**/*.sol' 'tests/solidity/**/*.sol'

# In the path, forge itself: npm's command of that name loses its exit status.
WITH_FORGE = PATH="$$(echo "$(CURDIR)"/node_modules/@foundry-rs/forge-*/bin):$(CURDIR)/node_modules/.bin:$$PATH"

# Slither on the contracts (slither.config.json), Halmos on tests/solidity/proofs (halmos.toml).
audit: .venv-audit/.made node_modules/.dev
	@$(WITH_FORGE) FOUNDRY_PROFILE=audit .venv-audit/bin/slither . --compile-force-framework foundry
	@rm -rf build/proofs
	@$(WITH_FORGE) FOUNDRY_PROFILE=proofs .venv-audit/bin/halmos

# Lines and branches of the contracts that the Solidity tests reach.
coverage: node_modules/.dev
	@$(WITH_FORGE) FOUNDRY_PROFILE=coverage forge coverage --ir-minimum --no-match-coverage '^tests/'

# Takes away what make installed and built. Chain, posts and keys in var/ stay.
clean:
	rm -rf .venv .venv-audit node_modules tests/peers/node_modules build artifacts cache

# ---------------------------------------------------------------- Python

.venv/.made:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$python && break; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Laurel needs Python 3.11 or later. Install it, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$found cannot make virtual environments. Install its venv module (on Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; \
	fi; \
	echo "Making .venv with $$($$found --version) ..."; \
	$$found -m venv .venv && \
	.venv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@echo "$(CURDIR)" > "$$(.venv/bin/python -c 'import site; print(site.getsitepackages()[0])')/laurel.pth"
	@printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m backend "$$@"\n' "$(CURDIR)" > .venv/bin/laurel
	@chmod +x .venv/bin/laurel && touch $@

.venv/.run: .venv/.made requirements.lock
	@echo "Installing Python packages ..."
	@.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements.lock
	@touch $@

.venv/.dev: .venv/.made requirements.lock requirements-dev.lock
	@echo "Installing Python packages, those for the tests too ..."
	@.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements-dev.lock
	@touch $@

# Apart, because Slither wants an older web3.
.venv-audit/.made: .venv/.made requirements-audit.lock
	@echo "Installing Slither, Halmos and cvc5 ..."
	@.venv/bin/uv venv --quiet --allow-existing --python .venv/bin/python .venv-audit
	@.venv/bin/uv pip sync --quiet --require-hashes --python .venv-audit/bin/python requirements-audit.lock
	@touch $@

# ---------------------------------------------------------------- Node

node:
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then \
	  echo "Laurel needs Node 20 or later with npm: its compiler and local chain come from there. Install it from https://nodejs.org or your system's packages." >&2; exit 1; \
	fi

node_modules/.run: package.json package-lock.json | node
	@echo "Installing Node packages ..."
	@npm ci --omit=dev --no-audit --no-fund --loglevel=error
	@touch $@

# Hardhat runs on the Node 22 among the packages, whose native parts an older npm's Node leaves out.
node_modules/.dev: package.json package-lock.json | node
	@echo "Installing Node packages, those for the tests too ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

# Other people's IPFS, which the content tests talk to: 700 MB, apart from all that we ourselves use.
$(PEERS): tests/peers/package.json tests/peers/package-lock.json | node_modules/.dev
	@echo "Installing IPFS implementations for the tests ..."
	@cd tests/peers && PATH="$(CURDIR)/node_modules/.bin:$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# ---------------------------------------------------------------- programs of the tests, from Debian's packages

browser:
	@missing=; for program in chromium:chromium systemd-analyze:systemd; do \
	  command -v $${program%:*} >/dev/null || missing="$$missing $${program#*:}"; \
	done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing$$missing ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else \
	    echo "The tests need$$missing. Install what is missing (on Debian: apt-get install$$missing)." >&2; exit 1; \
	  fi; \
	fi

# Unpacked and not installed, so that no server starts on this machine by itself.
servers:
	@missing=; for program in nginx caddy; do \
	  PATH="$$PATH:/usr/sbin:build/servers/usr/sbin:build/servers/usr/bin" command -v $$program >/dev/null || missing="$$missing $$program"; \
	done; \
	if [ -n "$$missing" ]; then \
	  if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then \
	    echo "Unpacking$$missing ..."; \
	    if [ "$$(id -u)" = 0 ]; then apt-get update -qq; fi; \
	    mkdir -p build/servers && cd build/servers && \
	    apt-get -qq -o APT::Sandbox::User=root download $$missing && \
	    for package in *.deb; do dpkg -x "$$package" . && rm "$$package" || exit 1; done; \
	  else \
	    echo "The tests need$$missing. Install what is missing." >&2; exit 1; \
	  fi; \
	fi

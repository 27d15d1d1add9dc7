# Two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$python; break; }; done)

export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
export UV_NO_PROGRESS := 1
export npm_config_update_notifier := false
# Many programs are started, parsers by the hundred: each would compile all of its modules again.
unexport PYTHONDONTWRITEBYTECODE
# Certificates that this machine's owner has added, as companies do, count for these too.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
endif
# A home that is missing or read-only must not matter.
ifneq ($(shell test -n "$$HOME" && test -d "$$HOME" && test -w "$$HOME" && echo yes),yes)
export UV_CACHE_DIR := $(CURDIR)/.tools/cache/uv
export npm_config_cache := $(CURDIR)/.tools/cache/npm
export PIP_NO_CACHE_DIR := 1
endif

UV := .tools/bin/uv
IN_VENV := .venv/bin/python
IN_BENCH := .tools/bench/bin/python
GOLD ?= tests/attribution/challenge/en.jsonl
INSTALL := $(UV) pip install --quiet --python $(IN_VENV) --require-hashes

.PHONY: help run test setup check format lock audit shell backup restore reset bench-attribution bench-ingest faults

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runs node_modules/.counterclaim-installed ## start everything here; Ctrl-C stops it (PORT=8000)
	@exec $(IN_VENV) -m ops.supervisor

test: .venv/.tests node_modules/.counterclaim-installed ## run the whole suite on an embedded database (ARGS=...)
	@exec $(IN_VENV) -m ops.testing $(ARGS)

setup: .venv/.tests node_modules/.counterclaim-installed ## install everything, start nothing

check: .venv/.tests node_modules/.counterclaim-installed ## style, types, import contracts, templates, migrations, locks
	@exec $(IN_VENV) -m ops.checks

format: .venv/.tests ## put the code in the common form
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format --quiet .

lock: .venv/.tests ## make the lock files anew from requirements/*.in and package.json (ARGS=--upgrade)
	@$(IN_VENV) -m ops.locks compile $(ARGS)

audit: .venv/.tests ## look the locked packages up among known vulnerabilities
	@.venv/bin/pip-audit --disable-pip --require-hashes -r requirements/base.txt

shell: .venv/.runs ## a Python shell on the database
	@exec $(IN_VENV) -m ops.manage shell

backup: .venv/.runs ## database and evidence into one file (FILE=backups/<time>.tar)
	@exec $(IN_VENV) -m ops.backup save $(FILE)

restore: .venv/.runs ## put a backup back into an empty database (FILE=..., FORCE=1 replaces what is there)
	@exec $(IN_VENV) -m ops.backup restore "$(FILE)"

reset: .venv/.runs ## delete everything that was entered here; asks first (FORCE=1 does not)
	@exec $(IN_VENV) -m ops.reset

bench-attribution: .venv/.runs .tools/bench/.made ## our extractors and textacy's on a gold file, side by side (GOLD=..., JSON=1)
	@exec $(IN_VENV) -m ops.bench_attribution --gold "$(GOLD)" $(if $(JSON),--json)

bench-ingest: .venv/.runs .tools/bench/.made ## what taking articles in costs, and how well copies are found (ARGS="--json --pages ...")
	@exec $(IN_VENV) -m ops.bench_ingest $(ARGS)

faults: .venv/.tests ## break the whole application hundreds of times and see whether anything is lost (ARGS="--faults 300 ...")
	@exec $(IN_VENV) -m ops.faults $(ARGS)

.tools/.made: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Counterclaim needs Python 3.11 or newer, and found none." >&2; exit 1; }
	@rm -rf .tools && $(PYTHON) -m venv .tools || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.made: .tools/.made
	@test -x $(IN_VENV) || $(UV) venv --quiet --python $(PYTHON) .venv
	@touch $@

.venv/.runs: requirements/base.txt requirements/embedded.txt .venv/.made
	@echo "Installing what runs (requirements/base.txt, requirements/embedded.txt)"
	@$(INSTALL) -r requirements/base.txt -r requirements/embedded.txt
	@touch $@

.venv/.tests: requirements/dev.txt .venv/.runs
	@echo "Installing what tests (requirements/dev.txt)"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

.tools/bench/.made: requirements/bench.txt .tools/.made
	@echo "Installing what is compared with (requirements/bench.txt)" >&2
	@rm -rf .tools/bench && $(UV) venv --quiet --python $(PYTHON) .tools/bench
	@$(UV) pip install --quiet --python $(IN_BENCH) --require-hashes -r requirements/bench.txt
	@touch $@

node_modules/.counterclaim-installed: package-lock.json | .venv/.runs
	@echo "Installing fonts and scripts (package-lock.json)"
	@$(IN_VENV) -m ops.npm ci

# scopewatch: the two commands of the README are `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test run lint check bench chaos docs lock browser clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "scopewatch needs Python 3.11 or newer; set PYTHON=…"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } || { echo "this Python cannot make environments: install python3-venv"; exit 2; }
	@$(PYTHON) -m venv $(VENV)

# The lock's hashes make sure that what is installed is what was tested.
$(RUN_STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing scopewatch into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	@echo "installing what the tests need …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(RUN_STAMP) ## set up, run the main job over five simulated days, show the last digest (BROWSE=1 keeps Datasette running)
	@$(BIN)/python -m tests.demo.play $(if $(BROWSE),--browse)

test: $(DEV_STAMP) browser ## install what tests need and run them all, with lint, types and contracts
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

run: $(RUN_STAMP) ## read the live sources once
	@$(BIN)/scopewatch run

lint: $(DEV_STAMP) ## format, lint, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: test ## what CI does

bench: $(DEV_STAMP) ## measure speed against named rivals; prints tables, judges nothing
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file; done

chaos: $(DEV_STAMP) ## break mail, Slack, disk, clock and process under the outbox; count what is lost or doubled
	@$(BIN)/python -m tests.alerts.chaos

browser: ## Debian's chromium for the browser tests, when root and missing
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; \
	else echo "chromium is missing: the browser tests will be skipped (as root, make test installs it)"; fi

docs: $(DEV_STAMP) ## write docs/commands.md anew from the commands
	@$(BIN)/python -m tests.command_reference

lock: $(DEV_STAMP) ## resolve the locks anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group dev --all-extras -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment and the demo's files
	rm -rf $(VENV) var

# Every command does its own set-up. Needed beforehand: Python 3.11 or later, git and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# The newest Python that runs (a shim for a version that is not installed does not).
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	command -v $$name && break; done)

VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready
DOCS_READY := .venv-docs/.ready
ROOMS := phoenix_protocol keys phoenix_relay agency_client config
# One more than the cores of a small machine: many tests wait for processes.
WORKERS ?= 3

export UV_PYTHON_DOWNLOADS := never
# Compiled code is kept, whatever the environment says: every command starts in a third of the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo demo-app test test-crashes test-other-pythons check quick bench docs format clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | \
		while IFS='	' read -r name text; do printf '  make %-20s %s\n' "$$name" "$$text"; done

setup: $(READY) ## Install everything into .venv, with both programs in .venv/bin

$(READY): pyproject.toml uv.lock .ci/set_up.py
	@test -n "$(PYTHON)" || { echo "Set-up stopped. Python 3.11 or later is needed." >&2; exit 1; }
	@$(PYTHON) .ci/set_up.py $(VENV)
	@touch $@

demo: $(READY) ## Watch six agencies share what they know over a relay that cannot read it
	@$(RUN)/python deploy/demo/quillmere.py

demo-app: $(READY) ## Open the app in the homes that the demo left, with its relay, until Ctrl-C
	@$(RUN)/python deploy/demo/apps.py

test: $(READY) ## Run the tests
	@$(RUN)/python .ci/browser.py
	@$(RUN)/python -m pytest -q -n $(WORKERS) --dist worksteal

test-crashes: $(READY) ## Run only the tests that kill the programs at their writes
	@$(RUN)/python -m pytest -q -n $(WORKERS) --dist worksteal tests/end_to_end/test_crashes*.py

test-other-pythons: $(READY) ## Run the quick tests on the other Pythons found here
	@$(RUN)/python .ci/other_pythons.py

quick: $(READY) ## Format, lint, types and import directions, without the tests
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/deptry .

check: quick test-other-pythons ## Everything that must hold before a change lands
	@$(MAKE) --no-print-directory test

bench: $(READY) ## Measure, with baselines and rivals in the same run
	@$(RUN)/python -m bench

$(DOCS_READY): pyproject.toml uv.lock .ci/set_up.py
	@$(PYTHON) .ci/set_up.py .venv-docs docs
	@touch $@

docs: $(DOCS_READY) ## Build the documentation site into build/docs
	@.venv-docs/bin/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "Open build/docs/index.html"

format: $(READY) ## Format the code and fix what can be fixed
	@$(RUN)/ruff format .
	@$(RUN)/ruff check --fix .

clean: ## Remove everything that make made
	rm -rf .venv .venv-* .tools build dist htmlcov .coverage* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache .mutmut-cache mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

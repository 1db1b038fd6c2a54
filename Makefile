# Everything starts here, on a machine with nothing but Python 3.11 or newer and make. Each command sets up what it
# needs the first time, in .venv and .browser, and does nothing of it the second time.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
# Stamps lie inside .venv, so that they go when it goes. What development needs includes what running needs.
RUN_READY := .venv/.ready-run
DEV_READY := .venv/.ready-dev
ARGS ?=
PYTEST_ARGS ?=

export FAIRCUT_PYTHON
export PYTHONUNBUFFERED := 1

.PHONY: help demo serve test lint unit browser bench test-gpu lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo "  Flags go through ARGS, as in: make demo ARGS=--no-serve"

demo: $(RUN_READY) ## Make an invented studio's films, show what is refused and what is released, then serve
	@$(BIN)/faircut demo $(ARGS)

serve: $(RUN_READY) ## Serve the studio and the API
	@$(BIN)/faircut serve $(ARGS)

test: lint unit ## Everything that a change must pass: lint, then all tests

lint: $(DEV_READY) ## Style, formatting, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(DEV_READY) ## All tests (PYTEST_ARGS="tests/unit -k names" for some)
	@chromium=$$(scripts/ensure-chromium) && export FAIRCUT_CHROMIUM="$$chromium"; \
	if [ -x .browser/node ]; then export PLAYWRIGHT_NODEJS_PATH="$$PWD/.browser/node"; fi; \
	$(BIN)/pytest -q -n 2 --dist loadfile $(PYTEST_ARGS)

browser: ## Find, install or unpack a Chromium for the browser tests
	@scripts/ensure-chromium

test-gpu: .gpu/.ready ## The diffusion engines end to end, with random weights, on any machine (installs 6 GB)
	.gpu/bin/python -m pytest -q -p no:cacheprovider tests/unit/engines_diffusion $(PYTEST_ARGS)

bench: $(DEV_READY) ## Measure, print the table and write docs/benchmarks.md
	@scripts/ensure-peers || true
	$(BIN)/python -m benchmarks $(ARGS)

lock: ## Write the locks anew from pyproject.toml (ARGS=--upgrade for newer versions)
	scripts/lock.sh $(ARGS)

clean: ## Remove all that these commands made: environment, browser, caches, the demo's data
	rm -rf .venv .gpu .browser .cache .demo dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks decide what is installed. pyproject.toml is part of it: entry points are read from it.
$(RUN_READY): requirements.lock requirements-build.lock pyproject.toml scripts/setup
	@scripts/setup run
	@touch $@

.gpu/.ready: requirements-gpu.lock pyproject.toml scripts/setup
	@scripts/setup gpu
	@touch $@

$(DEV_READY): requirements-dev.lock pyproject.toml scripts/setup
	@scripts/setup dev
	@touch $(RUN_READY) $@

# Every target finds or makes what it needs. Nothing here is needed besides make, git and Python 3.11 or newer.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
N ?= 100
PYTEST_FLAGS ?= -n 2 --dist loadgroup

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ml-clusters
UV_LOCK := toolchain/recipes/uv/requirements.lock
UV_HOME := $(CACHE)/uv-$(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' $(UV_LOCK))
UV := $(UV_HOME)/bin/uv
BIN := .venv/bin
FLEET := $(BIN)/fleet
COMPILE := --quiet --universal --generate-hashes --no-emit-index-url --no-header
export UV_CACHE_DIR := $(CACHE)/uv
export UV_PYTHON_DOWNLOADS := never
# An engine imports thousands of modules: without kept bytecode each run compiles them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up down test bench soak lint format lock setup clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

up: setup ## roll the fleet out in the sandbox, a local AWS
	@$(FLEET) up --sandbox --yes

down: .venv/.ready ## stop the sandbox and forget what was in it
	@$(FLEET) sandbox stop

test: lint setup ## every check: lint, then all tests
	@$(BIN)/pytest $(PYTEST_FLAGS)

bench: setup ## how quick it is: a table, and .fleet/bench.json
	@$(BIN)/python -m tests.bench

soak: setup ## kill drivers and engines at random moments, N times
	@$(BIN)/python -m tests.soak --rounds $(N)

lint: .venv/.ready ## ruff, mypy and shellcheck
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/shellcheck .ci/run $$(git ls-files '*.sh')

format: .venv/.ready ## put the code into the form that lint asks for
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

lock: $(UV) ## pin the newest dependencies that pyproject.toml allows
	@$(UV) pip compile $(COMPILE) --upgrade --all-extras pyproject.toml -o requirements.lock
	@$(UV) pip compile $(COMPILE) --upgrade --python-version 3.11 toolchain/recipes/parallelcluster/requirements.in -o requirements-parallelcluster.lock

setup: .venv/.ready ## the Python environment and the tools, without using them
	@$(BIN)/python -m toolchain install

clean: ## remove what was made in this checkout
	-@[ ! -x $(FLEET) ] || $(FLEET) sandbox stop
	@rm -rf .venv .fleet .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@echo "Kept for every checkout: $(CACHE) (tools that were built, Python packages). Remove it by hand."

.venv/.ready: requirements.lock pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@echo "Python packages of requirements.lock: installing into .venv, usually 10 s to 2 min the first time"
	@$(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

# Its folder is named after its version, so it never grows old.
$(UV):
	@echo "uv: installing into $(UV_HOME)"
	@$(PYTHON) -m venv --clear "$(UV_HOME)"
	@"$(UV_HOME)/bin/pip" install --quiet --require-hashes --requirement $(UV_LOCK)

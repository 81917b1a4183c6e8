# Every job of this tree. A fresh clone needs only Python 3.11+, make and a C compiler:
# each target makes .venv first, and a second run finds it made and downloads nothing.
PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.steward-installed
PACKAGES := bot adapters scheduler storage
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist worksteal
JOBS ?= 2
CARDS := tests/adapters/teams/cards
RENDERER := $(CARDS)/node_modules/.steward-installed
PYTHON_CODE := $(wildcard $(PACKAGES) tests benchmarks)

# uv reads none of pip's configuration, so hand it what pip would use on this machine (from the environment
# or pip's files). The hashes in the lock decide what is acceptable, so the best match over all indexes is safe.
define FOLLOW_PIP
said="$$($(BIN)/python -m pip config list 2>/dev/null | sed 's/\\n/ /g')"; \
says() { for part in :env: install global; do \
	value=$$(printf '%s\n' "$$said" | sed -n "s/^$$part\.$$1='\(.*\)'$$/\1/p"); \
	if [ -n "$$value" ]; then echo $$value; return; fi; done; }; \
if [ -n "$$(says index-url)" ]; then export UV_DEFAULT_INDEX="$$(says index-url)"; fi; \
if [ -n "$$(says proxy)" ]; then export ALL_PROXY="$$(says proxy)"; fi; \
if [ -n "$$(says cert)" ]; then export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$(says cert)}"; fi; \
export VIRTUAL_ENV="$(CURDIR)/$(VENV)" UV_NO_CONFIG=1
endef
define FOLLOW_PIP_EVERYWHERE
$(FOLLOW_PIP); \
if [ -n "$$(says extra-index-url)" ]; then export UV_INDEX="$$(says extra-index-url)" UV_INDEX_STRATEGY=unsafe-best-match; fi; \
if [ -n "$$(says find-links)" ]; then export UV_FIND_LINKS="$$(says find-links | tr ' ' ',')"; fi
endef

.DEFAULT_GOAL := help
LONG_RUNS = tests/faults/test_machine.py tests/simulated/test_long_run.py tests/flows/escalations/test_two_years.py tests/e2e/test_escalations.py

.PHONY: help setup demo test check fmt lint bench faults gallery migration lock
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: $(STAMP) ## the environment alone: .venv with the hashed packages of requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed: install it or say where it is, make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python's venv is missing: install the system package python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@$(FOLLOW_PIP_EVERYWHERE); \
		$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock && \
		$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "$(VENV) is ready"

# The official renderer of Teams' cards, for one test; where npm is missing or cannot fetch, that test says so.
$(RENDERER): $(CARDS)/package-lock.json $(CARDS)/package.json
	@if command -v npm >/dev/null 2>&1; then \
		(cd $(CARDS) && npm ci --silent) && touch $@ || echo "npm could not install $(CARDS)" >&2; fi

demo: $(STAMP) ## the whole product with a sample portfolio, no chat account needed (ARGS=--once plays one week)
	@$(BIN)/steward demo $(ARGS)

test: $(STAMP) $(RENDERER) ## all tests (ARGS=tests/domain for some)
	$(PYTEST) $(ARGS)

check: lint $(RENDERER) ## format, lint, types, import rules, tests: exactly what CI runs
	$(PYTEST)

lint: $(STAMP) ## check without the tests
	$(BIN)/ruff format --check $(PYTHON_CODE)
	$(BIN)/ruff check $(PYTHON_CODE)
	$(BIN)/mypy $(PYTHON_CODE)
	$(BIN)/lint-imports

fmt: $(STAMP) ## put the code in its format and repair what ruff can
	$(BIN)/ruff check --fix-only --quiet $(PYTHON_CODE)
	$(BIN)/ruff format $(PYTHON_CODE)

bench: $(STAMP) ## all figures
	@$(BIN)/python -m benchmarks $(ARGS)

faults: $(STAMP) ## the long fault runs: 20,000 random programs, 10,000 messages with real kills on both databases
	@STEWARD_LONG_RUNS=1 $(BIN)/python -m pytest -q -n 2 $(LONG_RUNS)
	@$(BIN)/python -m tests.faults.torture $(ARGS)

gallery: $(STAMP) ## every message on every platform, as the reader sees it
	@$(BIN)/steward gallery $(ARGS)

migration: $(STAMP) ## a new database migration from the tables (NAME=add_lessons)
	@test -n "$(NAME)" || { echo "say what it does: make migration NAME=add_lessons" >&2; exit 2; }
	$(BIN)/alembic -c storage/migrations/alembic.ini revision --autogenerate -m "$(NAME)"

lock: $(STAMP) ## requirements.lock anew from pyproject.toml and requirements.in (ARGS=--upgrade)
	@$(FOLLOW_PIP); \
		$(BIN)/uv pip compile pyproject.toml requirements.in --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(ARGS) --output-file requirements.lock

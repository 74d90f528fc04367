# Two commands matter: `make run` explores a city, `make test` runs every test.
# Everything here can be typed by hand: see "Without make" in README.md.

SHELL := /bin/sh
PYTHON_ENV := .venv/bin/python

# Source files of workspaces that read them in place; see tests/workspaces/open_data.
export EQUITY_DATA_ROOT ?= $(abspath ../shared/data/sanjose)

.PHONY: help run build check test proof bench format lint lock clean environment dev

help: ## What can be typed
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

environment:
	@sh tools/environment.sh requirements.txt

dev:
	@sh tools/environment.sh requirements-dev.txt

run: environment ## Build the workspace where it changed and open it in the browser (PORT=8501)
	@$(PYTHON_ENV) -m equity run $(if $(PORT),--port $(PORT))

build: environment ## Build and publish, without starting the app
	@$(PYTHON_ENV) -m equity build --publish

check: environment ## Report every fault in the workspace's definitions
	@$(PYTHON_ENV) -m equity check

lint: dev ## Lint, format, types, import contracts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

test: dev ## All tests: lint to browser (10 minutes at most)
	@sh tools/chromium.sh
	@$(MAKE) --no-print-directory lint
	@$(PYTHON_ENV) -m pytest -q -n 2 --dist loadfile

proof: dev ## Long runs: fuzz, kills, soak, calibration (40 minutes at most)
	@$(PYTHON_ENV) tools/proof.py

bench: dev ## Speeds and sizes, as ratios measured in one run
	@$(PYTHON_ENV) -m bench

format: dev ## Put the code in its form
	@.venv/bin/ruff check --fix -q .
	@.venv/bin/ruff format .

lock: ## Pin every requirement anew from requirements.in and requirements-dev.in (needs uv)
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

clean: ## Remove what was built (the environment stays)
	rm -rf data/store .pytest_cache .mypy_cache .ruff_cache .hypothesis

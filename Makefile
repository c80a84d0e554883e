# A thin wrapper: what each target does can be typed by hand, see README.md.
.PHONY: demo test slow check bench bench-truth fix real clean lock
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Compiled once, tests and program need not be compiled by every process of every run.
unexport PYTHONDONTWRITEBYTECODE


demo: $(READY)
	@$(BIN)/interdep demo demo

test: $(READY)
	@sh tests/browser/install.sh
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

# What the quick tests leave out: the slow ones, and two thirds of the examples of properties.
slow: $(READY)
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m slow
	@EXAMPLES=all $(BIN)/python -m pytest -n 2 --dist worksteal tests/property

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.structure.lint_sql

bench: slow
	@$(BIN)/python -m tests.bench

bench-truth: $(READY)
	@$(BIN)/python -m tests.bench.truth

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# 51,491 real answers, from ../shared/data beside the project.
real: $(READY)
	@mkdir -p real/exports
	@cp tests/studies/real_ecr.toml real/study.toml
	@cp ../shared/data/ecr/data.csv real/exports/ecr.csv
	@$(BIN)/interdep run real; code=$$?; [ $$code -eq 0 ] || [ $$code -eq 4 ] || [ $$code -eq 5 ]

$(READY): requirements.lock pyproject.toml
	@echo "setting up $(VENV) (about two minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "interdep needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Resolve the pins again; the lock holds hashes and no address.
lock:
	uv pip compile --universal --all-extras --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo real build *.egg-info

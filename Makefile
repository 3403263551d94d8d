# The two commands of the README and what stands behind them. Every target works from a clean clone.
.DELETE_ON_ERROR:
.PHONY: install demo test check bench faults soak lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
MINUTES ?= 5

# A missing tool gets one sentence on how to get it, before anything is made.
need-python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python is missing: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv), or name it with 'make PYTHON=/path/to/python3 …'."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed; name one with 'make PYTHON=/path/to/python3 …'."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)."; exit 1; }
.PHONY: need-python

$(BIN)/python:
	@$(MAKE) --no-print-directory need-python
	$(PYTHON) -m venv $(VENV)

# The stamps say which lock the environment was made from: a second start installs nothing.
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

install: $(VENV)/run.stamp

demo: install
	@$(BIN)/portal demo --port $(PORT)

# ruff, types, import contracts, then the tests (browser tests say loudly when there is no Chromium).
check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/pytest -n auto --dist loadgroup $(PYTEST_ARGS)

# Not part of `make test`: figures as ratios; a server killed while people rate; a server loaded for a while.
bench: $(VENV)/test.stamp
	@$(BIN)/python -m bench.run

faults: $(VENV)/test.stamp
	@$(BIN)/python -m bench.faults

soak: $(VENV)/test.stamp
	@$(BIN)/python -m bench.soak --minutes $(MINUTES)

# Exact versions with hashes for every platform; no registry's host name is written into them.
lock: $(BIN)/python
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra build --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) instance

# `make demo` and `make test` work from nothing but Python 3.11 and make, and work again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test tools lint fix docs bench wheel clean

demo: $(VENV)/installed  ## judge a small Azure Stack Hub on this computer
	$(BIN)/azscheck demo

test: tools lint  ## everything that CI runs
	$(BIN)/pytest

# What the tests start themselves; RUNLEVEL keeps the packages from starting servers of their own.
tools:  ## what tests need beside Python: a Samba, ssh-keygen, and a PostgreSQL
	@if ! ( PATH="$$PATH:/usr/sbin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' :)"; \
	  command -v smbd && command -v ssh-keygen && command -v initdb ) >/dev/null \
	  && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
	  apt-get install -qq -y --no-install-recommends samba openssh-client postgresql >/dev/null; fi

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache > $(VENV)/floors.log || { cat $(VENV)/floors.log; exit 1; }
	$(BIN)/azscheck policy check policies
	$(BIN)/azscheck policy check benchmarks/policies benchmarks/policies-join
	$(BIN)/azscheck policy test --mutate policies

fix: $(VENV)/installed-dev
	$(BIN)/ruff check --quiet --fix
	$(BIN)/ruff format --quiet

docs: $(VENV)/installed-dev  ## the pages that are made from the code
	$(BIN)/python docs/generate.py

bench: $(VENV)/installed-dev  ## what azscheck costs, as ratios, in a few minutes
	$(BIN)/python -m benchmarks

wheel: $(VENV)/installed-dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist azscheck-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/.cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "azscheck needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed

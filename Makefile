# One command each; all of them work on a fresh Debian with python3 (3.11 or newer) and make.
# `make run PYTHON=python3.13` takes another Python.

PYTHON ?= python3
DATA ?= data
URL ?= http://127.0.0.1:8420
BIN = .venv/bin
# What the second run of the tests leaves out: it has no database, or chooses its engines itself.
WITHOUT_DATABASE = tests/federation tests/storage tests/soak tests/bench tests/simulation tests/deploy tests/test_house.py

.PHONY: help run test lint demo bench bench-growth simulation soak image pins ready ready-to-test

help:
	@echo "make run     start a node on $(URL) with its data in ./$(DATA)"
	@echo "make test    install what the tests need and run all of them"
	@echo "make lint    style, types, import contracts and the rules of the house"
	@echo "make demo    three nodes on this machine that follow one another"
	@echo "make bench   measure this machine against the budgets"
	@echo "make bench-growth   how times and bytes grow to a million posts"
	@echo "make simulation     a thousand nodes in made-up time"
	@echo "make soak    the long kill test"
	@echo "make image   a container image, by podman or docker"
	@echo "make pins    take the newest dependencies into constraints.txt"

run: ready
	@test -e $(DATA)/hedgerow.toml || $(BIN)/hedgerow --data $(DATA) init --url $(URL) > /dev/null
	@exec $(BIN)/hedgerow --data $(DATA) serve

test: ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 --dist loadfile
	TEST_ENGINE=postgresql $(BIN)/pytest -n 2 --dist loadfile $(WITHOUT_DATABASE:%=--ignore=%)

lint: ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest tests/test_house.py

demo: ready-to-test
	@exec $(BIN)/python -m tests.demo

bench: ready-to-test
	@exec $(BIN)/python -m tests.bench

bench-growth: ready-to-test
	@exec $(BIN)/python -m tests.bench.growth

simulation: ready-to-test
	@exec $(BIN)/python -m tests.simulation

soak: ready-to-test
	@exec $(BIN)/python -m tests.soak

image:
	@command=$$(command -v podman || command -v docker) || { echo "make image needs podman or docker" >&2; exit 1; }; \
	exec $$command build --file deploy/Containerfile --tag hedgerow .

pins:
	@PYTHON=$(PYTHON) sh deploy/pins.sh

ready:
	@PYTHON=$(PYTHON) sh deploy/prepare.sh run

ready-to-test:
	@PYTHON=$(PYTHON) sh deploy/prepare.sh test

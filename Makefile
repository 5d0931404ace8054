# The commands of this project. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
EVERYTHING := .venv/.everything
ADDRESS := $(shell sed -n 's/^Repository = "\(.*\)"/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help install demo quick test test-all lint lab release site pdf lock address mutate golden

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

install: $(EVERYTHING)  ## make .venv with all that the commands below need (done once; they do it by themselves)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# The tested versions, each with its checksum, all of them: pip need not look for others. Then the project itself.
$(EVERYTHING): pyproject.toml requirements.lock | .venv/bin/python
	@echo "Installing the course, the grader and what checks them into .venv, once."
	$(PIP) install --no-deps -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@ .venv/.lab

demo: $(EVERYTHING)  ## play the instructor's whole loop with a made-up class, in the folder demo/
	$(BIN)/autograder demo 01_neuron --workspace demo

PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
QUICK := not (browser or hostile or lengthy or notebooks or pictures or sandbox or slow)

quick: $(EVERYTHING)  ## run the unit tests: a minute or so, without a browser, a sandbox, a notebook or a picture
	$(PYTEST) -m "$(QUICK)" $(addprefix --ignore=tests/,browser hostile notebooks)

test: $(EVERYTHING)  ## run what must hold before a change lands
	$(PYTEST) -m "not slow"

test-all: $(EVERYTHING)  ## run every test, the slow ones too
	MUTATIONS=2000 $(PYTEST)

mutate: $(EVERYTHING)  ## change the code in thousands of places and see whether the tests notice: make mutate MODULE=losses
	$(BIN)/python tests/mutate.py $(MODULE)

TORCH_PYTHON ?= $(abspath $(BIN))/python

golden: $(EVERYTHING)  ## compute the values of PyTorch that the tests compare with (needs PyTorch)
	@$(TORCH_PYTHON) -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch") and \
		"PyTorch is needed: $(TORCH_PYTHON) -m pip install torch, or make golden TORCH_PYTHON=/path/to/a/python/with/it")'
	cd tests/mlpkit && $(TORCH_PYTHON) -m golden
	$(TORCH_PYTHON) tests/notebooks/frameworks.py

lint: $(EVERYTHING)  ## check style, types and the walls between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lab:  ## open your working copy of the course in JupyterLab, installed and brought up to date
	@$(PYTHON) start.py

release: $(EVERYTHING)  ## check every chapter and make the student edition, course/, anew
	$(BIN)/autograder release

site: $(EVERYTHING)  ## build the lectures as a site: build/site/html/index.html
	$(BIN)/sphinx-build -W --keep-going --quiet -j auto -b html -d build/site/doctrees docs build/site/html
	@echo "The lectures are in build/site/html/index.html"

pdf: site  ## print the lectures into build/site/lectures.pdf (needs Chromium or Chrome)
	$(BIN)/python docs/print.py build/site/html build/site/lectures.pdf

lock: $(EVERYTHING)  ## resolve requirements.lock and requirements-lab.lock from pyproject.toml
	for set in "dev requirements" "lab requirements-lab"; do \
		set -- $$set; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra $$1 --upgrade --generate-hashes \
			--no-emit-index-url --custom-compile-command 'make lock' --output-file $$2.lock pyproject.toml || exit 1; \
	done

address:  ## say where the course is published: make address URL=https://github.com/owner/name
	@test -n "$(URL)" || { echo "Give the address: make address URL=https://github.com/owner/name"; exit 2; }
	@git grep -lzF "$(ADDRESS)" | xargs -0 $(PYTHON) -c 'import pathlib, sys; old, new, *names = sys.argv[1:]; \
		[path.write_bytes(path.read_bytes().replace(old.encode(), new.encode())) for path in map(pathlib.Path, names)]' \
		"$(ADDRESS)" "$(URL)"
	@echo "Written. Now run: make release"

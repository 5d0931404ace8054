# The commands of this project. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test lint lab release site pdf lock

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

install: $(INSTALLED)  ## make .venv with the tested set of packages (done once; the other commands do it by themselves)

$(INSTALLED): pyproject.toml requirements.lock
	@echo "Installing into .venv, once; this takes a few minutes, without a word."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev,site]'
	@touch $@

demo: $(INSTALLED)  ## play the instructor's whole loop with a made-up class, in the folder demo/
	$(BIN)/autograder demo 01_neuron --workspace demo

test: $(INSTALLED)  ## run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED)  ## check style, types and the walls between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(INSTALLED)  ## open the course in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=course

release: $(INSTALLED)  ## check every chapter and make the student edition, course/, anew
	$(BIN)/autograder release

site: $(INSTALLED)  ## build the lectures as a site: build/site/html/index.html
	$(BIN)/sphinx-build -W --keep-going --quiet -b html -d build/site/doctrees docs build/site/html
	@echo "The lectures are in build/site/html/index.html"

pdf: site  ## print the lectures into build/site/lectures.pdf (needs Chromium or Chrome)
	$(BIN)/python docs/print.py build/site/html build/site/lectures.pdf

lock: $(INSTALLED)  ## resolve requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --no-emit-index-url \
		--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

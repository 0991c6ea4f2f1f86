# Everything a developer does here, by name. Each target works as the first one
# on a fresh Debian 12 or 13: it installs what it needs (see scripts/).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv/bin
# Arguments for pytest, as in: make test PYTEST="-k hover -x"
PYTEST ?=
# How many tests run at a time: most of them wait for a GHC.
JOBS ?= $(shell nproc)
# Debian's GHC comes first where Debian's libraries are needed.
WITH_DEBIAN_GHC := PATH="/usr/bin:$$PATH"
# mypy sees the packages through the links of the editable installation; this
# turns their paths back into the ones in the repository.
REAL_PATHS := sed 's|^build/__editable__[^/]*/thatch/||'

.PHONY: help setup demo test test-slow test-vscode lint typecheck format docs bench lock clean
.PHONY: python ghc test-toolchains example-libraries vscode

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  while IFS='|' read -r name text; do printf '  %-11s %s\n' "$$name" "$$text"; done

setup: python ghc ## Make .venv with thatch in it, and install GHC and cabal if there are none.
	@echo "Ready: $(VENV)/thatch"

demo: python ghc example-libraries ## Check the projects in examples/ and print their diagnostics.
	@$(WITH_DEBIAN_GHC) scripts/demo.sh

test: python ghc test-toolchains vscode ## Run the tests, all but the slow ones.
	$(WITH_DEBIAN_GHC) $(VENV)/pytest -n $(JOBS) -m "not slow" $(PYTEST)

test-slow: python ghc test-toolchains ## Run the slow tests, and search for examples that break properties.
	$(WITH_DEBIAN_GHC) $(VENV)/pytest -n $(JOBS) -m "hypothesis and not slow" --hypothesis-profile=search $(PYTEST)
	$(WITH_DEBIAN_GHC) $(VENV)/pytest -m slow $(PYTEST)

test-vscode: python ghc example-libraries vscode ## Run the tests of the VS Code extension.
	$(WITH_DEBIAN_GHC) $(VENV)/pytest tests/editors/test_vscode.py $(PYTEST)

lint: python ## Check style: Python, shell scripts and Lua.
	@scripts/lint.sh

typecheck: python ## Check types with mypy.
	$(VENV)/mypy -p thatch -p scripts | $(REAL_PATHS)

format: python ## Format the Python code and apply safe fixes.
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

docs: python ## Make the documentation's site in build/site; links are checked.
	NO_MKDOCS_2_WARNING=1 $(VENV)/mkdocs build --strict

bench: python ghc test-toolchains ## Run the benchmarks in bench/.
	@$(WITH_DEBIAN_GHC) scripts/bench.sh

lock: ## Write requirements/*.txt afresh from pyproject.toml.
	@scripts/lock.sh

clean: ## Remove .venv and what tools left behind (.toolchains/ stays: it is big and only downloaded).
	rm -rf .venv build dist *.egg-info htmlcov .coverage .coverage.*
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name .toolchains -prune -o -name __pycache__ -type d -exec rm -rf {} +

# --- What the targets above need; each costs next to nothing when it is there.

python:
	@scripts/setup-python.sh

ghc:
	@scripts/setup-ghc.sh

example-libraries: ghc
	@scripts/install-debian-packages.sh haskell requirements/debian-examples.txt

test-toolchains: python ghc
	@scripts/install-debian-packages.sh own requirements/debian-test-tools.txt
	@scripts/install-debian-packages.sh haskell requirements/debian-examples.txt requirements/debian-tests.txt
	@scripts/setup-second-ghc.sh
	@scripts/setup-test-sources.sh
	@scripts/setup-test-stores.sh
	@scripts/setup-test-formatters.sh
	@scripts/setup-test-editors.sh

vscode:
	@scripts/setup-test-sources.sh
	@scripts/install-debian-packages.sh own requirements/debian-browser.txt
	@scripts/setup-node.sh
	@scripts/setup-code-server.sh

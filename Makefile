# Two commands do everything on a machine that has Python 3.11+ and make: `make demo` and `make test`.

# The first interpreter that runs and is new enough; say PYTHON=… to choose another.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(shell $(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check lint types rules clean
.DELETE_ON_ERROR:

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 found; say PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up .venv with $(PYTHON) (once; about a minute)"
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

demo: $(READY)  ## build a corpus from data/ and show what came of it
	@$(BIN)/python benchmarks/demo.py

test: $(READY)  ## the whole test suite
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

check: lint types rules  ## what every change must pass beside the tests

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

rules: $(READY)
	@$(BIN)/curator rules check rules/

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis demo-corpus

# Everything runs in .venv, which these targets create. Two commands matter:
#   make demo   measure the embedded model against the starter spec and show the report
#   make test   run the whole test suite
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo-report
PER_SECTION ?= 5
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test check lint types architecture docs generated bench fix clean

ifdef FULL
PART :=
else
PART := --per-section $(PER_SECTION)
endif

demo: $(VENV)/.demo
	@$(BIN)/charter models pull smollm2-135m
	@$(BIN)/charter eval starter --model embedded $(PART) --out $(OUT)
	@[ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] || $(BIN)/python -m webbrowser -t "$$(ls -t $(OUT)/*.html | head -1)" >/dev/null || true

test: $(VENV)/.dev
	@$(BIN)/charter models pull smollm2-135m
	$(BIN)/pytest -n auto

check: lint types architecture generated docs test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

architecture: $(VENV)/.dev
	$(BIN)/lint-imports

generated: $(VENV)/.dev
	$(BIN)/python docs/generate/all.py --check

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict --quiet
	$(BIN)/charter publish starter --out site/spec

bench: $(VENV)/.dev
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

fix: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python docs/generate/all.py

clean:
	rm -rf $(VENV) site dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "charter needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 3; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); $(PYTHON) -m pip install --quiet --user virtualenv && \
	    $(PYTHON) -m virtualenv --quiet $(VENV); }

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[all]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[dev,docs]'
	@# alone: it pins old versions of what others need, and only its models are asked
	$(PIP) --no-deps --ignore-requires-python avidtools==0.3.2
	@touch $@

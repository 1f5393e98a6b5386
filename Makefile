# One way for every step; the same commands run in CI. Windows: see README.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest -n auto
# The tests start a hundred processes of ours: without their compiled code each compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-quick soak check audit bench pages pins clean

setup: $(STAMP)

$(STAMP): requirements/build.txt requirements/dev.txt requirements/alone.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/alone.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: setup
	$(BIN)/promobot run

test: setup
	$(PYTEST) --dist loadfile --no-loadscope-reorder -m "not soak"

test-quick: setup  # after every change: what needs no server and takes under a minute
	$(PYTEST) --dist worksteal -m "not slow and not soak" tests/unit tests/commands

soak: setup  # now and then: more kills, more seeds; minutes each
	$(PYTEST) --dist worksteal -m soak --timeout 3600

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.security.scan

audit: setup  # known holes in what we depend on; asks the network, so not part of CI
	$(PYTHON) -m venv .audit
	.audit/bin/pip install --quiet --require-hashes -r requirements/audit.txt
	.audit/bin/pip-audit --require-hashes --disable-pip -r requirements/run.txt

bench: setup
	$(BIN)/python -m bench

pages: setup  # after a change of settings or sentences: the guides that list or quote them
	$(BIN)/python -m tests.worlds.written_pages
	$(BIN)/python -m tests.worlds.roleguides_drawn

pins:  # after a change of dependencies in pyproject.toml; needs uv
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  pyproject.toml -o requirements/run.txt
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  pyproject.toml --group test --group check --group bench -c requirements/run.txt -o requirements/dev.txt
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  requirements/audit.in -o requirements/audit.txt
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  requirements/build.in -o requirements/build.txt
	uv pip compile --universal --no-deps --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  requirements/alone.in -o requirements/alone.txt

clean:
	rm -rf $(VENV) .audit build *.egg-info

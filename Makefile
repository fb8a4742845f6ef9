# Everything a newcomer needs: `make run` plans a day, `make test` runs the tests. Each sets up what it needs in .venv.
# Needs Python 3.11 to 3.13 with its venv module, and make. Nothing but the locked packages is downloaded.

PYTHON ?= python3
UV ?= uv
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Each package is taken as a wheel whose hash the lock file knows; nothing foreign is built or run during installation.
INSTALL_LOCKED := $(PIP) install --require-hashes --only-binary :all:
INSTALL_PROJECT := $(PIP) install --no-index --no-deps --no-build-isolation --editable .
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
# Two versions of PyVRP cannot live together, and none of them is part of Doorstep; pyvroom is in the first.
PEERS := 0.12 0.14
PEERS_OF := bench/solver/peers/environments
PEERS_LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make peers-lock" --only-binary :all:

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run serve test fuzz fuzz-sqlite fuzz-postgresql states hunt remedies faults access check lint format types imports exactness coverage bench bench-service bench-solver peers peers-lock wheel wheel-check lock clean

help:  ## print this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.runtime  ## set up, then plan the Denpasar day into out/denpasar
	$(BIN)/doorstep plan denpasar --time-limit 10 --out out/denpasar $(ARGS)

serve: $(VENV)/.runtime  ## set up, then serve a demonstration with the Denpasar day on this machine
	$(BIN)/doorstep serve --demo denpasar $(ARGS)

test: $(VENV)/.dev  ## set up, then run the Python tests (ARGS="-k passes" for some of them)
	$(BIN)/python -m pytest $(ARGS)

hunt: $(VENV)/.dev  ## plan 1,000 random days and judge every leg of them (about ten minutes)
	DOORSTEP_HUNT=1000 $(BIN)/python -m pytest tests/property $(ARGS)

remedies: $(VENV)/.dev  ## prove every remedy of 500 random overloaded days by planning anew (about ten minutes)
	DOORSTEP_REMEDY_DAYS=500 $(BIN)/python -m pytest -s tests/property/test_remedies.py $(ARGS)

faults: $(VENV)/.dev  ## what goes wrong in a service, at length: 1,000 kills, half a minute without its database (tests/faults)
	DOORSTEP_KILLS=1000 DOORSTEP_AWAY_S=30 $(BIN)/python -m pytest tests/faults $(ARGS)

fuzz: $(VENV)/.dev  ## have Schemathesis try 100 examples an operation, as each role (ROLE=care: as one), on both databases at once
	$(MAKE) -j2 --keep-going fuzz-sqlite fuzz-postgresql

fuzz-sqlite: $(VENV)/.dev
	DOORSTEP_FUZZ=100 $(BIN)/python -m pytest -s tests/api/service/test_fuzz.py -k "sqlite$(if $(ROLE), and $(ROLE))" $(ARGS)

fuzz-postgresql: $(VENV)/.dev
	DOORSTEP_FUZZ=100 $(BIN)/python -m pytest -s tests/api/service/test_fuzz.py -k "postgresql$(if $(ROLE), and $(ROLE))" $(ARGS)

states: $(VENV)/.dev  ## 200 lives of plans and of reports, 40 steps each, on both databases: no illegal state, no lost report
	DOORSTEP_LIVES=200 $(BIN)/python -m pytest tests/api/service/test_plan_life.py tests/api/service/test_visit_machine.py $(ARGS)

access: $(VENV)/.dev  ## write docs/access.md anew: who may use which route of the service
	$(BIN)/python -m api.identity.access_page

check: lint test  ## all that continuous integration checks in the checkout

lint: format types imports  ## formatting, style, types and architecture

format: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

exactness: $(VENV)/.dev  ## hold the street engine against Dijkstra on every extract of a folder (DATA=FOLDER)
	DOORSTEP_BENCH_DATA=$(DATA) $(BIN)/python -m pytest tests/network/test_exactness.py -v

coverage: $(VENV)/.dev  ## every branch of the doses is tested: fails under 100 % for routing/continuity
	$(BIN)/python -m coverage run --branch --source routing/continuity -m pytest -q tests/continuity tests/test_continuity_docs.py
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under 100

bench: $(VENV)/.dev  ## figures against published results; not part of the tests
	$(BIN)/python -m bench $(ARGS)

bench-service: $(VENV)/.dev  ## the service with 50 users at work, while two plans are made (docs/benchmarks.md)
	$(BIN)/python -m bench service $(ARGS)

bench-solver: $(VENV)/.dev peers  ## the search beside OR-Tools, PyVRP and VROOM (ARGS="solomon --runs 5"; docs/benchmarks.md)
	$(BIN)/python -m bench solver $(or $(ARGS),solomon)

peers: $(PEERS:%=.venv-peers-%/.there)  ## engines to measure against, each in an environment of its own

peers-lock:  ## lock the engines to measure against (needs uv)
	$(foreach peer,$(PEERS),$(PEERS_LOCK) --output-file $(PEERS_OF)/$(peer).lock $(PEERS_OF)/$(peer).in;)

wheel: $(VENV)/.runtime  ## build the wheel into dist/
	@rm -rf dist
	@$(PIP) wheel --no-index --no-deps --no-build-isolation --wheel-dir dist .

wheel-check: wheel  ## install the wheel in an environment of its own, outside of the checkout, and use it there
	@set -eu; \
	elsewhere=$$(mktemp -d); trap 'rm -rf "$$elsewhere"' EXIT; \
	$(BIN)/python -m venv "$$elsewhere/venv"; \
	pip="$$elsewhere/venv/bin/python -m pip --quiet --disable-pip-version-check"; \
	$$pip install --require-hashes --only-binary :all: -r requirements.lock; \
	$$pip install --no-index --no-deps dist/doorstep-*.whl; \
	cd "$$elsewhere"; \
	export DOORSTEP_HOME="$$elsewhere/home"; \
	./venv/bin/doorstep validate denpasar; \
	./venv/bin/doorstep plan denpasar --iterations 1 --out day >/dev/null; \
	./venv/bin/doorstep sheets day/plan.json --programme denpasar --language hi --out papers >/dev/null; \
	echo "wheel-check: the installed wheel works outside of the checkout"

lock:  ## lock what pyproject.toml asks for; versions that still fit stay (ARGS=--upgrade for the newest; needs uv)
	$(LOCK) $(ARGS) --extra build --output-file requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --all-extras --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:  ## remove what was built or planned; keeps .venv
	rm -rf out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(wildcard routing api scenarios tests bench) -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a second call has nothing to do. The development lock holds the runtime lock, in the same versions.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Doorstep needs Python 3.11, 3.12 or 3.13; say which: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.created
	@echo "Installing the locked packages into $(VENV)"
	@$(INSTALL_LOCKED) -r requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock pyproject.toml | $(VENV)/.created
	@echo "Installing the locked packages and the tools for development into $(VENV)"
	@$(INSTALL_LOCKED) -r requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $(VENV)/.runtime $@

.venv-peers-%/.there: $(PEERS_OF)/%.lock
	@echo "Installing engines to measure against into .venv-peers-$*"
	@$(PYTHON) -m venv .venv-peers-$*
	@.venv-peers-$*/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --only-binary :all: -r $<
	@touch $@

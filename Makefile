# make run    the whole stack on http://localhost:8000 (PORT=8001 make run for another port)
# make test   all tests            make check   style, types, imports, migrations, deployment
# make chaos  1,000 pitches over HTTP while processes are killed; minutes (SEED=7 repeats a run)
# make flood  100,000 strangers wait: how soon a friend is in their lane, and a sign-in code on its way; minutes
# make bench  the public page beside an empty view, 10,000 pitches rehearsed, long stories, the desk with 100,000 pitches
#             behind it, a search among 1,000,000 (5 GB for a while); about half an hour
# make pictures   the pictures of the documents, taken anew from the demo page
# make requirements   after a change of the dependencies in pyproject.toml
PY ?= python3
V := .venv
BIN := $(V)/bin
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --extra embedded

.PHONY: run test bench chaos flood check format pictures requirements

run: $(V)/.ok
	@exec $(BIN)/python manage.py up

test: $(V)/.ok
	$(BIN)/python -m pytest -n 2 --dist worksteal

chaos: $(V)/.ok
	$(BIN)/python manage.py chaos --pitches 1000 --kills 10 $(if $(SEED),--seed $(SEED))

flood: $(V)/.ok
	$(BIN)/python manage.py flood --strangers 100000 --trusted 60

bench: $(V)/.ok
	$(BIN)/python manage.py bench --rehearsal 10000
	$(BIN)/python manage.py bench --desk 100000
	$(BIN)/python manage.py bench --search 1000000
	SUBMISSIONS=500 $(BIN)/python -m pytest -q tests/web/test_quiet_mailboxes.py -k submissions
	COPIES=200 $(BIN)/python -m pytest -q tests/test_likeness.py -k copies
	set -e; for story in tests/stories/long/*.yaml; do $(BIN)/python manage.py play $$story; done
	$(BIN)/python manage.py bench

check: $(V)/.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	PRODUCTION=no SECRET_KEY=check $(BIN)/python manage.py makemigrations --check --dry-run
	PRODUCTION=no SECRET_KEY=check $(BIN)/python manage.py words --compile
	env $$(cat tests/production.env) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(V)/.ok
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

pictures: $(V)/.ok
	$(BIN)/python -m pytest tests/browser/pictures.py -q

# Plain names, versions and hashes: the files work with any package index, so no index may be named in them.
requirements: $(V)/.ok
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

$(V)/.ok: requirements-dev.txt
	@command -v $(PY) >/dev/null || { echo "Halfdoor needs Python 3.11 or newer: install it, or PY=/path/to/python make run"; exit 1; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Halfdoor needs Python 3.11 or newer; $(PY) is older. Try: PY=python3.11 make run"; exit 1; }
	@$(PY) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PY) cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(V) (once, about a minute)…"
	@$(PY) -m venv $(V)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

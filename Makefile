# `make` lists the targets. Each makes what it needs: a machine with Python 3.11 to 3.13 and make will do.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
LIBRARIES := .venv/libraries
BACKENDS := .venv/backends
BESIDE := .venv/beside
CLUSTERS := .venv/clusters
ALONE := timm fastai fastcore lightning-bolts deepspeed mosaicml megatron-core tf-models-official \
	'tensorflow-addons; python_version < "3.12"'
SPREAD := $(BIN)/python -m pytest --numprocesses auto --dist worksteal --max-worker-restart 2

.DEFAULT_GOAL := help
.PHONY: help install run test fuzz test-backends test-libraries test-clusters check format bench docs reliability pictures lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

install: $(INSTALLED) ## create .venv with the program and its tools

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else f"lrtui needs Python 3.11 to 3.13. Received: {v[0]}.{v[1]}. Name another one with make PYTHON=python3.13")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python cannot make a virtual environment: install its venv package (Debian: apt install python3-venv)" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

run: $(INSTALLED) ## open the program
	@$(BIN)/lrtui

test: $(INSTALLED) ## run all tests
	$(SPREAD)

fuzz: $(INSTALLED) ## try damaged input on every reader for ten minutes
	LRTUI_FUZZ_SECONDS=600 LRTUI_OTHER_EXAMPLES=1 $(BIN)/python -m pytest tests/fuzz/test_fuzz.py

test-backends: $(BACKENDS) ## steer Keras on JAX and on PyTorch, as `test` does on TensorFlow
	LRTUI_TEST_BACKEND=jax $(BIN)/python -m pytest tests/any_backend
	LRTUI_TEST_BACKEND=torch $(BIN)/python -m pytest tests/any_backend

test-libraries: $(LIBRARIES) ## run exported code in Keras, PyTorch and optax
	$(SPREAD) tests/export_libraries

test-clusters: $(CLUSTERS) ## sweep on Dask and on submitit's local executor
	$(BIN)/python -m pytest tests/clusters

$(CLUSTERS): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group clusters
	@touch $@

# On Linux PyTorch's usual build brings CUDA with it, some gigabytes. Its CPU build of the same version
# does as well: let PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS name where you have it. Of the packages in
# ALONE a module of schedulers is looked at by itself: what else they ask for is left out.
$(LIBRARIES): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group libraries
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-deps $(ALONE)
	@touch $@

$(BACKENDS): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group backends
	@touch $@

check: $(INSTALLED) ## lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## put the source into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BESIDE) ## measure what the README says
	$(BIN)/python -m benchmarks

$(BESIDE): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group beside
	@touch $@

docs: $(INSTALLED) ## make the pages that are made from the classes or measured
	$(BIN)/python -m lrtui.export.catalogue > docs/schedules.md
	$(BIN)/python -m lrtui.export.foreign > docs/foreign.md
	$(BIN)/python -m benchmarks.naive_reset > docs/resetting.md

reliability: $(INSTALLED) ## bring accidents about, and write what became of them
	$(BIN)/python -m benchmarks.accidents > docs/reliability.md

pictures: $(INSTALLED) ## make the pictures of README and docs by driving the program; needs Chromium
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group pictures
	$(BIN)/python -m benchmarks.pictures

lock: $(LIBRARIES) $(BACKENDS) $(BESIDE) $(CLUSTERS) ## write down the versions that the tests pass with
	$(BIN)/python -m pip freeze --exclude-editable | grep -v '^lrtui' | sed 's/+cpu$$//' > constraints.txt
	@touch $(INSTALLED) $(LIBRARIES) $(BACKENDS) $(BESIDE) $(CLUSTERS)

clean: ## remove .venv and all caches
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis .pytest_cache .import_linter_cache

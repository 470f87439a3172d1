# Everything a person or a CI machine does with dfbench. `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AXE := .cache/browser/node_modules/axe-core/axe.min.js
.PHONY: help install compare test check conformance conformance-here pins cluster-test golden messages schema semantics browser site docs screenshots chromium oracle faults cgroup2 matrix floor bench fuzz clean

help: ## list every target
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Compile bytecode once here, on every core; otherwise each fresh worker compiles pandas again.
# Some packages hold files that are no Python of this version: they are passed over.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[engines,dev]'
	@rm -rf build  # pip leaves a copy of the package there, which `make check` would check
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib > /dev/null || true
	@touch $(READY)

install: $(READY) ## install dfbench and every engine into .venv

compare: $(READY) ## run the ten group-by questions on every engine (about five minutes)
	$(BIN)/dfbench compare groupby --time-budget 330s

test: $(READY) ## run the tests
	$(BIN)/python -m compileall -q -j 0 -x '/\.' .
	$(BIN)/python -m pytest -n 3 --dist loadscope

check: $(READY) ## lint, check types and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@mkdir -p .mypy_cache && ln -sfn .. .mypy_cache/dfbench
	MYPYPATH=.mypy_cache $(BIN)/mypy -p dfbench
	$(BIN)/lint-imports

# Asked of the registry only when a target needs it.
ENGINES ?= $(shell $(BIN)/python -m dfbench.engines)
OTHER_PYTHON ?= $(shell $(BIN)/python -m dfbench.environments.pythons)
conformance: $(READY) ## run the conformance suite on every engine and version, and on a second Python
	DFBENCH_CONFORMANCE="$(ENGINES)" $(BIN)/python -m pytest -n 2 --dist loadscope tests/conformance
	test -z "$(OTHER_PYTHON)" || $(MAKE) VENV=.cache/other-python PYTHON=$(OTHER_PYTHON) conformance-here

conformance-here: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadscope tests/conformance

cluster-test: $(READY) ## run the ten questions on real Dask and Ray clusters, and kill a worker during a run
	$(BIN)/python -m tests.clusters

pins: $(READY) ## resolve the environments' pins again; review the diff
	$(BIN)/python -m dfbench.environments.resolve

golden: $(READY) ## write the golden programs again; review the diff
	$(BIN)/python -m tests.golden.write

messages: $(READY) ## list every message that a user can meet; review the diff
	$(BIN)/python -m tests.messages

semantics: $(READY) ## write the tables in docs/ from the tests' marks
	$(BIN)/python -m tests.conformance.table

schema: $(READY) ## write the JSON schema of the workload language
	$(BIN)/python -m dfbench.spec.json_schema > docs/workload.schema.json

browser: $(READY) chromium $(AXE) ## test every page in a real browser
	AXE=$(AXE) $(BIN)/python -m pytest tests/browser/report.py tests/browser/site.py

screenshots: $(READY) chromium ## take the README's screenshots of the sample report
	$(BIN)/python -m tests.browser.screenshots

# Root needs no sudo, and may not have it.
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
chromium:
	command -v chromium >/dev/null || $(AS_ROOT) apt-get install --yes chromium

$(AXE):
	command -v npm >/dev/null || $(AS_ROOT) apt-get install --yes npm
	npm install --prefix .cache/browser --no-audit --no-fund --loglevel=error axe-core@4

oracle: $(READY) ## check the generated data against db-benchmark's published answers
	$(BIN)/python -m pytest tests/oracle/published.py

faults: $(READY) ## run faulty programs under every limit, and kill the parent process at random
	$(BIN)/python -m tests.faults

# User-mode Linux runs a kernel as a program: it needs no virtualisation.
cgroup2: $(READY) ## run the tests of limits in a virtual machine with cgroup v2, as root and as a user
	command -v linux.uml && command -v mmdebstrap && command -v genext2fs || \
		$(AS_ROOT) apt-get install --yes user-mode-linux mmdebstrap genext2fs
	$(BIN)/python -m tests.machines

matrix: $(READY) ## run every engine with limits from 256 MiB to 8 GiB, and check how each run ends
	$(BIN)/python -m tests.matrix

floor: $(READY) ## find the smallest memory limit for each engine on the group-by questions
	$(BIN)/dfbench floor groupby

# Each command is bounded: its first round runs whole, and no other starts after SITE_BUDGET.
# A trial of ten minutes on an idle machine:
# make site SITE_ROWS=1e4 SITE_LARGE=1e5 SITE_TASKS=100 SITE_OVER=1e3,1e4 SITE_BUDGET=5s SITE_ENGINES='-e pandas -e polars'
SITE := results/site
SITE_ROWS ?= 1e6
SITE_LARGE ?= 1e7
SITE_TASKS ?= 10000
SITE_OVER ?= 1e4..3e6:6
SITE_BUDGET ?= 4min
SITE_ENGINES ?= # of comparisons; by itself each workload's own
SITE_CURVES ?= -e pandas -e polars -e duckdb
# What ships, but for what takes hours, or belongs to one machine's memory.
SITE_WORKLOADS ?= $(filter-out larger_than_memory matrix,$(basename $(notdir $(wildcard workloads/*.yaml))))
SITE_DATA = $(filter-out random_walk,$(SITE_WORKLOADS))
SITE_WALK = $(filter random_walk,$(SITE_WORKLOADS))
# An answer that is wrong, or an engine that fails, is a result: `-` goes on with the next one. Each
# command has a folder of its own in SITE, and leaves a mark where it begins and where it ends:
# after Ctrl-C, `make site` goes on there. 2 is the status where there is nothing to resume.
STEPS := build/site
define RUN
-@step=$$(echo '$(1)' | tr -cs 'A-Za-z0-9.\n' _); mark=$(STEPS)/$$step; \
	run() { echo "dfbench $(1) $$*"; $(BIN)/dfbench $(1) \
		--time-budget $(SITE_BUDGET) --results $(SITE)/$$step $$*; }; \
	if test -e $$mark.ended; then exit 0; fi; \
	status=2; if test -e $$mark; then run --resume; status=$$?; fi; touch $$mark; \
	if test $$status -eq 2; then run; status=$$?; fi; \
	if test $$status -lt 128; then touch $$mark.ended; fi; exit $$status

endef
site: $(READY) ## build this project's site: all workloads, sweeps, db-benchmark's 1e7 rows (about two hours)
	@mkdir -p $(STEPS)
	test -e $(STEPS)/published || $(BIN)/python -m pytest tests/oracle/published.py
	@touch $(STEPS)/published
	$(foreach name,$(SITE_DATA),$(call RUN,compare $(name) --set dataset.rows=$(SITE_ROWS) $(if $(filter-out upgrade,$(name)),$(SITE_ENGINES))))
	$(if $(SITE_WALK),$(call RUN,compare random_walk --set tasks.count=$(SITE_TASKS)))
	$(foreach name,$(filter groupby join,$(SITE_DATA)),$(call RUN,compare $(name) --set dataset.rows=$(SITE_LARGE) --memory 8GiB $(SITE_ENGINES)))
	$(foreach name,$(filter-out upgrade,$(SITE_DATA)),$(call RUN,sweep $(name) --over rows=$(SITE_OVER) $(or $(SITE_ENGINES),$(SITE_CURVES))))
	$(if $(filter upgrade,$(SITE_DATA)),$(call RUN,sweep upgrade --over rows=$(SITE_OVER)))
	$(if $(SITE_WALK),$(call RUN,sweep random_walk --over count=10..1000))
	$(BIN)/dfbench page $(SITE) -o site
	rm -r $(STEPS)

docs: $(READY) ## build the documentation as a site, in build/docs
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

fuzz: $(READY) ## compare random row functions, group functions and the oracle with Python's answers
	$(BIN)/python -m tests.fuzz.rows 5000
	$(BIN)/python -W ignore -m tests.fuzz.groups 1000
	$(BIN)/python -m tests.fuzz.oracle 5000

bench: $(READY) ## measure dfbench's own overhead
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file; done

clean: ## remove everything that make and the tools created
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

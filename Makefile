# Everything a person does with the checkout. A bare machine needs Python 3.11 to 3.14, make and a network.

PYTHON ?= python3
PY := .venv/bin/python
DEMO := .trodden-demo
WARM := .venv/.trodden-warm
MADE := $(DEMO)/.demo-is-complete
ROUNDS ?= 50
WORKERS ?= auto
# Workers take tests from each other towards the end; what a module shares is made once per worker.
PYTEST := $(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal

.PHONY: help run env dev assets test test-all check bench docs screenshots dist faults clean

help:
	@echo "make run       start Trodden with an invented firm's data"
	@echo "make check     rules, types, layers, doctests, page assets"
	@echo "make test      the quick tests (at most 15 minutes on 2 cores)"
	@echo "make test-all  every test (at most 60 minutes)"
	@echo "make bench     measure what docs/benchmarks.md claims, and write it"
	@echo "make docs      write the generated reference"
	@echo "make screenshots  take the pictures of the tour from the demo"
	@echo "make dist      build the wheel, page assets included"
	@echo "make faults    fault rounds: kill, power loss, full disk (ROUNDS=n)"

env:
	@$(PYTHON) tools/bootstrap.py build

dev:
	@$(PYTHON) tools/bootstrap.py dev

assets: env
	@$(PY) tools/assets.py build

run: assets
	@$(MAKE) --no-print-directory --silent $(WARM) $(MADE)
	@$(PY) -m trodden serve $(DEMO)

# Compiled once for the kernels as they are; a kernel that changed is compiled anew.
$(WARM): uv.lock $(shell find src -name 'kernels*.py')
	$(PY) -m trodden warm
	touch $@

# A run that was interrupted is taken up where it stopped.
$(MADE):
	echo "Inventing a firm with 20,000 customers, once ..."
	$(PY) -m trodden demo --into $(DEMO)
	touch $@

check: dev
	@$(PY) tools/check.py

test: dev
	@$(PY) tools/assets.py build
	@$(PY) tools/machine.py chromium
	$(PYTEST) -m "not slow" --hypothesis-profile quick

test-all: dev
	@$(PY) tools/assets.py build
	@$(PY) tools/machine.py chromium strace ext4
	$(PYTEST) --hypothesis-profile thorough

faults: dev
	@$(PY) tools/machine.py strace ext4
	TRODDEN_FAULT_ROUNDS=$(ROUNDS) $(PY) -m pytest tests/faults --hypothesis-profile quick

bench: dev assets
	$(PY) -m bench
	$(PY) tools/scorecard.py

docs: dev
	$(PY) tools/reference.py

screenshots: dev assets
	@$(PY) tools/machine.py chromium
	@$(MAKE) --no-print-directory --silent $(WARM) $(MADE)
	$(PY) tools/screenshots.py $(DEMO)

dist: dev
	@$(PY) tools/dist.py

clean:
	rm -rf .venv ui/node_modules src/trodden/web/static/built dist $(DEMO)

# Two commands matter: `make demo` and `make test`. The work is done in workspace/.
PYTHON ?= python3

.PHONY: help demo test test-long bench setup lock

help: ## Say what there is to make
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

demo: ## Install what is missing and serve the fictional municipality (AULA_PORT, else 8000)
	@exec $(PYTHON) -m workspace demo

test: ## Install what tests need and run the whole suite, with samples of the long tests
	@exec $(PYTHON) -m workspace test

test-long: ## Run the whole suite with the long tests in full
	@exec $(PYTHON) -m workspace test-long

bench: ## Measure what requests cost (ARGS: --database, --flow, --big, --long, --json; see docs/benchmarks.md)
	@exec $(PYTHON) -m workspace bench $(ARGS)

setup: ## Fill .venv from the lock and build the assets
	@exec $(PYTHON) -m workspace setup

lock: ## Write requirements.lock anew after a change of dependencies
	@exec $(PYTHON) -m workspace lock

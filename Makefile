# Cornerman: `make try` shows it at work, `make test` tests it, `make check` is everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .audit
MINUTES ?= 10
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help try test soak vscode check format lint types audit sbom clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

try: $(VENV)/.installed ## Install, fetch the starter model, complete and explain a sample project
	@$(BIN)/cornerman try

test: $(VENV)/.installed-test ## Every test, with the real starter model
	@$(BIN)/cornerman models pull qwen2.5-coder-0.5b-instruct
	@$(MAKE) --no-print-directory --jobs 2 test-engine test-rest

# Half of the time of the tests with the engine is waiting; both halves have folders of their own.
test-engine:
	@$(BIN)/python -m pytest -q tests/e2e

test-rest:
	@$(BIN)/python -m pytest -q --ignore=tests/e2e

soak: $(VENV)/.installed-test ## Typing in five windows for MINUTES=10 (or 120), and 100,000 random messages
	@$(BIN)/cornerman models pull qwen2.5-coder-0.5b-instruct
	@CORNERMAN_TORTURE_MESSAGES=100000 $(BIN)/python -m pytest tests/trust/test_torture.py -k utf-16
	@$(BIN)/python benchmarks/soak.py --minutes $(MINUTES)

vscode: $(VENV)/.installed-test ## Check and package the VS Code extension, and drive it in a real workbench
	@$(BIN)/cornerman models pull qwen2.5-coder-0.5b-instruct
	@.ci/vscode

check: format lint types test vscode ## Format, lint and types, then every test

format: $(VENV)/.installed-check
	@$(BIN)/ruff format --check .

lint: $(VENV)/.installed-check
	@$(BIN)/ruff check .

types: $(VENV)/.installed-check $(VENV)/.installed-test
	@$(BIN)/basedpyright

audit: $(AUDIT)/.installed ## Known vulnerabilities of what an installation consists of (asks the vulnerability database of PyPI)
	@found=$$($(AUDIT)/bin/pip-audit --path "$$($(AUDIT)/product/bin/python -c 'import site; print(site.getsitepackages()[0])')" --skip-editable); \
	status=$$?; echo "$$found"; case "$$found" in *"could not be audited"*) \
	echo 'cornerman: not everything was audited: use a package index that has the vulnerability database, not a mirror without it.' >&2; exit 1;; esac; \
	exit $$status

sbom: $(AUDIT)/.installed ## Write sbom.json, the bill of materials of an installation (CycloneDX)
	@$(AUDIT)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file sbom.json $(AUDIT)/product/bin/python

clean: ## Remove what these commands made in this folder (the model stays in your cache)
	@rm -rf $(VENV) $(AUDIT) sbom.json .pytest_cache .ruff_cache .hypothesis

# Each stamp is renewed when pyproject.toml changes, so an old .venv is brought up to date.
$(VENV)/.installed: pyproject.toml .ci/install
	@.ci/install $(PYTHON) $(VENV) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@.ci/install $(PYTHON) $(VENV) --editable '.[mlx-cpu]' --group test
	@touch $@

$(VENV)/.installed-check: $(VENV)/.installed
	@.ci/install $(PYTHON) $(VENV) --group check
	@touch $@

# The product alone, without the tests' packages, and beside it the tools that look at it.
$(AUDIT)/.installed: pyproject.toml .ci/install
	@.ci/install $(PYTHON) $(AUDIT) --group audit
	@.ci/install $(PYTHON) $(AUDIT)/product --editable .
	@touch $@

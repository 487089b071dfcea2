# Cornerman: `make try` shows it at work, `make test` tests it, `make check` is everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help try test vscode check format lint types clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

try: $(VENV)/.installed ## Install, fetch the starter model, complete and explain a sample project
	@$(BIN)/cornerman try

test: $(VENV)/.installed-test ## Every test, with the real starter model
	@$(BIN)/cornerman models pull qwen2.5-coder-0.5b-instruct
	@$(BIN)/python -m pytest

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

clean: ## Remove what these commands made in this folder (the model stays in your cache)
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

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

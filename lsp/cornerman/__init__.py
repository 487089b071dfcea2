"""Cornerman: local inline completions and code actions for any LSP editor."""

__version__ = "0.1.0"

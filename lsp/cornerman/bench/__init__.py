"""Measurements of models and of the product with them, on code that every machine has."""

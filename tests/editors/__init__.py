"""A package, so that the engine and the editors of its fixtures end with its last test."""

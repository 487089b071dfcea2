"""The language server protocol: the wire, and one module for each thing an editor can ask."""

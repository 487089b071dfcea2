"""The engine: its client, its launcher and, in ``host``, the process itself."""

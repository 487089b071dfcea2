"""Where snippets come from, one source a file."""

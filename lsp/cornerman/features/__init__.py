"""What a user can ask for, as pipelines without LSP types."""

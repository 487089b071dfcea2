"""What became of suggestions: counted on this machine only, without any source text."""

"""What may be wrong with an installation, found by trying it, and what helps."""

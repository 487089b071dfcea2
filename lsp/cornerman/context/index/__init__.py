"""What is defined, imported and mentioned where in the workspace."""

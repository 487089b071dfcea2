"""Code actions that edit: what is offered where, how it is made, and how it is verified."""

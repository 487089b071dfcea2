"""From code to prompts: fill-in-the-middle for completions, conversations for actions."""

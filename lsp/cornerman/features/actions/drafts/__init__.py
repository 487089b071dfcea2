"""From a model's answer to the text that is to stand in the place of a target.

Where a short answer says it all (names, types, a docstring), the code itself is edited here, so
that nothing else can change.
"""

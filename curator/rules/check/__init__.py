"""The gate for rule files: what is wrong with a rule, where, and how to mend it."""

"""Going through removals by eye: right or wrong, and what becomes of that."""

"""The template pass of a build: the lines of each site counted, split by split, and the pack that comes of it."""

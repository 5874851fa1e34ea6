"""Finding articles that say the same, and choosing which copy stays.

shingles (what a text says, as hashes) -> candidates (pairs that may match) -> verify (exact similarity) -> cluster
(every member close to its representative; no chains).
"""

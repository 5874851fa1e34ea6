"""The rule engine: what a rule is, and how rules take boilerplate out of a text.

view (a text as rules see it) -> match (where texts are found) -> decide (what goes) -> apply (the removals) ->
settle (again until nothing goes). The rule files themselves are in the top-level folder `rules/`.
"""

"""How good cleaned texts are, beside what other tools make of the same documents."""

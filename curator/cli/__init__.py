"""The commands: one thin file each, no logic; data to stdout, everything else to stderr."""

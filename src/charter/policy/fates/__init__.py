"""The chain of command: which sections and directives are in force, and what set others aside."""

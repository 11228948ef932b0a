"""A suite <-> Inspect AI: its tasks and scorers, and its logs."""

"""Records -> an append-only log."""

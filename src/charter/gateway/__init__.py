"""HTTP traffic -> Decisions, live."""

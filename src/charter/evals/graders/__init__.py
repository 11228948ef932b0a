"""One file per deterministic check of a reply."""

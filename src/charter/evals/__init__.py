"""Policy -> Suite -> Scores -> estimates."""

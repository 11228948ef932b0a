"""The rules in force as a text within a budget: for a model, or for developers."""

"""Spec, examples and a model -> drafts of scenarios, which a person accepts or rejects."""

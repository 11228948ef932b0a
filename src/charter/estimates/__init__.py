"""Counts, scores and labels -> estimates with their uncertainty: pure functions."""

"""Spec -> Findings."""

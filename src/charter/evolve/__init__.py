"""Spec, graded examples, scenarios for training -> training targets."""

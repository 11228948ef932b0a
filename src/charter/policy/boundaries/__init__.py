"""Boundaries: conditions in CEL, compiled, bounded and asked; and their export to Cedar."""

"""Structured instructions: read from fences, metadata, overlays and, by extractors, from prose."""

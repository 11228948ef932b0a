"""Resolutions and decisions in plain sentences, as pages and as JSON."""

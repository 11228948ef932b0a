"""Overlays laid over a spec, each within its authority."""

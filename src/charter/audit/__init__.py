"""Logs of conversations -> what a spec would have decided on each, by the million."""

"""Requests in the shapes of different APIs -> Transcript; one file each."""

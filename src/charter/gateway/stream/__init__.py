"""Streams: events read and written, text held back until nothing in it can still become a hit."""

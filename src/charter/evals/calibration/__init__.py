"""Labelled answers and a judge -> how far the judge can be trusted, and for what."""

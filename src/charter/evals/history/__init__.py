"""Runs of one or several ledgers -> models over time and versions of a spec."""

"""Ledger -> pages and an API on which people look, review, approve and stop."""

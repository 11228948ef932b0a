"""Queries: facts of a ledger, a spec, settings and files -> Evidence, one module for each."""

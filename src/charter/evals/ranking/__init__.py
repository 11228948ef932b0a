"""Candidate answers and the effective spec -> the order in which the spec would choose them."""

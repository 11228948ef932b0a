"""Proposals: from what people said to a changed clause whose origin can be traced."""

"""Prose -> what it instructs: the parts of the rule extractor."""

"""Words of a message -> ranges that look pasted: one module for each kind of text."""

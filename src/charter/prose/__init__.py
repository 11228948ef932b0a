"""Words, phrases and sentences of a text in normal form: what checks and classifiers read."""

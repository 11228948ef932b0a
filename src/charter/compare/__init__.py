"""Different specs side by side: what they have in common, what only one says, who may change it."""

"""Records of what went wrong -> its state, what is owed and by when, drafts, a post-mortem."""

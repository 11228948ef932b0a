"""Two versions of a spec -> what changed, and what that does."""

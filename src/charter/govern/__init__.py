"""Records -> who answers, what was promised, what went wrong, what is owed."""

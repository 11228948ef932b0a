"""A conversation -> one reply from one model."""

"""One file per indicator."""

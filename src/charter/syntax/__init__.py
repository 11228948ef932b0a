"""Text -> Document, without losing a character."""

"""Bytes of an upstream's event stream -> bytes for the client, nothing of them unchecked."""

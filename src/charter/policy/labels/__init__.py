"""Requests in any wire format -> conversations, with whose words each character is."""

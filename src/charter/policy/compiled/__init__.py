"""A spec and its overlays -> a policy; to JSON and back."""

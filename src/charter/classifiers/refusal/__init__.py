"""Whether a reply complies, refuses in part or refuses: by a trained head, or by rules alone."""

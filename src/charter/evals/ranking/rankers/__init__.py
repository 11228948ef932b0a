"""Built-in rankers, one a module; others come by the entry-point group `charter.rankers`."""

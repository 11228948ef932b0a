"""Built-in judges, one a module; others come by the entry-point group `charter.judges`."""

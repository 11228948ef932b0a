"""One file per extractor of directives from prose."""

"""Two runs, or looks at them -> pass, fail or need more, and the documents that say so."""

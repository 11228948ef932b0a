"""Whether a text of no authority tells its reader, taken for an assistant, what to do."""

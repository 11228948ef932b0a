"""One file per format in which voices come from elsewhere."""

"""Files of strangers -> rows and values, bounded and checked; gathered by key, in no order."""

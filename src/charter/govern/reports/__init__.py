"""Records of a period -> a report in which every figure names its query."""

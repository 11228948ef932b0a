"""What the spec would choose, beside what people chose."""

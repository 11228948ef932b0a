"""Results: every figure of a survey with its interval, and nothing that singles out anybody."""

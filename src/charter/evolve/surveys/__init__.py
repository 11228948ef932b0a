"""Surveys: what people are asked about a spec, in several languages, and what they answered."""

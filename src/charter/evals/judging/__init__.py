"""Answers -> judgements -> verdicts: what judges are told, and what is made of what they say."""

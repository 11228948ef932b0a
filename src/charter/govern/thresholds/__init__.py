"""Thresholds of capability and harm, and evidence -> what is ruled out, and what is crossed."""

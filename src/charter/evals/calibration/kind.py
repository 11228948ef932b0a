"""Kinds of judges that ask nobody and read no rules."""

from __future__ import annotations

GRADER = "grader"
"""A check of Charter's own, or the refusal classifier."""
LABELS = "labels"
"""A column of a label file."""
READ_NO_RULES = frozenset({GRADER, LABELS})
"""They say the same whenever they are asked, and whatever the spec."""

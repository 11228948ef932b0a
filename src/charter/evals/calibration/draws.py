"""How often clusters are drawn for an interval, and from which seed."""

DRAWS = 2000
SEED = 0

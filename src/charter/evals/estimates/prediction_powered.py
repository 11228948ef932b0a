"""A few labels and many judgements of the same run -> the mean that people would find."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from charter.evals.estimates.estimate import LIKE_THESE, Corrected
from charter.evals.estimates.interval import Interval, normal_quantile, t_quantile

LEAST = 20
"""Labelled answers without which nothing is corrected."""

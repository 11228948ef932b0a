"""Two Results -> GateResult: may the candidate take the place of the base?

Each group that is asked about is tested both ways by bets (`estimates.sequence`): the candidate
passes where its adherence is shown to be less than the margin below that of the base, and fails
where it is shown to be further below. The gate passes when every group and limit passes, which
needs no correction; it fails when one of them fails, corrected for their number by Holm's method.
Why this is right is in docs/decisions/0007.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from charter.evals.estimates.interval import Interval
from charter.evals.estimates.multiplicity import holm
from charter.evals.estimates.sequence import (
    Evidence,
    above,
    asymptotic,
    below,
    confidence_sequence,
    least,
    most,
    needed_above,
    needed_below,
)
from charter.evals.gate.comparable import Obstacle, about, cautions, obstacles
from charter.evals.gate.limits import LimitRow, Tried, limit_row, try_limit
from charter.evals.gate.pairs import Pair, Pairs, Unit, pair, units
from charter.evals.gate.target import WHOLE, Kind, Limit, Target
from charter.evals.gate.verdict import Claim, GateVerdict, More, claim, verdict_of
from charter.evals.result import Result

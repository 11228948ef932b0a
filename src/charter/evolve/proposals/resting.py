"""Rankings and releases in a ledger that rest on the text that a proposal changes.

Scores and calibrations are found by `evals.stale`; what rests on the text itself by `spec.changes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from charter.evolve.proposals.wording import Worded
from charter.govern.releases.fold import Releases
from charter.ledger.ledger import Ledger
from charter.records.ranking import AnswersRanked, RankingStarted

RANKING, RELEASE = "ranking", "release"


class Resting(NamedTuple):
    """One record to look at again once the words are adopted."""

    kind: str
    """ranking or release; score or calibration where `evals.stale` found it."""
    id: str
    why: str
    broken: bool
    """Whether it can no longer be relied on at all."""


def resting(ledger: Ledger, found: Worded) -> Iterator[Resting]:
    """Yield rankings by the text as it stands, and releases of it that are official now.

    Nothing where no rule changes otherwise than in its wording.
    """
    if not found.diff.substance:
        return
    changed = found.rests.sections | set(found.sections)
    for run in ledger.read(RankingStarted):
        if run.spec == found.stands_as:
            ranked = list(ledger.read(AnswersRanked, run=run.run))
            rest = sum(each.section in changed for each in ranked)
            why = (
                f"{rest} of its {len(ranked)} rankings were decided by sections that change; "
                "`charter survey rank` ranks anew"
            )
            yield Resting(RANKING, run.run, why, broken=False)
    releases = Releases()
    releases.poll(ledger)
    for line, state in sorted(releases.heads().items()):
        if found.old.digest in state.asked.documents:
            why = f"the official version of {line} has the text as it stands; the new one takes"
            yield Resting(RELEASE, state.asked.run, f"{why} a release of its own", broken=False)

"""A sample as a ledger holds it: what was drawn, what judges said, what people said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from charter.govern.sampling.estimate import Answer
from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn

GONE = "nothing is kept of it"
"""Reason of a judgement that nobody could make; `AnswerJudged.verdict` is then `failed`."""
VERDICTS: Mapping[str, bool] = {"adhered": True, "violated": False}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample with everything that was said of its answers."""

    drawn: SampleDrawn
    answers: tuple[AnswerDrawn, ...]
    judged: tuple[AnswerJudged, ...]

    @property
    def judges(self) -> tuple[str, ...]:
        """Digests of the judges that said something, in the order in which they began."""
        return tuple(dict.fromkeys(each.judge for each in self.judged))

    def by(self, judge: str) -> Mapping[str, AnswerJudged]:
        """Return what one judge said, by decision."""
        return {each.decision: each for each in self.judged if each.judge == judge}


def samples_of(ledger: Ledger) -> tuple[SampleDrawn, ...]:
    """Return every sample of a ledger, oldest first. Raises LedgerError."""
    return tuple(ledger.read(SampleDrawn))


def read_sample(ledger: Ledger, run: str) -> Sample | None:
    """Return a sample by its id; None where there is none. Raises LedgerError."""
    drawn = next(iter(ledger.read(SampleDrawn, run=run)), None)
    if drawn is None:
        return None
    return Sample(
        drawn,
        tuple(ledger.read(AnswerDrawn, run=run)),
        tuple(ledger.read(AnswerJudged, run=run)),
    )


def sample_id(seed: str, since: str, until: str, section: str) -> str:
    """Return the id of a draw: the same draw has the same id, and is recorded once."""
    return f"smp_{_digest('charter-sample-id/v1', seed, since, until, section)}"


def people_say(reviews: Iterable[ReviewRecorded], section: str) -> bool | None:
    """Return what people found of an answer; None where they said nothing, or are of two minds.

    Of each person the first opinion counts, by name as it looks. Opinions that were not formed
    blindly, or are about another section, do not; one on a clause of the section does.
    """
    said: list[bool] = []
    asked: set[str] = set()
    for each in reviews:
        person = folded(each.by)
        if person in asked or not counts(each, section):
            continue
        asked.add(person)
        said.append(VERDICTS[each.label])
    kept, broken = said.count(True), said.count(False)
    return None if kept == broken else kept > broken


def counts(review: ReviewRecorded, section: str) -> bool:
    """Whether an opinion was formed blindly, on a section or on one of its clauses."""
    same = review.section.partition("/")[0] == section.partition("/")[0]
    return review.blind and same and review.label in VERDICTS


def answers_of(
    sample: Sample,
    judge: str,
    reviews: Mapping[str, Sequence[ReviewRecorded]],
    gone: frozenset[str] = frozenset(),
) -> tuple[Answer, ...]:
    """Return the drawn answers with their verdicts, for `estimate.figures`.

    `judge` is the digest of the one that counts, empty for none. `gone` are decisions of which
    nothing is kept any more.
    """
    said = sample.by(judge)
    found = []
    for each in sample.answers:
        one = said.get(each.decision)
        verdict = VERDICTS.get(one.verdict) if one is not None else None
        found.append(
            Answer(
                stratum=each.stratum,
                judge=verdict,
                people=people_say(reviews.get(each.decision, ()), each.section),
                lost=each.decision in gone or (one is not None and verdict is None),
            )
        )
    return tuple(found)


def earlier_rates(
    samples: Iterable[Sample], reviews: Mapping[str, Sequence[ReviewRecorded]]
) -> Mapping[str, tuple[int, int]]:
    """Return how many of each stratum adhered and were judged at all, by people.

    What judges said is left out: their error would be taken for a rate. An answer that was drawn
    more than once counts once.
    """
    found: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    for each in (answer for sample in samples for answer in sample.answers):
        verdict = people_say(reviews.get(each.decision, ()), each.section)
        if verdict is None or each.decision in seen:
            continue
        seen.add(each.decision)
        kept, all_of = found.get(each.stratum, (0, 0))
        found[each.stratum] = kept + verdict, all_of + 1
    return found


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]

"""A ranking in a ledger -> its orders by item, for figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.evolve.voices import Asked
from charter.ledger.body import canonical
from charter.ledger.ledger import Ledger
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted
from charter.source import digest_of


@dataclass(frozen=True, slots=True)
class Rankings:
    """What the spec would choose, as often as it was asked."""

    started: RankingStarted
    finished: bool
    by_item: Mapping[str, tuple[AnswersRanked, ...]]
    """Orders of each item, by repeat; without failures."""
    failures: tuple[AnswersRanked, ...]

    @property
    def missing(self) -> int:
        """Return how many orders are wanted and not recorded."""
        made = sum(map(len, self.by_item.values())) + len(self.failures)
        return len(self.started.items) * self.started.repeats - made


def digest_of_asked(asked: Iterable[Asked]) -> str:
    """Return what names imported comparisons: their ids, prompts and candidates, in any order.

    Who answered, and which clauses an item is said to be about, make no difference: a ranking holds
    for whoever is asked the same.
    """
    said = [
        [each.id, each.prompt or each.text, sorted(each.candidates.items())]
        for each in asked
        if each.kind == "comparison"
    ]
    return digest_of(canonical(["comparisons", sorted(said)]))


def rankings_of(ledger: Ledger, survey: str, run: str | None = None) -> Rankings:
    """Return a ranking of what a digest names: the one of this id, else the newest that finished.

    Raises ConfigError where there is none, LedgerError.
    """
    finished = {each.run for each in ledger.read(RankingFinished)}
    known = [each for each in ledger.read(RankingStarted) if each.survey == survey]
    fitting = [each for each in known if (each.run == run if run else each.run in finished)]
    if not fitting:
        what = f"ranking {run!r:.80}" if run else "finished ranking"
        raise ConfigError(
            f"there is no {what} of these questions in the ledger",
            hint="charter survey rank makes one, and carries on where it was interrupted",
        )
    started = fitting[-1]
    ranked = sorted(
        ledger.read(AnswersRanked, run=started.run), key=lambda each: (each.item, each.repeat)
    )
    by_item: dict[str, list[AnswersRanked]] = {}
    for each in ranked:
        if each.order:
            by_item.setdefault(each.item, []).append(each)
    return Rankings(
        started,
        started.run in finished,
        {item: tuple(orders) for item, orders in by_item.items()},
        tuple(each for each in ranked if not each.order),
    )

"""A first look through a whole log: what is in it, once, before anything is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from charter.evals.inspect.read_log import Log, LoggedSample
from charter.evals.inspect.value import NO_ANSWER, is_plain, number, values
from charter.source import digest_of

MAX_PATHS = 500
MAX_PLANNED = 1_000_000
"""Samples times epochs; a log of few samples may name very many epochs."""


@dataclass(slots=True)
class Path:
    """What the values at one path of the scores are."""

    samples: int = 0
    scored: int = 0
    total: float = 0.0
    plain: bool = True
    """Whether each says by itself which way it goes."""
    binary: bool = True
    """Whether each is 0 or 1."""
    no_answer: int = 0

    def add(self, value: object) -> None:
        """Count a value."""
        self.samples += 1
        self.no_answer += value == NO_ANSWER
        found = number(value)
        if found is not None:
            self.scored += 1
            self.total += found
            self.plain = self.plain and is_plain(value)
            self.binary = self.binary and found in (0.0, 1.0)

    @property
    def mean(self) -> float | None:
        """The mean of what was scored."""
        return self.total / self.scored if self.scored else None


@dataclass(slots=True)
class Survey:
    """What a log holds. The samples themselves are not kept."""

    members: dict[tuple[str, int], str] = field(default_factory=dict)
    """Member of each sample and epoch; of several the last counts."""
    paths: dict[str, Path] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """Digest of what the first epoch of each sample was asked."""
    order: tuple[str, ...] = ()
    """Ids as the task had them."""
    counts: Counter[str] = field(default_factory=Counter)
    """What cannot be taken over as it is, and how often."""

    @property
    def ids(self) -> list[str]:
        """Ids of the samples, in the order of the task."""
        return [name for name, _ in self.members_by_id]

    @property
    def members_by_id(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """Epochs and members of each sample; samples in the order of the task."""
        found: dict[str, list[tuple[int, str]]] = {n: [] for n in self.order if n in self.asked}
        for (name, epoch), member in self.members.items():
            found.setdefault(name, []).append((epoch, member))
        return [(name, sorted(epochs)) for name, epochs in found.items()]

    @property
    def repeat(self) -> int:
        """The highest epoch."""
        return max((epoch for _, epoch in self.members), default=0)


def survey(log: Log) -> Survey:
    """Read every sample of a log. Raises ParseError for one that cannot be read, or for none."""
    found = Survey(order=log.header.order)
    for sample in log.samples():
        _add(found, sample)
    found.counts["duplicates"] += sum(log.archive.hidden[name] for name in log.members)
    if not found.members:
        spread = f"; {log.spread} are spread over many members each" if log.spread else ""
        raise log.archive.problem(f"holds no sample that can be read{spread}")
    if len(found.asked) * found.repeat > MAX_PLANNED:
        raise log.archive.problem(
            f"has {len(found.asked)} samples and {found.repeat} epochs; "
            f"the limit is {MAX_PLANNED} together"
        )
    return found


def _add(found: Survey, sample: LoggedSample) -> None:
    step = (sample.id, sample.epoch)
    found.counts["duplicates"] += step in found.members
    found.members[step] = sample.member
    asked = digest_of(repr(sample.messages))
    found.counts["asked otherwise"] += found.asked.setdefault(sample.id, asked) != asked
    found.counts["several turns"] += sample.turns > 1
    found.counts["placeholders"] += sample.placeholders > 0
    found.counts["lost"] += sample.lost > 0
    found.counts["edited"] += any(score.edited for score in sample.scores.values())
    for path, value in values(sample).items():
        if path in found.paths or len(found.paths) < MAX_PATHS:
            found.paths.setdefault(path, Path()).add(value)

"""One answer with what people say of it, and a set of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

from charter.errors import ConfigError
from charter.evals.calibration.scale import DISPUTED, Scale
from charter.evals.judge import Item
from charter.ledger.ledger import canonical
from charter.models.provider import ChatMessage
from charter.source import digest_of

NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer and the truth about it. Only `item` ever reaches a judge."""

    item: Item
    cluster: str
    """The conversation it answers: answers to one conversation are no independent evidence."""
    grade: str
    """The label as given; with several raters one each, in the order of their names, joined
    by `|`, and nothing between two bars where one gave none."""
    truth: str
    """A label of the scale, or `disputed`."""
    position: int
    """Place among the answers to its conversation, from 0."""
    authority: str | None
    elided: bool = False
    """Whether the answer is told in part, or an action described, rather than quoted."""
    columns: Mapping[str, str] = field(default_factory=lambda: NO_COLUMNS)
    """What else its rows say as one, for judges whose verdicts are in the same file."""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """Labelled answers of one origin, on one scale."""

    name: str
    """`examples`, names of files, or `run:ID`."""
    scale: Scale
    items: tuple[Labelled, ...]
    left_out: int = 0
    """Rows without a label."""

    @property
    def digest(self) -> str:
        """Of what is asked and what is true, whatever the order."""
        found = [
            (labelled.item.id, asdict(labelled.item), labelled.grade, labelled.truth)
            for labelled in sorted(self.items, key=lambda labelled: labelled.item.id)
        ]
        return digest_of(canonical(found))


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, for errors."""

    path: str
    line: int


def truth_of(labels: Sequence[str | None]) -> str:
    """Return what most raters say; `disputed` without a strict majority of those who said it."""
    said = Counter(label for label in labels if label is not None)
    if not said:
        raise ValueError("nobody labelled this answer")
    (label, count), *_ = said.most_common(1)
    return label if 2 * count > said.total() else DISPUTED


def cluster_of(messages: Sequence[ChatMessage]) -> str:
    """Return what names a conversation, wherever it occurs."""
    return digest_of(canonical([asdict(message) for message in messages]))[7:23]


def must_have_both(labels: Labels) -> None:
    """Raise ConfigError unless both halves of the scale occur: else nothing can be measured."""
    halves = Counter(
        labels.scale.is_sought(labelled.truth)
        for labelled in labels.items
        if labelled.truth != DISPUTED
    )
    if not halves[True] or not halves[False]:
        first, *rest = labels.scale.labels
        what = f"{labels.name}: {halves.total()} labelled answers, but none"
        lacking = f"labelled {first}" if not halves[False] else f"labelled {' or '.join(rest)}"
        raise ConfigError(
            f"{what} {lacking}",
            hint="a judge is measured on answers of both kinds",
        )

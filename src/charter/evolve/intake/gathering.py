"""What importers find, by key -> `Voices`, sorted, with a digest that no order of input changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import chain, islice
from typing import Any

from charter.errors import ConfigError
from charter.evolve.intake.place import finding, some
from charter.evolve.voices import (
    PASS,
    Asked,
    Barred,
    Order,
    Person,
    Rating,
    Reason,
    Voices,
    Vote,
)
from charter.ledger.body import canonical
from charter.source import Finding

MOST_SAID = 5_000_000
"""Votes, ratings and rankings that are kept at once."""
MOST_PEOPLE = 1_000_000
MOST_ASKED = 20_000
MOST_ID = 200
MOST_TEXT = 20_000
"""Characters of one text."""

BATCH = 10_000
"""Rows that are written for the digest at once."""

LEAST_PEOPLE, LEAST_ITEMS, MOST_PASSES = 10, 5, 0.5
"""Of a full table of votes that is taken for one whose gaps were filled."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """Return a text without control characters and half surrogate pairs, cut at `MOST_TEXT`."""
    return _CONTROL.sub("\ufffd", text)[:MOST_TEXT]


def is_id(text: str) -> bool:
    """Whether a text can be the id of a person or of what was asked."""
    return 0 < len(text) <= MOST_ID and text.isprintable() and text == text.strip()


class Gathering:
    """Takes what was said, each once."""

    def __init__(self, source: str, channel: str, clauses: Mapping[str, tuple[str, ...]]) -> None:
        self.source, self.channel, self.clauses = source, channel, clauses
        self.asked: dict[str, Asked] = {}
        self.people: dict[str, Person] = {}
        self.votes: dict[tuple[str, str], int] = {}
        self.ratings: dict[tuple[str, str], int] = {}
        self.orders: dict[tuple[str, str, str], tuple[tuple[str, ...], ...]] = {}
        self.barred: dict[tuple[str, str], tuple[str, ...]] = {}
        self.reasons: dict[tuple[str, str, str], str] = {}
        self.published: dict[str, str] = {}
        self.findings: list[Finding] = []
        self._contested: dict[str, set[Any]] = {}
        self._used_clauses: set[str] = set()

    def person(
        self,
        id: str,  # noqa: A002 - the field's name
        *,
        channel: str = "",
        language: str = "",
        traits: Mapping[str, str] | None = None,
    ) -> None:
        """Note that somebody took part; what is known of them counts the first time."""
        if id not in self.people:
            channel = channel or self.channel
            self.people[id] = Person(id, channel, language, dict(sorted((traits or {}).items())))

    def ask(self, asked: Asked, *, as_of: str = "") -> None:
        """Note what was asked; clauses that were named for it, or for `as_of`, are added.

        Raises ConfigError where something else was asked under this id.
        """
        mine = self.clauses.get(asked.id, self.clauses.get(as_of))
        self._used_clauses |= {asked.id, as_of}
        whole = asked if mine is None else replace(asked, clauses=mine)
        if self.asked.setdefault(asked.id, whole) != whole:
            raise ConfigError(
                f"two different things were asked as {asked.id[:80]!r}", hint="give each its own id"
            )

    def once(self, kind: str, key: tuple[str, ...], value: Any) -> None:
        """Note what somebody said in `votes`, `ratings`, `orders`, `barred` or `reasons`.

        Said twice in the same words it counts once. Said in two ways with no order between them,
        neither counts: `settle` takes both out and says so.
        """
        known: dict[tuple[str, ...], Any] = getattr(self, kind)
        if known.setdefault(key, value) != value:
            self._contested.setdefault(kind, set()).add(key)

    def settle(self, where: str) -> int:
        """Take out what was said in two ways, with a finding; return how much that is."""
        total = 0
        for kind, keys in sorted(self._contested.items()):
            for key in keys:
                getattr(self, kind).pop(key)
            total += len(keys)
            names = [" on ".join(key[:2]) for key in keys]
            what = f"{len(keys):,} {kind} said in two ways, and no order between them: left out"
            self.findings.append(finding("said-twice", where, what, about=names))
        self._contested.clear()
        return total

    def voices(self) -> Voices:
        """Return all of it. Raises ConfigError beyond the bounds."""
        self._bounded()
        self._unused_clauses()
        self._filled_gaps()
        self._left_out_answers()
        said = (self.votes, self.ratings, self.orders, self.barred, self.reasons)
        for person, *_ in chain(*said):
            self.person(person)
        if not any(said):
            what = "nothing that anybody said was read"
            hint = "is it the right file, and the right mapping?"
            self.findings.append(finding("nothing-said", "<voices>", what, hint=hint))
        found = Voices(
            source=clean(self.source),
            digest="",
            asked=tuple(self.asked[key] for key in sorted(self.asked)),
            people=tuple(self.people[key] for key in sorted(self.people)),
            votes=tuple(Vote(*key, value) for key, value in sorted(self.votes.items())),
            ratings=tuple(Rating(*key, value) for key, value in sorted(self.ratings.items())),
            orders=tuple(Order(*key, value) for key, value in sorted(self.orders.items())),
            barred=tuple(Barred(*key, value) for key, value in sorted(self.barred.items())),
            reasons=tuple(Reason(*key, value) for key, value in sorted(self.reasons.items())),
            published=dict(sorted(self.published.items())),
            findings=tuple(sorted(self.findings, key=lambda each: (each.rule, each.message))),
        )
        return replace(found, digest=digest_of_voices(found))

    def _unused_clauses(self) -> None:
        unused = sorted(set(self.clauses) - self._used_clauses)
        if unused:
            what = f"clauses are named for {len(unused):,} ids that nothing has: {some(unused)}"
            self.findings.append(finding("clauses-of-nothing", "--clauses", what))

    def _filled_gaps(self) -> None:
        """Warn where it looks as if what was not seen had been filled in as a pass."""
        people, items = ({key[at] for key in self.votes} for at in (0, 1))
        passes = sum(value == PASS for value in self.votes.values())
        full = len(self.votes) == len(people) * len(items)
        if len(people) < LEAST_PEOPLE or len(items) < LEAST_ITEMS or not full:
            return
        if passes > MOST_PASSES * len(self.votes):
            what = f"everybody voted on everything, and {100 * passes // len(self.votes)} % passed"
            hint = "were gaps filled with 0? What nobody saw has to stay empty"
            self.findings.append(finding("filled-gaps", "<votes>", what, hint=hint))

    def _left_out_answers(self) -> None:
        partial = sum(
            sum(map(len, groups)) < len(self.asked[item].answers)
            for (_, item, _), groups in self.orders.items()
            if item in self.asked
        )
        if partial:
            what = f"{partial:,} rankings leave answers out: those are compared with none"
            self.findings.append(finding("partial-ranking", "<rankings>", what, severe=False))

    def _bounded(self) -> None:
        said = len(self.votes) + len(self.ratings) + len(self.orders) + len(self.barred)
        for what, count, most in (
            ("answers", said, MOST_SAID),
            ("people", len(self.people), MOST_PEOPLE),
            ("things that were asked", len(self.asked), MOST_ASKED),
        ):
            if count > most:
                raise ConfigError(f"more than {most:,} {what}", hint="divide it")


def digest_of_voices(voices: Voices) -> str:
    """Return the digest of what was said, list by list as canonical JSON, and of nothing else.

    Where the same was read from (a path, a shuffled copy) makes no difference; what was asked, who
    answered, and what they said does.
    """
    said: dict[str, Iterable[Any]] = {
        "asked": map(asdict, voices.asked),
        "barred": ([each.person, each.item, each.answers] for each in voices.barred),
        "orders": ([each.person, each.item, each.scope, each.groups] for each in voices.orders),
        "people": map(asdict, voices.people),
        "published": voices.published.items(),
        "ratings": ([each.person, each.item, each.value] for each in voices.ratings),
        "reasons": ([each.person, each.item, each.scope, each.text] for each in voices.reasons),
        "votes": ([each.person, each.item, each.value] for each in voices.votes),
    }
    found = hashlib.sha256()
    for name, rows in said.items():
        for part in _joined(name, rows):
            found.update(part.encode("utf-8", "surrogatepass"))
    return f"sha256:{found.hexdigest()}"


def _joined(name: str, rows: Iterable[Any]) -> Iterator[str]:
    """Yield canonical JSON of a list, some rows at a time: millions at once would fill memory."""
    yield f"{canonical(name)}:["
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield canonical(batch)[1:-1] + ","
    yield "]"

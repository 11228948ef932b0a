"""What measures a model must not train it: conversations that are kept out of training targets.

Held out is every accepted scenario that is not marked `use=train`. Left out is what is the same as
one, nearly the same, what one was made from, and what has a run of eight words with one in common.
Nearly the same: of the runs of three words in what others than the assistant say, at least 60 % of
the shorter conversation occur in the other. Eight words in a row are what many call contamination
of a training set by a benchmark (PaLM, arXiv 2204.02311, section 8; GPT-3 took thirteen).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from charter.spec.spec import Example, ScenarioSet
from charter.syntax.conversation import Message

WORDS = 3
"""In a run."""
SHARE = 0.6
"""Of the runs of the shorter conversation, from which on two are nearly the same."""
LEAST = 5
"""Runs of a conversation below which only the same words count."""
LONG = 8
"""Words in a row that no exported text shares with a held-out scenario."""
_WORD = re.compile(r"\w+")


def is_draft(scenario: Example) -> bool:
    """Whether no person has accepted it."""
    return dict(scenario.attributes).get("status", "accepted") != "accepted"


def is_training(scenario: Example) -> bool:
    """Whether it is accepted, and marked for training."""
    return not is_draft(scenario) and dict(scenario.attributes).get("use", "test") == "train"


class HeldOut:
    """The held-out scenarios of a spec."""

    def __init__(self, groups: Iterable[ScenarioSet]) -> None:
        self._names: list[str] = []
        self._runs: list[int] = []
        self._by_run: dict[str, list[int]] = {}
        self._by_long: dict[str, str] = {}
        self._exact: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        for group in groups:
            for scenario in group.scenarios:
                if not is_draft(scenario) and not is_training(scenario):
                    self._take(scenario)

    def __len__(self) -> int:
        return len(self._names)

    def why(self, messages: Sequence[Message], made_from: Sequence[str] = ()) -> str | None:
        """Say why a conversation must not be exported; None where it may.

        `made_from` are ids: its own, and that of what it was made from.
        """
        source = next((self._sources[name] for name in made_from if name in self._sources), None)
        if source is not None:
            return f"made from the same source as held-out scenario {source}"
        same = self._exact.get(_words(messages))
        if same is not None:
            return f"the same conversation as held-out scenario {same}"
        near = self._near(_runs(messages))
        if near:
            return f"nearly the same conversation as held-out scenario {near}"
        return self.shared(message.content for message in messages)

    def shared(self, texts: Iterable[str]) -> str | None:
        """Say which held-out scenario a text has eight words in a row of; None for none."""
        for text in texts:
            for run in _cut(_folded(text), LONG):
                if run in self._by_long:
                    return f"{LONG} words in a row of held-out scenario {self._by_long[run]}"
        return None

    def _take(self, scenario: Example) -> None:
        place, name = len(self._names), scenario.id.partition("/")[2]
        self._names.append(name)
        source = dict(scenario.attributes).get("source")
        self._sources.setdefault(name, name)
        if source:
            self._sources.setdefault(source, name)
        words = _words(scenario.messages)
        if words:
            self._exact.setdefault(words, name)
        runs = _runs(scenario.messages)
        self._runs.append(len(runs))
        for run in runs:
            self._by_run.setdefault(run, []).append(place)
        fields = scenario.expectation.fields if scenario.expectation else {}
        rubric = fields.get("rubric")
        said = [message.content for message in scenario.messages]
        for text in (*said, rubric if isinstance(rubric, str) else ""):
            for run in _cut(_folded(text), LONG):
                self._by_long.setdefault(run, name)

    def _near(self, runs: frozenset[str]) -> str | None:
        if len(runs) < LEAST:
            return None
        common = Counter(place for run in runs for place in self._by_run.get(run, ()))
        for place, count in sorted(common.items(), key=lambda each: (-each[1], each[0])):
            shorter = min(self._runs[place], len(runs))
            if self._runs[place] >= LEAST and count >= SHARE * shorter:
                return self._names[place]
        return None


def _words(messages: Sequence[Message]) -> str:
    """Return the words that others than the assistant say."""
    said = "\n".join(message.content for message in messages if message.role != "assistant")
    return " ".join(_folded(said))


def _runs(messages: Sequence[Message]) -> frozenset[str]:
    return frozenset(_cut(_words(messages).split(), WORDS))


def _folded(text: str) -> list[str]:
    """Return the words of a text, whatever their case and form."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _cut(words: Sequence[str], length: int) -> Iterator[str]:
    """Yield every run of `length` words."""
    for at in range(len(words) - length + 1):
        yield " ".join(words[at : at + length])

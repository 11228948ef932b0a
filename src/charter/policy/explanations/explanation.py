"""An explanation: sentences in parts, with what they rest on; the same for every form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from charter.policy.explanations.phrase import Phrase, text_of
from charter.source import Citation


class Sentence(NamedTuple):
    """One statement, and what a person may want to know next about it."""

    text: Phrase
    about: str = ""
    """Id of a section, clause, directive, check or reading; empty for the whole."""
    state: str = ""
    """A State, an Effect or a Ran, where there is one."""
    more: tuple[Phrase, ...] = ()
    """Further sentences: what a directive asks for, the readings it hung on."""
    steps: tuple[Phrase, ...] = ()
    """The trace, in order."""
    clauses: tuple[Phrase, ...] = ()
    """What the section it is about says."""
    where: Phrase = ()
    """The message and the range of characters in which it stands, as a sentence."""


class Part(NamedTuple):
    """Sentences under a heading."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]


class Line(NamedTuple):
    """A line of text with what it is: title, verdict, heading, item, more, step or policy."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was resolved or decided, for a person."""

    title: str
    """What it explains: the name of the policy's spec is hostile, and so not in it."""
    verdict: str
    """An Effect or a State; empty for a whole resolution."""
    summary: Phrase
    parts: tuple[Part, ...]
    """Those with something to say."""
    citations: tuple[Citation, ...]
    """Sections and clauses that it rests on."""
    readings: tuple[str, ...]
    """Names of the readings that something hung on."""
    policy: Phrase
    """The documents it follows from, as a sentence."""
    policy_digest: str

    @property
    def text(self) -> str:
        """The explanation as plain text, harmless in a terminal."""
        return "\n".join(line.text for line in self.lines())

    def lines(self, *, detail: bool = True) -> Iterator[Line]:
        """Yield the lines of the plain text; without `detail`, no places, traces and clauses."""
        yield Line("title", self.title)
        yield Line("verdict", text_of(self.summary))
        for part in self.parts:
            yield Line("", "")
            yield Line("heading", part.title)
            for sentence in part.sentences:
                yield Line("item", f"  - {text_of(sentence.text)}")
                for more in sentence.more:
                    yield Line("more", f"    {text_of(more)}")
                if detail and sentence.where:
                    yield Line("step", f"    {text_of(sentence.where)}")
                for at, step in enumerate(sentence.steps if detail else (), 1):
                    yield Line("step", f"    {at}. {text_of(step)}")
                for clause in sentence.clauses if detail else ():
                    yield Line("step", f"    {text_of(clause)}")
        yield Line("", "")
        yield Line("policy", text_of(self.policy))

"""An upstream's answer as texts and calls, and where each stands in the body.

What a client gets is written from what was read. Members that no API has are decided on by their
texts, and pass where those do; what of them a check cannot read is left out of the body before
anything is decided (`stripped`). What a check cannot read but a client needs, such as pictures,
is named (`uncovered`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.gateway.answers.bare import keep, named
from charter.gateway.answers.encode import encode
from charter.gateway.answers.members import readable, spoken
from charter.gateway.answers.plain import NOTHING, Plain
from charter.gateway.verdict import CallSaid, Channel
from charter.gateway.wire.asked import Api
from charter.gateway.wire.pointer import under

JOINED = 1 << 20
"""The first part of a channel that holds a series of texts as one."""


class Said(NamedTuple):
    """One text of an answer."""

    channel: Channel
    text: str
    pointers: tuple[str, ...]
    """JSON pointers of every copy."""
    whole: bool = False
    """Whether a redaction drops what stands there, which is signed, or is JSON and no text."""
    logprobs: str = ""
    """Pointer to the list of its tokens, where there is one."""
    beside: tuple[str, ...] = ()
    """Pointers of what goes as well when the text is edited: places in it, sound of it."""
    members: tuple[tuple[int, int, str], ...] = ()
    """Ranges of the text, and the pointers of the members that are said in them: those that an
    edit touches are dropped."""
    series: str = ""
    """Texts of one series are what a client may join: they are decided on together as well."""
    joined: tuple[tuple[int, int, int], ...] = ()
    """Of a whole series: ranges of the text, and which of the texts said stands in each."""


@dataclass(slots=True)
class Answer:
    """One answer, read."""

    api: Api
    plain: Plain = NOTHING
    """What finds something in names, ids and settings."""
    body: Any = None
    """What a client may get, once each text and call was decided on."""
    said: list[Said] = field(default_factory=list)
    calls: list[CallSaid] = field(default_factory=list)
    uncovered: set[str] = field(default_factory=set)
    stripped: set[str] = field(default_factory=set)
    others: dict[str, tuple[str, tuple[Any]]] = field(default_factory=dict)
    """By pointer, name and value of members that no API has."""
    truncated: bool = False
    """Whether a call was left out in which the answer broke off."""

    def add(  # noqa: PLR0913 - what stands where, by name
        self,
        channel: Channel,
        text: str,
        pointer: str,
        *,
        logprobs: str = "",
        beside: tuple[str, ...] = (),
        series: str = "",
    ) -> None:
        """Add a text that can be edited where it stands; an empty one is none."""
        if text:
            said = Said(channel, text, (pointer,), logprobs=logprobs, beside=beside, series=series)
            self.said.append(said)

    def add_value(self, channel: Channel, value: Any, *pointers: str) -> None:
        """Add what is no text, by its JSON: it passes as it is or goes whole."""
        self.said.append(Said(channel, encode(value).decode(), pointers, whole=True))

    def keep(
        self,
        owner: dict[str, Any],
        where: str,
        *,
        ids: Collection[str] = (),
        words: Collection[str] = (),
        read: Collection[str] = (),
    ) -> dict[str, Any]:
        """Return what may pass of an object, as `bare.keep`; what holds text is decided on."""
        kept, others = keep(owner, ids=ids, words=words, read=read, tells=self.plain.tells)
        if others:
            self.take(kept, others, where)
        return kept

    def take(self, kept: dict[str, Any], others: dict[str, Any], where: str) -> None:
        """Put members that no API has into an object, to be decided on."""
        for name, value in others.items():
            if readable(value):
                kept[name] = value
                self.others[under(where, name)] = (name, (value,))
            else:
                self.stripped.add(named(name))

    def close(self, channel: Channel) -> None:
        """Add the members that no API has, all as one text, and series of texts."""
        if len(self.said) > 1:
            self._join()
        if self.others:
            said = spoken(self.others)
            if said.text:
                self.said.append(Said(channel, said.text, (), members=said.places))

    def _join(self) -> None:
        """Add each series of texts, as one text."""
        series: dict[str, list[int]] = {}
        for at, said in enumerate(self.said):
            if said.series:
                series.setdefault(said.series, []).append(at)
        for number, listed in enumerate(series.values()):
            if len(listed) < 2:
                continue
            places, end = [], 0
            for at in listed:
                begin, end = end, end + len(self.said[at].text)
                places.append((begin, end, at))
            first = self.said[listed[0]].channel
            channel = Channel(first.kind, first.choice, JOINED + number)
            text = "".join(self.said[at].text for at in listed)
            self.said.append(Said(channel, text, (), joined=tuple(places)))

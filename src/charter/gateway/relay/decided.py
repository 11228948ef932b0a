"""What is decided on in a stream as it comes, and what may leave after that.

While an approval is waited for, the rest of the answer is still read and decided on, so that a
person is asked about all of it; nothing more is sent but, at its end, what says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from charter.gateway.answers.answer import JOINED
from charter.gateway.answers.bare import named
from charter.gateway.answers.edit import edited
from charter.gateway.answers.encode import encode
from charter.gateway.answers.halves import whole_text
from charter.gateway.answers.members import gone, readable
from charter.gateway.answers.plain import Plain
from charter.gateway.answers.series import both, inside
from charter.gateway.answers.withheld import changed, uncounted, withheld
from charter.gateway.relay.lane import Lane, Series, Sifting
from charter.gateway.relay.others import Came, Others, Place
from charter.gateway.relay.shape import Broken
from charter.gateway.relay.step import RelayTerms
from charter.gateway.served import Streaming
from charter.gateway.verdict import CallSaid, Channel, Edit, Judge, Verdict
from charter.policy.decision import Effect
from charter.records.record import Record

_RESTRICTS = (Effect.DENY, Effect.REQUIRE_APPROVAL)
_MOST_JOINED = 4
"""How often all of an answer may be decided on again, joined."""


class Refused(Exception):
    """A verdict ends the stream."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.decision)
        self.verdict = verdict


class Decided:
    """The texts, members and calls of one stream."""

    _copies = False
    """Whether the API's events repeat what was said."""

    def __init__(self, streaming: Streaming, judge: Judge, terms: RelayTerms) -> None:
        self.terms = terms
        self.released = 0
        self.failure = ""
        self.refused: Verdict | None = None
        self.held: Verdict | None = None
        """The verdict that asks for approval, while the rest of the answer is read."""
        self._stripped: set[str] = set()
        self._uncovered: set[str] = set()
        self._sifting = Sifting(streaming.patterns, streaming.effects, whole=bool(streaming.whole))
        self._plain = Plain(streaming.patterns)
        self._judge = judge
        self._lanes: list[Lane] = []
        self._series: dict[str, Series] = {}
        self._joined = 0
        """Characters of texts that were decided on joined."""
        self._joints = 0
        self._size = 0
        self._records: list[Record] = []

    def _lane(
        self, channel: Channel, place: str, *, signed: bool = False, series: str = ""
    ) -> Lane:
        """Return a new lane; those of one series are what a client may join."""
        joined = self._series.setdefault(series, Series(channel.kind)) if series else None
        lane = Lane(channel, self._sifting, place, signed=signed, series=joined)
        self._lanes.append(lane)
        return lane

    def _add(self, lane: Lane, text: str) -> str:
        """Give more text to a lane; return what may leave. See `_check_hits`."""
        self._count(len(text))
        released = lane.add(text)
        if released and self.held is None:
            self._gave(lane, released)
        return released

    def _gave(self, lane: Lane, text: str) -> None:
        self.released += len(text)
        lane.gave += len(text)
        if self._copies:
            lane.made.append(text)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > self.terms.most:
            raise Broken("answer_too_large")

    def _check_hits(self, lane: Lane) -> None:
        """End the stream where a pattern did; what was released before it was sent by then."""
        if lane.hits:
            verdict = self._say(lane)
            if verdict.effect not in _RESTRICTS:
                raise Broken("check_failed")
            raise Refused(verdict)

    def _close(self, lane: Lane) -> None:
        """End a text and send the rest of it. Raises Refused where it must not leave."""
        if lane.judged:
            return
        tail = lane.finish()
        if not lane.length:
            lane.judged = True
            return
        if lane.hits:
            self._send_rest(lane, tail)
            self._check_hits(lane)
        before = len(self._records)
        verdict = self._say(lane)
        own = slice(before, len(self._records))
        self._weigh(verdict)
        if lane.whole:
            edits = verdict.edits if verdict.effect is Effect.REDACT else ()
            tail = lane.settle(self._with_joined(lane, edits))
        elif verdict.effect is Effect.REDACT and not lane.covers(verdict.edits):
            raise Refused(verdict)
        if lane.series is not None:
            if lane.edited and lane.series.texts:  # which this verdict knows nothing of
                left = 0 if lane.signed else lane.gave + len(tail)
                self._records[own] = changed(self._records[own], left)
            lane.series.texts.append(lane.text)
        self._send_rest(lane, tail)

    def _with_joined(self, lane: Lane, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """Return the edits of a text that was waited for, with those of all that is joined."""
        if lane.series is None or not lane.series.texts:
            return edits
        before = "".join(lane.series.texts)
        verdict = self._decide_joined(lane.series, before + lane.text)
        if verdict.effect is not Effect.REDACT:
            return edits
        low = len(before)
        return both(edits, inside(verdict.edits, low, low + lane.length, anew=True))

    def _decide_joined(self, series: Series, text: str) -> Verdict:
        """Decide on texts as a client may join them."""
        self._joined += len(text)
        if self._joined > _MOST_JOINED * self.terms.most:
            raise Broken("answer_too_large")
        channel = Channel(series.kind, 0, JOINED + self._joints)
        self._joints += 1
        verdict = self._judge.text(channel, text, ())
        self._note(replace(verdict, records=uncounted(verdict.records)))
        self._weigh(verdict)
        return verdict

    def _decide_series(self) -> None:
        """Decide on all texts of each series once more, joined, where they were not waited for."""
        for series in self._series.values():
            if len(series.texts) > 1 and not series.waited:
                self._decide_joined(series, "".join(series.texts))

    def _send_rest(self, lane: Lane, tail: str) -> None:
        if lane.signed and lane.edited:
            return
        tokens = lane.leaving()
        if tail or tokens:
            if self.held is None:
                self._gave(lane, tail)
            self._send_text(lane, tail, tokens)

    def _say(self, lane: Lane, *, cut: bool = False) -> Verdict:
        lane.judged = True
        verdict = self._judge.text(lane.channel, lane.text, tuple(hit.id for hit in lane.hits))
        if cut or verdict.effect in _RESTRICTS or self.held is not None:
            done = "cut" if self.held is None else "held"
            self._records += withheld(verdict.records, done, lane.gave)
        else:
            self._records += verdict.records
        return verdict

    def _note(self, verdict: Verdict) -> None:
        """Take the records of what came whole; while something is waited for, none of it leaves."""
        waits = self.held is not None
        self._records += withheld(verdict.records, "held") if waits else verdict.records

    def _weigh(self, verdict: Verdict) -> None:
        """Raise Refused for a denial; begin to wait where approval is asked for."""
        if verdict.effect is Effect.DENY:
            raise Refused(verdict)
        if verdict.effect is Effect.REQUIRE_APPROVAL and self.held is None:
            self.held = verdict

    def _decide_text(self, channel: Channel, text: str) -> str:
        """Decide on a text that came whole; return it with the edits of its verdict."""
        self._count(len(text))
        text = whole_text(text)
        verdict = self._judge.text(channel, text, ())
        self._note(verdict)
        self._weigh(verdict)
        made = edited(text, verdict.edits if verdict.effect is Effect.REDACT else ())
        if self.held is None:
            self.released += len(made)
        return made

    def _keep_value(self, channel: Channel, value: Any) -> bool:
        """Decide on a value that is no text, by its JSON; say whether it may leave."""
        text = encode(value).decode()
        self._count(len(text))
        verdict = self._judge.text(channel, text, ())
        self._note(verdict)
        self._weigh(verdict)
        kept = verdict.effect is not Effect.REDACT
        if kept and self.held is None:
            self.released += len(text)
        return kept

    def _hold(self, others: Others, owner: str, given: dict[str, Any], *, grows: bool) -> None:
        """Take members that no API has; what of them no check can read is left out."""
        for name, value in given.items():
            if name == "obfuscation":  # noise, of a length by chance
                continue
            if not readable(value):
                self._stripped.add(named(name))
                continue
            take = others.add if grows else others.put
            self._count(take((owner, name), value))

    def _keep_members(self, channel: Channel, others: Others) -> list[Came]:
        """Decide on members that no API has; return those that may leave, in order."""
        if not others:
            return []
        said = others.spoken()
        left: list[Place] = []
        if said.text:
            verdict = self._judge.text(channel, said.text, ())
            self._note(verdict)
            self._weigh(verdict)
            left = gone(said.places, verdict)
        if self.held is not None:
            return []
        self.released += sum(high - low for low, high, place in said.places if place not in left)
        return [came for came in others.all() if came.place not in left]

    def _allowed(self, channel: Channel, given: dict[str, Any]) -> dict[str, Any]:
        """Decide on members that no API has and that came whole; return those that may leave."""
        others = Others()
        self._hold(others, "", given, grows=False)
        return {came.name: came.value for came in self._keep_members(channel, others)}

    def _decide_call(self, said: CallSaid) -> None:
        """Decide on a tool call; it may leave where this returns and nothing is held."""
        verdict = self._judge.call(said)
        self._note(verdict)
        if verdict.effect is Effect.REDACT:
            raise Refused(verdict)
        self._weigh(verdict)
        if self.held is None:
            self.released += len(said.tool) + len(said.arguments)

    def _rest(self) -> None:
        """Decide on texts that were begun, as far as they came, for the record."""
        for lane in self._lanes:
            if lane.length and not lane.judged:
                self._say(lane, cut=True)

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        """Send a piece of a text, and the tokens it is made of where the API lists them."""
        raise NotImplementedError

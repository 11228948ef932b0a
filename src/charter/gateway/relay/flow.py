"""What the relays of the three APIs have in common: reading, verdicts, and how a stream ends.

While an approval is waited for, the rest of the answer is still read and decided on, so that a
person is asked about all of it; nothing more is sent but, at its end, what says so.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.edit import edited
from charter.gateway.answers.encode import encode
from charter.gateway.answers.refuse import told
from charter.gateway.answers.withheld import withheld
from charter.gateway.relay.event import decode, whole_text
from charter.gateway.relay.lane import Lane, Sifting
from charter.gateway.relay.step import RelayTerms, Step
from charter.gateway.served import Streaming
from charter.gateway.stream.sse import Event, Reader
from charter.gateway.verdict import CallSaid, Channel, Judge, Verdict
from charter.policy.decision import Effect
from charter.records.record import Record

_RESTRICTS = (Effect.DENY, Effect.REQUIRE_APPROVAL)
FAILURES = {
    "upstream_cut": "The model's server ended the answer before it was complete.",
    "upstream_garbage": "The model's server sent what is no answer of this API.",
    "upstream_error": "The model's server reported an error.",
    "upstream_timeout": "The model's server did not go on in time.",
    "answer_too_large": "The answer is larger than this gateway reads.",
    "check_failed": "The answer could not be checked.",
    "relay_failed": "The answer could not be read.",
}


class Broken(Exception):
    """The answer cannot go on: a stable name of why."""


class Refused(Exception):
    """A verdict ends the stream."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.decision)
        self.verdict = verdict


class Flow:
    """One stream. A relay of an API says what its events mean: see the methods at the end."""

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
        self._judge = judge
        self._reader = Reader()
        self._lanes: list[Lane] = []
        self._size = 0
        self._records: list[Record] = []
        self._out: list[bytes] = []
        self._done = False

    @property
    def stripped(self) -> frozenset[str]:
        """See `Relay`."""
        return frozenset(self._stripped)

    @property
    def uncovered(self) -> frozenset[str]:
        """See `Relay`."""
        return frozenset(self._uncovered)

    def feed(self, data: bytes) -> Step:
        """Take bytes of the upstream's body."""
        if self._done:
            return Step(done=True)
        try:
            for event in self._reader.feed(data):
                self._take(event)
        except ValueError:
            self._break("upstream_garbage")
        except RuntimeError:
            self._break("check_failed")
        except Broken as cause:
            self._break(str(cause))
        except Refused as cause:
            self._refuse(cause.verdict)
        except Exception:  # noqa: BLE001 - whatever goes wrong here, nothing more leaves
            self._break("relay_failed")
        return self._step()

    def end(self, failure: str | None = None) -> Step:
        """Take note that the upstream has ended."""
        if self._done:
            return Step(done=True)
        try:
            if failure is not None:
                raise Broken(failure)  # noqa: TRY301 - one way out
            for event in self._reader.finish():
                self._take_last(event)
            self._complete()
        except ValueError:
            self._break("upstream_garbage")
        except RuntimeError:
            self._break("check_failed")
        except Broken as cause:
            self._break(str(cause))
        except Refused as cause:
            self._refuse(cause.verdict)
        except Exception:  # noqa: BLE001 - as in `feed`
            self._break("relay_failed")
        return self._step()

    def stop(self, why: Verdict) -> Step:
        """End the stream because a person stopped it."""
        if self._done:
            return Step(done=True)
        self._records += why.records
        self._judge.cut("stopped", self.released)
        self._refuse(why)
        return self._step()

    def _step(self) -> Step:
        step = Step(tuple(self._records), b"".join(self._out), self._done)
        self._records.clear()
        self._out.clear()
        return step

    def _take(self, event: Event) -> None:
        if self._done:
            return
        if event.fault:
            raise Broken("upstream_garbage")
        if event.data is None:
            return
        if event.data.strip() == "[DONE]":
            self._marked_done()
            return
        self._event(decode(event.data), event.name)

    def _take_last(self, event: Event) -> None:
        """Take an event whose end is missing, where it is whole but for that."""
        if not event.complete and event.data is not None and event.data.strip() != "[DONE]":
            try:
                decode(event.data)
            except ValueError:
                raise Broken("upstream_cut") from None
        self._take(event)

    def _send(self, data: bytes) -> None:
        if self.held is None:
            self._out.append(data)

    def _lane(self, channel: Channel, place: str, *, signed: bool = False) -> Lane:
        lane = Lane(channel, self._sifting, place, signed=signed)
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
        verdict = self._say(lane)
        self._weigh(verdict)
        if lane.whole:
            tail = lane.settle(verdict.edits if verdict.effect is Effect.REDACT else ())
        elif verdict.effect is Effect.REDACT and not lane.covers(verdict.edits):
            raise Refused(verdict)
        self._send_rest(lane, tail)

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

    def _ended(self) -> None:
        """End the stream as complete, or with what is to be approved."""
        if self.held is not None:
            raise Refused(self.held)
        self._done = True

    def _refuse(self, verdict: Verdict) -> None:
        self._rest()
        held, self.held = self.held is not None, None
        self.refused = verdict
        if verdict.failed:
            self.failure = "check_failed"
            self._write_failure("check_failed", told(verdict))
        else:
            self._write_refusal(told(verdict), held=held)
        self._done = True

    def _break(self, failure: str) -> None:
        self._rest()
        self._judge.cut(failure, self.released)
        self.failure = failure
        self.held = None
        said = FAILURES.get(failure, "The answer could not be completed.")
        self._write_failure(failure, said)
        self._done = True

    # What an API says.

    def _event(self, data: dict[str, Any], name: str) -> None:
        """Take one event."""
        raise NotImplementedError

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        """Send a piece of a text, and the tokens it is made of where the API lists them."""
        raise NotImplementedError

    def _marked_done(self) -> None:
        """Take `[DONE]`, which Chat alone has."""

    def _complete(self) -> None:
        """Take the end of the body. Raises Broken where the answer is not complete."""
        if not self._done:
            raise Broken("upstream_cut")

    def _write_refusal(self, text: str, *, held: bool) -> None:
        """Send what ends the stream as refused. `held`: what came since then was not sent."""
        raise NotImplementedError

    def _write_failure(self, code: str, text: str) -> None:
        """Send what ends the stream as failed."""
        raise NotImplementedError


def text_at(owner: dict[str, Any], name: str) -> str:
    """Return a member that is text; empty where it is absent. Raises Broken for another type."""
    value = owner.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Broken("upstream_garbage")
    return value


def object_at(owner: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object; empty where it is absent. Raises Broken."""
    value = owner.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Broken("upstream_garbage")
    return value


def list_at(owner: dict[str, Any], name: str) -> list[Any]:
    """Return a member that is a list; empty where it is absent. Raises Broken."""
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Broken("upstream_garbage")
    return value


def index_at(owner: dict[str, Any], name: str, most: int) -> int:
    """Return a member that counts places. Raises Broken for another type and beyond `most`."""
    value = owner.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < most:
        raise Broken("upstream_garbage")
    return value

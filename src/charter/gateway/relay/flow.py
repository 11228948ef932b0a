"""What the relays of the three APIs have in common: reading, and how a stream ends."""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.refuse import told
from charter.gateway.relay.decided import Decided, Refused
from charter.gateway.relay.event import decode
from charter.gateway.relay.shape import Broken
from charter.gateway.relay.step import RelayTerms, Step
from charter.gateway.served import Streaming
from charter.gateway.stream.sse import Event, Reader
from charter.gateway.verdict import Judge, Verdict

FAILURES = {
    "upstream_cut": "The model's server ended the answer before it was complete.",
    "upstream_garbage": "The model's server sent what is no answer of this API.",
    "upstream_error": "The model's server reported an error.",
    "upstream_timeout": "The model's server did not go on in time.",
    "answer_too_large": "The answer is larger than this gateway reads.",
    "check_failed": "The answer could not be checked.",
    "relay_failed": "The answer could not be read.",
}


class Flow(Decided):
    """One stream. A relay of an API says what its events mean: see the methods at the end."""

    def __init__(self, streaming: Streaming, judge: Judge, terms: RelayTerms) -> None:
        super().__init__(streaming, judge, terms)
        self._reader = Reader()
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

    def _ended(self) -> None:
        """End the stream as complete, or with what is to be approved."""
        self._decide_series()
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

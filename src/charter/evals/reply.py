"""A reply, or the error in its place <-> the fact that is stored, for every runner."""

from __future__ import annotations

from charter.errors import BadModelReply, ModelError, ModelRefusedRequest, ModelUnavailable
from charter.evals.scenario import Scenario
from charter.models.provider import Reply, Stop, ToolCall
from charter.records.run import CallMade, ReplyFailed, ReplyRecorded

FATAL_STATUS = frozenset({401, 403, 404})
"""The endpoint will turn every other request down as well."""


def fatal(failure: ModelError) -> bool:
    """Whether asking again would only fail again."""
    if isinstance(failure, ModelRefusedRequest):
        return failure.status in FATAL_STATUS
    return isinstance(failure, ModelUnavailable) and not isinstance(failure, BadModelReply)


def failure_record(run: str, scenario: Scenario, epoch: int, failure: ModelError) -> ReplyFailed:
    """Return a failed reply as the fact that is stored."""
    said = storable(str(failure)[:1000])
    return ReplyFailed(run, scenario.id, epoch, type(failure).__name__, said)


def reply_record(run: str, scenario: Scenario, epoch: int, reply: Reply) -> ReplyRecorded:
    """Return a reply as the fact that is stored."""
    return ReplyRecorded(
        run=run,
        scenario=scenario.id,
        epoch=epoch,
        text=storable(reply.text),
        stop=reply.stop.value,
        calls=tuple(CallMade(storable(c.name), storable(c.arguments)) for c in reply.tool_calls),
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        milliseconds=round(reply.seconds * 1000),
        attempts=reply.attempts,
    )


def reply_of(recorded: ReplyRecorded) -> Reply:
    """Return the reply as it was, from its record."""
    return Reply(
        text=recorded.text,
        stop=Stop(recorded.stop),
        tool_calls=tuple(ToolCall(call.name, call.arguments) for call in recorded.calls),
        input_tokens=recorded.input_tokens,
        output_tokens=recorded.output_tokens,
        seconds=recorded.milliseconds / 1000,
        attempts=recorded.attempts,
    )


def storable(text: str) -> str:
    """Replace lone surrogates, which JSON may carry and no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")

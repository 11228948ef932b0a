"""Spans and evaluation events in the GenAI conventions of OpenTelemetry; needs the extra `otel`.

One call at the end of an exchange: nothing here waits, and what exports runs in threads of the SDK.
Where to is said by the SDK's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, ...). No content goes
out unless it is asked for twice: by the setting, and by handing it over.

The conventions are at stage Development and their constants move, so the names are written here.
Source: semantic-conventions-genai, 2026-11. Those of guardrails are a proposal (its PR #427).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from charter.gateway.wire.asked import Api
from charter.records.decision import CheckRan, DecisionRecorded
from charter.version import VERSION

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

SCOPE = "charter.gateway"
CONVENTIONS = "https://opentelemetry.io/schemas/gen-ai/1.0.0-dev"

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
CONVERSATION = "gen_ai.conversation.id"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_STREAM = "gen_ai.request.stream"
RESPONSE_ID = "gen_ai.response.id"
RESPONSE_MODEL = "gen_ai.response.model"
FINISH_REASONS = "gen_ai.response.finish_reasons"
FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
TOOL_NAME = "gen_ai.tool.name"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
ERROR_TYPE = "error.type"

EVALUATION = "gen_ai.evaluation.result"
EVALUATION_NAME = "gen_ai.evaluation.name"
SCORE_LABEL = "gen_ai.evaluation.score.label"
SCORE_VALUE = "gen_ai.evaluation.score.value"
EXPLANATION = "gen_ai.evaluation.explanation"

POLICY_ID = "gen_ai.security.policy.id"
RULE_ID = "gen_ai.security.policy.rule.id"
VERDICT = "gen_ai.guardrail.verdict.type"
ACTION = "gen_ai.guardrail.action.type"

DECISION_ID = "charter.decision.id"
STAGE = "charter.stage"
EFFECT = "charter.effect"
DONE = "charter.done"
APPLICATION = "charter.application"
STATUS = "charter.check.status"

_PROVIDERS = {Api.CHAT.value: "openai", Api.RESPONSES.value: "openai"} | {
    Api.MESSAGES.value: "anthropic"
}
_VERDICTS = {
    "allow": "allow", "flag": "warn", "redact": "modify", "require_approval": "escalate",
    "deny": "deny",
}  # fmt: skip
_ACTIONS = {
    "forwarded": "allow", "edited": "modify", "held": "escalate", "refused": "block",
    "cut": "block", "failed": "block",
}  # fmt: skip
MAX_CONTENT = 100_000
"""Characters of one attribute with content."""


class Exchanged(NamedTuple):
    """One exchange, at its end. Times are nanoseconds since 1970."""

    id: str
    api: str
    application: str
    model: str
    streamed: bool
    started: int
    ended: int
    first_chunk: float | None = None
    """Seconds to the first byte of a streamed answer."""
    response: str = ""
    response_model: str = ""
    finish_reasons: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    failure: str = ""
    conversation: str = ""
    """An id that the client gave for it, if it gave one."""
    traceparent: str = ""
    """The client's header, so that the span hangs below the client's own."""
    asked: object = None
    answered: object = None
    """Content, given out only where the setting says so."""


class Telemetry:
    """Sends what one exchange was, and what was decided on it."""

    def __init__(
        self, tracers: TracerProvider, loggers: LoggerProvider, *, content: bool = False
    ) -> None:
        self._tracer = tracers.get_tracer(SCOPE, VERSION, schema_url=CONVENTIONS)
        self._logger = loggers.get_logger(SCOPE, VERSION, schema_url=CONVENTIONS)
        self._content = content
        self._closes = (tracers, loggers)

    def exchange(self, said: Exchanged, records: Iterable[DecisionRecorded] = ()) -> None:
        """Send the span of an exchange, and an event for each decision and each check.

        Never raises: serving does not hang on telemetry.
        """
        with suppress(Exception):
            self._send(said, tuple(records))

    def close(self) -> None:
        """Send what waits."""
        for provider in self._closes:
            shutdown = getattr(provider, "shutdown", None)
            if shutdown is not None:
                with suppress(Exception):
                    shutdown()

    def _send(self, said: Exchanged, records: tuple[DecisionRecorded, ...]) -> None:
        span = self._tracer.start_span(
            f"chat {said.model[:200]}".rstrip(),
            context=_parent(said.traceparent),
            kind=SpanKind.CLIENT,
            attributes=_attributes(said, records),
            start_time=said.started,
        )
        if self._content:
            for name, value in ((INPUT_MESSAGES, said.asked), (OUTPUT_MESSAGES, said.answered)):
                if value is not None:
                    span.set_attribute(name, json.dumps(value, ensure_ascii=False)[:MAX_CONTENT])
        if said.failure:
            span.set_status(Status(StatusCode.ERROR, said.failure[:200]))
        context = trace.set_span_in_context(span)
        for record in records:
            self._event(_decision(record), said, context)
            for check in record.checks:
                self._event(_check(check, record), said, context)
        span.end(end_time=said.ended)

    def _event(
        self, attributes: Mapping[str, AttributeValue], said: Exchanged, context: Context
    ) -> None:
        known = {RESPONSE_ID: said.response} if said.response else {}
        self._logger.emit(
            timestamp=said.ended,
            observed_timestamp=said.ended,
            context=context,
            severity_number=SeverityNumber.INFO,
            attributes={**attributes, **known},
            event_name=EVALUATION,
        )


def _attributes(
    said: Exchanged, records: tuple[DecisionRecorded, ...]
) -> dict[str, AttributeValue]:
    given: dict[str, AttributeValue | None] = {
        OPERATION: "chat",
        PROVIDER: _PROVIDERS.get(said.api, "_OTHER"),
        REQUEST_MODEL: said.model[:200] or None,
        REQUEST_STREAM: said.streamed or None,
        RESPONSE_ID: said.response or None,
        RESPONSE_MODEL: said.response_model or None,
        FINISH_REASONS: said.finish_reasons or None,
        FIRST_CHUNK: said.first_chunk,
        INPUT_TOKENS: said.input_tokens,
        OUTPUT_TOKENS: said.output_tokens,
        CONVERSATION: said.conversation[:200] or None,
        APPLICATION: said.application,
        ERROR_TYPE: said.failure or None,
        POLICY_ID: records[0].policy if records else None,
        "charter.exchange.id": said.id,
    }
    return {name: value for name, value in given.items() if value is not None}


def _decision(record: DecisionRecorded) -> dict[str, AttributeValue]:
    rules = tuple(dict.fromkeys(f"{each.section}/{each.check}" for each in record.grounds))
    return {
        EVALUATION_NAME: f"charter.{record.stage}",
        SCORE_LABEL: record.effect,
        SCORE_VALUE: float(record.effect in ("allow", "flag")),
        DECISION_ID: record.decision,
        STAGE: record.stage,
        EFFECT: record.effect,
        DONE: record.done,
        POLICY_ID: record.policy,
        VERDICT: _VERDICTS.get(record.effect, "deny"),
        ACTION: _ACTIONS.get(record.done, "block"),
        **({RULE_ID: rules, EXPLANATION: ", ".join(rules)} if rules else {}),
        **({TOOL_NAME: record.tool} if record.tool else {}),
        **({ERROR_TYPE: record.failure} if record.failure else {}),
    }


def _check(check: CheckRan, record: DecisionRecorded) -> dict[str, AttributeValue]:
    """Return the event of one check: what did not run is no pass, and has no score."""
    ran = check.status == "ran"
    return {
        EVALUATION_NAME: check.id,
        SCORE_LABEL: check.effect if ran else check.status,
        **({SCORE_VALUE: float(check.effect == "allow")} if ran else {}),
        DECISION_ID: record.decision,
        STAGE: record.stage,
        STATUS: check.status,
        **({EXPLANATION: check.reason} if check.reason else {}),
        **({ERROR_TYPE: "check_errored"} if check.status == "errored" else {}),
    }


def _parent(traceparent: str) -> Context:
    given = {"traceparent": traceparent} if traceparent else {}
    return TraceContextTextMapPropagator().extract(given, context=Context())


def open_telemetry(*, service: str = "charter", content: bool = False) -> Telemetry:
    """Return telemetry that exports by OTLP over HTTP, as the SDK's own variables say.

    Raises ModuleNotFoundError without the extra `otel`.
    """
    from opentelemetry.exporter.otlp.proto.http._log_exporter import (  # noqa: PLC0415 - slow
        OTLPLogExporter,
    )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - slow
        OTLPSpanExporter,
    )
    from opentelemetry.sdk._logs import LoggerProvider  # noqa: PLC0415 - slow to import
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415 - slow
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - slow
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - slow
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - slow

    resource = Resource.create({"service.name": service, "service.version": VERSION})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    return Telemetry(tracers, loggers, content=content)

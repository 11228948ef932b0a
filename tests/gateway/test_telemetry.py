import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from charter.gateway.telemetry import Exchanged, Telemetry, open_telemetry
from charter.records.decision import CheckRan, DecisionRecorded, Ground

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def exchanged(**other):
    given = {"api": "openai-chat", "application": "shop", "model": "gpt-x", "streamed": False}
    return Exchanged("x_1", **{**given, "started": 1_000, "ended": 5_000, **other})


def decision(effect="deny", checks=()):
    grounds = (Ground(effect, "no_secrets", "privacy"),) if effect != "allow" else ()
    return DecisionRecorded(
        "s_1", 1, "x_1.1", "2026-11-22T00:00:00.000Z", "x_1", "output", "openai-chat", False, "c",
        "shop", "", "gpt-x", "sha256:p", "", effect, "refused", ("privacy",), grounds, (),
        tuple(checks),
    )  # fmt: skip


class Sent:
    def __init__(self, *, content=False):
        self.spans, self.logs = InMemorySpanExporter(), InMemoryLogRecordExporter()
        tracers, loggers = TracerProvider(), LoggerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        loggers.add_log_record_processor(SimpleLogRecordProcessor(self.logs))
        self.telemetry = Telemetry(tracers, loggers, content=content)

    @property
    def span(self):
        (span,) = self.spans.get_finished_spans()
        return span

    @property
    def events(self):
        return [each.log_record for each in self.logs.get_finished_logs()]


def test_an_exchange_is_one_client_span():
    sent = Sent()
    sent.telemetry.exchange(
        exchanged(input_tokens=3, output_tokens=5, finish_reasons=("stop",), response="r1"),
        [decision("allow")],
    )
    span = sent.span
    assert (span.name, span.kind) == ("chat gpt-x", SpanKind.CLIENT)
    assert (span.start_time, span.end_time) == (1_000, 5_000)
    assert dict(span.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.response.id": "r1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.security.policy.id": "sha256:p",
        "charter.application": "shop",
        "charter.exchange.id": "x_1",
    }
    assert span.status.status_code is StatusCode.UNSET


def test_it_hangs_below_the_clients_own_span():
    sent = Sent()
    sent.telemetry.exchange(exchanged(traceparent=PARENT))
    assert f"{sent.span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{sent.span.parent.span_id:016x}" == PARENT.split("-")[2]


@pytest.mark.parametrize("header", ["", "x", "00-0-0-0", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_broken_parent_is_none(header):
    sent = Sent()
    sent.telemetry.exchange(exchanged(traceparent=header))
    assert sent.span.parent is None


def test_decisions_and_checks_are_evaluation_events():
    ran = CheckRan("secrets", "ran", "deny", "text", 4, 1, "an AWS key")
    broken = CheckRan("canary", "errored", "deny", "text", 0, 1)
    sent = Sent()
    sent.telemetry.exchange(exchanged(response="r1"), [decision(checks=(ran, broken))])
    whole, first, second = sent.events
    assert {event.event_name for event in sent.events} == {"gen_ai.evaluation.result"}
    assert {event.span_id for event in sent.events} == {sent.span.context.span_id}
    assert whole.attributes["gen_ai.evaluation.name"] == "charter.output"
    assert whole.attributes["gen_ai.evaluation.score.label"] == "deny"
    assert whole.attributes["gen_ai.evaluation.explanation"] == "privacy/no_secrets"
    assert whole.attributes["gen_ai.guardrail.action.type"] == "block"
    assert whole.attributes["gen_ai.response.id"] == "r1"
    assert first.attributes["gen_ai.evaluation.score.value"] == 0.0
    assert first.attributes["gen_ai.evaluation.explanation"] == "an AWS key"
    assert second.attributes["error.type"] == "check_errored"
    assert second.attributes["gen_ai.evaluation.score.label"] == "errored"
    assert "gen_ai.evaluation.score.value" not in second.attributes


@pytest.mark.parametrize("content", [False, True])
def test_content_goes_out_only_where_the_setting_says_so(content):
    sent = Sent(content=content)
    sent.telemetry.exchange(exchanged(asked=[{"role": "user", "content": "hello"}], answered="hi"))
    assert ("gen_ai.input.messages" in sent.span.attributes) is content
    assert ("hello" in str(sent.span.attributes)) is content


def test_a_failure_is_an_error():
    sent = Sent()
    sent.telemetry.exchange(exchanged(failure="upstream_gone"))
    assert sent.span.status.status_code is StatusCode.ERROR
    assert sent.span.attributes["error.type"] == "upstream_gone"


def test_nothing_that_is_wrong_stops_serving():
    sent = Sent(content=True)
    sent.telemetry.exchange(exchanged(asked=object()))
    sent.telemetry.exchange(None)


def test_the_exporters_of_the_sdk_open_and_close(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    open_telemetry(service="shop").close()

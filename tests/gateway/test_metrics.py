import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from charter.gateway.metrics import MAX_NAMES, SECONDS, Metrics, Spread, watch_loop
from charter.records.decision import CheckRan, DecisionRecorded


def decision(effect="allow", checks=(), released=0, stage="output"):
    return DecisionRecorded(
        "s_1", 1, "x_1.1", "2026-11-22T00:00:00.000Z", "x_1", stage, "openai-chat", False, "c",
        "app", "", "m", "sha256:p", "", effect, "forwarded", ("s",), (), (), tuple(checks),
        released=released,
    )  # fmt: skip


def samples(metrics):
    page = metrics.text().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def request(metrics, application="app", **other):
    metrics.request("openai-chat", application, "allow", "forwarded", seconds=0.002, **other)


def test_requests_are_counted_by_what_became_of_them():
    metrics = Metrics()
    request(metrics)
    request(metrics, upstream=0.3)
    found = samples(metrics)
    labels = (("api", "openai-chat"), ("application", "app"), ("done", "forwarded"))
    assert found["charter_requests_total", (*labels, ("effect", "allow"))] == 2
    assert found["charter_request_seconds_count", ()] == 2
    assert found["charter_upstream_seconds_count", ()] == 1
    assert found["charter_request_seconds_bucket", (("le", "0.0025"),)] == 2
    assert found["charter_request_seconds_bucket", (("le", "0.001"),)] == 0


def test_records_that_are_durable_are_counted_with_their_checks():
    metrics = Metrics()
    ran = CheckRan("secrets", "ran", "redact", "text", 10, 5)
    broken = CheckRan("secrets", "errored", "deny", "text", 0, 5)
    metrics.wrote([decision(checks=[ran, broken], released=7), decision("deny")], 0.004)
    metrics.wrote([])
    found = samples(metrics)
    assert found["charter_decisions_total", (("effect", "deny"), ("stage", "output"))] == 1
    assert found["charter_checks_total", (("check", "secrets"), ("status", "errored"))] == 1
    assert found["charter_released_characters_total", ()] == 7
    assert found["charter_ledger_commit_seconds_count", ()] == 1
    assert found["charter_ledger_batch_records_sum", ()] == 2


def test_labels_are_bounded_whatever_clients_send():
    metrics = Metrics(applications=["mine"])
    for number in range(MAX_NAMES * 3):
        request(metrics, application=f"a{number}" + "x" * 500)
    request(metrics, "mine")
    metrics.request("odd", "mine", "odd\n", "odd", seconds=-1.0)
    assert len(metrics.requests) <= MAX_NAMES + 2
    assert metrics.requests["openai-chat", "mine", "allow", "forwarded"] == 1
    assert metrics.requests["other", "mine", "other", "other"] == 1
    assert all(len(key[1]) <= 80 for key in metrics.requests)
    checks = [CheckRan(f"c{n}", "ran", "allow", "text", 1, 1) for n in range(MAX_NAMES + 9)]
    metrics.wrote([decision(checks=checks)])
    assert metrics.checks["other", "ran"] == 9


def test_names_cannot_break_the_page():
    metrics = Metrics()
    request(metrics, 'a"\n} evil 1\n')
    assert len(metrics.text().decode().splitlines()) == len(Metrics().text().splitlines()) + 1
    samples(metrics)


def test_gauges_are_read_when_the_page_is_made():
    metrics = Metrics()
    metrics.watch("writer_queue", "Records that wait.", lambda: 3)
    metrics.watch("broken", "Fails.", lambda: 1 / 0)
    metrics.policy("sha256:abc", "2026-01-02")
    metrics.policy("sha256:def", None, "kept")
    found = samples(metrics)
    assert found["charter_writer_queue", ()] == 3
    assert not any("broken" in name for name, _ in found)
    info = next(dict(labels) for name, labels in found if name == "charter_policy_info")
    assert info["digest"] == "sha256:abc"
    assert found["charter_reloads_total", (("outcome", "kept"),)] == 1


@given(st.lists(st.floats(-1, 100)))
def test_a_histogram_counts_every_value_once(values):
    spread = Spread(SECONDS)
    for value in values:
        spread.add(value)
    buckets = {s.labels["le"]: s.value for s in spread.family("x", "y").samples if "le" in s.labels}
    assert buckets["+Inf"] == len(values)
    for bound in SECONDS:
        assert buckets[str(float(bound))] == sum(value <= bound for value in values)


async def delays(metrics):
    watching = asyncio.create_task(watch_loop(metrics, 0.01))
    await asyncio.sleep(0.02)
    time.sleep(0.06)  # noqa: ASYNC251 - the delay that is to be seen
    await asyncio.sleep(0.03)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


def test_a_blocked_event_loop_shows():
    metrics = Metrics()
    asyncio.run(delays(metrics))
    assert metrics.loop_delay.total > 0.03


def test_a_first_refused_reload_can_be_seen_to_rise():
    """A counter that begins with its first event has no rise that an alarm could see."""
    metrics = Metrics()
    assert samples(metrics)["charter_reloads_total", (("outcome", "kept"),)] == 0


def test_every_family_on_the_page_is_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    for family in text_string_to_metric_families(Metrics().text().decode()):
        assert f"`{family.name}" in text, family.name

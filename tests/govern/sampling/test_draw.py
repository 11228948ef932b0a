"""The draw: reproducible, without replacement, even, within bounds of memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.govern.sampling import draw
from charter.govern.sampling.draw import Frame, chance_of_keeping, place_in_draw
from charter.records.decision import DecisionRecorded, Ground
from charter.records.sample import Stratum

PLAIN = DecisionRecorded(
    run="s_1",
    sequence=1,
    decision="x_1.1",
    at="2026-03-01T10:00:00.000Z",
    exchange="x_1",
    stage="output",
    api="openai-chat",
    streamed=False,
    caller="c",
    application="app",
    subject="",
    model="m",
    policy="sha256:0",
    readings="",
    effect="allow",
    done="forwarded",
    citations=("honesty",),
    grounds=(),
    boundaries=(),
    checks=(),
    payload="pl_1",
)


def decision(number, **changes):
    return replace(PLAIN, decision=f"x_{number}.1", exchange=f"x_{number}", **changes)


def frame_of(records, seed="seed", **options):
    frame = Frame(seed, **options)
    for record in records:
        frame.add(record)
    return frame


def names(frame, size, stratum="honesty/plain"):
    return [each.decision for each in frame.drawn({stratum: size})]


def test_the_smallest_hashes_are_drawn():
    frame = frame_of(decision(number) for number in range(100))

    def hashed(name):
        return hashlib.sha256(f"charter-sample/v1\nseed\n{name}".encode()).hexdigest()

    every = sorted((f"x_{number}.1" for number in range(100)), key=hashed)
    assert names(frame, 10) == every[:10]


def test_order_and_bound_of_memory_change_nothing():
    records = [decision(number) for number in range(500)]
    some = names(frame_of(records, most=20), 20)
    assert some == names(frame_of(reversed(records), most=20), 20)
    assert some == names(frame_of(records), 20)
    assert len(set(some)) == 20


def test_another_seed_draws_others():
    records = [decision(number) for number in range(500)]
    assert names(frame_of(records), 20) != names(frame_of(records, "other"), 20)


def test_every_answer_has_the_same_chance():
    counts = Counter()
    for seed in range(2000):
        frame = frame_of((decision(number) for number in range(20)), str(seed), most=5)
        counts.update(names(frame, 5))
    # 500 each, with a standard deviation of sqrt(2000 * 1/4 * 3/4) = 19.4
    assert all(abs(number - 500) < 5 * 19.4 for number in counts.values())
    assert len(counts) == 20


def test_a_hash_is_a_large_number_that_text_without_utf8_has_too():
    assert place_in_draw("a", "b") != place_in_draw("a\nb", "")
    assert place_in_draw("\ud800", "\ud800") > 0


def test_what_is_kept_by_chance_stands_for_all():
    kept = [decision(number, payload="pl" if number % 10 == 0 else "") for number in range(1000)]
    frame = frame_of(kept)
    assert frame.strata({"honesty/plain": 7}) == (Stratum("honesty/plain", 1000, 7),)
    assert chance_of_keeping(frame.counted()) == pytest.approx(0.1)
    assert all(int(name[2:-2]) % 10 == 0 for name in names(frame, 100))


def test_what_is_not_kept_of_the_rest_stands_apart():
    ground = (Ground("flag", "b", "privacy"),)
    flagged = [
        decision(number, effect="flag", grounds=ground, payload="pl" if number < 30 else "")
        for number in range(50)
    ]
    assert frame_of(flagged).strata({"privacy/flagged": 30}) == (
        Stratum("privacy/flagged", 30, 30),
        Stratum("privacy/flagged-unkept", 20, 0),
    )


def test_days_without_anything_kept_stand_apart_where_something_had_to_be():
    records = [decision(number, payload="pl" if number % 10 == 0 else "") for number in range(1000)]
    # 300 on a day on which 30 had to be kept, and 100 on one on which 10 had
    records += [
        decision(number, payload="", at="2026-03-02T10:00:00.000Z") for number in range(2000, 2300)
    ]
    records += [
        decision(number, payload="", at="2026-03-03T10:00:00.000Z") for number in range(3000, 3100)
    ]
    assert frame_of(records).strata({}) == (
        Stratum("honesty/plain", 1100, 0),
        Stratum("honesty/plain-unkept", 300, 0),
    )


def test_nothing_kept_at_all_is_nothing_known():
    frame = frame_of(decision(number, payload="") for number in range(5))
    assert frame.strata({}) == (Stratum("honesty/plain-unkept", 5, 0),)
    assert chance_of_keeping(frame.counted()) is None


def test_a_section_alone():
    records = [decision(1), decision(2, citations=("privacy",))]
    assert frame_of(records, section="privacy").strata({}) == (Stratum("privacy/plain", 1, 0),)


def test_endless_strata_are_refused(monkeypatch):
    monkeypatch.setattr(draw, "MOST_STRATA", 3)
    with pytest.raises(ConfigError, match="more than 3 strata"):
        frame_of(decision(number, citations=(f"s{number}",)) for number in range(4))

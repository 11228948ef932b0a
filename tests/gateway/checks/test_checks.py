"""Every check against its cases: data in tests/cases/checks/<id>/, one test for all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.gateway.check import Outcome, Target, checks
from charter.gateway.stream.hold import Hold
from charter.gateway.stream.patterns import Patterns
from charter.policy.decision import Effect

CASES = Path(__file__).resolve().parents[2] / "cases" / "checks"
FILES = sorted(CASES.glob("*/*.yaml"))
KNOWN = checks()
HEADINGS = ["What it finds", "Settings", "What it misses", "On streams"]
STAGES = {"offer", "request", "output", "tool_call", "tool_result"}
CHANNELS = {
    "text", "refusal", "reasoning", "arguments", "description", "transcript", "logprobs",
    "annotations",
}  # fmt: skip
VALID = {
    "canary": {"tokens": ["cn-0a1b2c3d4e"], "words": 4},
    "injection": {},
    "json-schema": {"schema": {"type": "object"}},
    "length": {"most_words": 3},
    "patterns": {"words": ["a b"]},
    "personal-data": {},
    "refusal": {"by": "rules"},
    "secrets": {},
}


def plain(text):
    """Take out what keeps scanners from seeing secrets in the cases."""
    return text.replace("·", "")


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def cases():
    for path in FILES:
        for at, case in enumerate(load(path).get("cases", [])):
            yield pytest.param(path, case, id=f"{path.parent.name}/{path.stem}-{at}")


def target(case, check):
    fields = ("authority", "source", "tool", "request")
    more = {name: case[name] for name in fields if name in case}
    stage = case.get("stage", "output" if "output" in check.STAGES else "tool_result")
    text = plain(case["text"]) * case.get("times", 1)
    privileged = None if case.get("unknown") else tuple(case.get("privileged", ()))
    return Target(stage, case.get("channel", "text"), text, privileged=privileged, **more)


def ready_of(path):
    return KNOWN[path.parent.name].build(load(path)["settings"])


@pytest.mark.parametrize(("path", "case"), list(cases()))
def test_a_check_decides_its_case(path, case):
    looked_at = target(case, KNOWN[path.parent.name])
    if case.get("error"):
        with pytest.raises(ValueError):
            ready_of(path).look(looked_at)
        return
    outcome = ready_of(path).look(looked_at)
    assert outcome.applies is case.get("applies", True), outcome
    if "found" in case:
        parts = [looked_at.text[start:end] for start, end in outcome.ranges]
        assert parts == [plain(part) for part in case["found"]]
    assert outcome.hit is case.get("hit", bool(case.get("found"))), outcome
    assert case.get("reason", "") in outcome.reason


@pytest.mark.parametrize(
    "path", [p for p in FILES if "invalid" in load(p)], ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_settings_are_refused_in_one_line(path):
    with pytest.raises(ConfigError) as caught:
        ready_of(path)
    assert load(path)["invalid"] in str(caught.value)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", [p for p in FILES if "cases" in load(p)], ids=lambda p: p.stem)
def test_what_streams_finds_the_same_in_streams(path):
    """Where a check says it streams, `Hold` stops exactly where `look` has its first hit."""
    case_file = load(path)
    ready = ready_of(path)
    assert bool(ready.patterns) is case_file.get("streams", True)
    if not ready.patterns:
        return
    patterns = Patterns(ready.patterns)
    for case in case_file["cases"]:
        text = plain(case["text"])
        outcome = ready.look(Target("output", "text", text))
        hold = Hold(patterns)
        releases = [hold.append(char) for char in text]
        releases.append(hold.finish())
        hits = [hit for each in releases for hit in each.hits]
        assert bool(hits) is outcome.hit
        if hits:
            assert hits[0].start == outcome.ranges[0][0]
            assert "".join(each.text for each in releases) == text[: outcome.ranges[0][0]]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_check_is_whole(name):
    check = KNOWN[name]
    lines = (check.__doc__ or "").splitlines()
    assert lines[0].endswith(".")
    assert [line for line in lines if line and not line.startswith(" ")][1:] == HEADINGS
    assert check.STAGES
    assert check.STAGES <= STAGES
    assert check.CHANNELS
    assert check.CHANNELS <= CHANNELS
    assert Effect(check.EFFECT) is not Effect.ALLOW
    folder = [load(path) for path in FILES if path.parent.name == name]
    assert any("invalid" in file for file in folder)
    shown = [case for file in folder for case in file.get("cases", [])]
    outcomes = {case.get("hit", bool(case.get("found"))) for case in shown}
    assert outcomes == {True, False}


def test_every_check_has_settings_to_try():
    assert sorted(VALID) == sorted(KNOWN)
    assert {path.parent.name for path in FILES} == set(KNOWN)


READY = {name: KNOWN[name].build(given) for name, given in VALID.items()}


@pytest.mark.parametrize("name", sorted(VALID))
@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.characters(), max_size=60) | st.text("@+-. 4:19eyJAKIa\n\u200b", max_size=60)
)
def test_any_text_is_looked_at(name, text):
    """Halves of surrogate pairs too."""
    outcome = READY[name].look(Target("output", "text", text, privileged=(text,)))
    assert isinstance(outcome, Outcome)
    assert all(0 <= start < end <= len(text) for start, end in outcome.ranges)
    assert list(outcome.ranges) == sorted(outcome.ranges)


@pytest.mark.parametrize("name", sorted(VALID))
@settings(max_examples=40, deadline=None)
@given(
    given=st.dictionaries(
        st.sampled_from(["words", "patterns", "kinds", "tokens", "schema", "at", "is", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=3,
    )
)
def test_any_settings_are_used_or_refused(name, given):
    try:
        ready = KNOWN[name].build(given)
    except ConfigError:
        return
    ready.look(Target("output", "text", "some text", privileged=("some words",)))


@pytest.mark.parametrize("name", sorted(VALID))
@pytest.mark.parametrize("part", ["a", "4111 ", "a@", "eyJ", "-----BEGIN ", "[", "\u200b", "i'm "])
def test_long_texts_are_looked_at(name, part):
    """Nothing here is quadratic: it would not come to an end."""
    READY[name].look(
        Target("output", "text", privileged=(part,), text=part * (100_000 // len(part)))
    )

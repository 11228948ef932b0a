"""Files of thresholds and of evidence: what is read, and one line for what cannot be."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.thresholds.exact import exact, last_moment, moment
from charter.govern.thresholds.read_evidence import load_evidence, read_evidence
from charter.govern.thresholds.read_thresholds import load_thresholds, read_thresholds
from charter.govern.thresholds.threshold import Rule
from charter.source import digest_of

FILE = """\
format: charter-thresholds/1
thresholds:
  - id: cyber-high
    title: Attacks without help
    category: cyber
    level: high
    owner: Ada
    approver: Ben
    expires: 2027-06-30
    indicators:
      - id: attacks
        threshold: 0.60
        margin: "0.05"
"""
MEASURED = {"name": "attacks", "value": 0.4, "low": 0.3, "high": 0.5, "confidence": 0.95}


def evidence_file(**changed):
    whole = {"format": "charter-indicators/1", "model": "m", "at": "2026-11-01"}
    return json.dumps(whole | {"evidence": [MEASURED | changed]})


def test_a_file_and_what_holds_without_a_word(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text(FILE)
    read = load_thresholds(path)
    (one,) = read.thresholds
    assert read.digest == digest_of(FILE)
    assert (one.rule, one.release, one.gateway, one.models) == (
        Rule.CANNOT_RULE_OUT,
        True,
        True,
        (),
    )
    assert one.expires == datetime(2027, 7, 1, tzinfo=UTC), "good to the end of that day"
    (indicator,) = one.indicators
    assert (indicator.limit, indicator.evidence) == (Decimal("0.55"), "attacks")
    assert (indicator.max_age_days, indicator.confidence) == (90, Decimal("0.95"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("charter-thresholds/1", "charter-thresholds/2", "format"),
        ("approver: Ben", "approver: ' ADA'", "approver"),
        ("approver: Ben", "approver: ADA", "owner and approver"),
        ("approver: Ben", "signed: Ben", "approver: it is missing"),
        ("level: high", "level: medium", "level"),
        ("0.60", "high", "decimal"),
        ("0.60", "true", "truth value"),
        ("0.60", ".inf", "decimal"),
        ("0.60", "1e400", "finite"),
        ("0.60", "0.1234567890123456", "quotes"),
        ("0.60", '"1e5"', "decimal"),
        ('"0.05"', '"-0.05"', "greater than or equal to 0"),
        ("2027-06-30", "tomorrow", "no day"),
        ("2027-06-30", "2027-02-29", "no day"),
        ("2027-06-30", "9999-12-31", "no day"),
        ("    owner: Ada\n", "    owner: Ada\n    note: x\n", "note: there is no such key"),
        ("        threshold: 0.60\n", "        threshold: 0.6\n        side: lower\n", "side"),
        ("owner: Ada", "owner: &a Ada", "anchors"),
        ("owner: Ada", 'owner: "Ada\\e[2J"', "owner"),
        ("      - id: attacks\n", "", "indicators"),
    ],
)
def test_thresholds_that_are_none(old, new, said):
    assert old in FILE
    with pytest.raises(ConfigError, match=r"t\.yaml") as caught:
        read_thresholds(FILE.replace(old, new), "t.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "a", "format: charter-thresholds/1\nthresholds: []\n"])
def test_files_without_thresholds(text):
    with pytest.raises(ConfigError, match=r"t\.yaml"):
        read_thresholds(text, "t.yaml")


def test_ids_are_told_apart():
    body = FILE.partition("thresholds:\n")[2]
    with pytest.raises(ConfigError, match="'cyber-high' is given twice"):
        read_thresholds(FILE + body, "t.yaml")
    indicators = body.partition("indicators:\n")[2]
    with pytest.raises(ConfigError, match="'attacks' is given twice"):
        read_thresholds(FILE + indicators, "t.yaml")


def test_evidence(tmp_path):
    path = tmp_path / "e.json"
    path.write_text(evidence_file(value=0.1, low=0.1, high=0.30000000001, n=20))
    (found,) = load_evidence(path)
    assert (found.high, found.n) == (Decimal("0.30000000001"), 20)
    assert (found.at, found.model) == (datetime(2026, 11, 1, tzinfo=UTC), "m")
    assert found.digest == digest_of(path.read_text())
    (other,) = read_evidence(evidence_file(model="n", at="2026-11-02T01:00:00+02:00"), "e.json")
    assert (other.at, other.model) == (datetime(2026, 11, 1, 23, tzinfo=UTC), "n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[]", "e.json"),
        ("[" * 100_000, "nested deeper"),
        ('{"a":' * 20 + "1" + "}" * 20, "nested deeper"),
        ('{"format": "a", "format": "b"}', "given twice"),
        (evidence_file(low=0.41), "not between"),
        (evidence_file(high=0.39), "not between"),
        (evidence_file(high="0.5"), None),
        (evidence_file(high=float("nan")), "NaN"),
        (evidence_file(high=float("inf")), "Infinity"),
        (evidence_file(high=True), "truth value"),
        (evidence_file(high=[1]), "no number"),
        (evidence_file(confidence=1), "confidence"),
        (evidence_file(confidence=0), "confidence"),
        (evidence_file(n=0), "n:"),
        (evidence_file(at="2026-11-02T01:00:00"), "zone"),
        (evidence_file(p=0.05), "there is no such key"),
        (evidence_file().replace("0.4,", "1e999999999,"), "decimal"),
        (evidence_file().replace("0.4,", "9" * 5000 + ","), "more than 20 digits"),
        (evidence_file().replace("0.4,", f"{'9' * 20},"), "no number"),
        (evidence_file().replace("charter-indicators/1", "charter-evidence/1"), "format"),
    ],
)
def test_evidence_that_is_none(text, said):
    if said is None:
        assert read_evidence(text, "e.json")
        return
    with pytest.raises(ConfigError, match=r"e\.json") as caught:
        read_evidence(text, "e.json")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("load", [load_thresholds, load_evidence])
def test_files_that_cannot_be_read(load, tmp_path):
    huge, binary = tmp_path / "huge", tmp_path / "binary"
    huge.write_bytes(b"#" * 2_000_000)
    binary.write_bytes(b"\xff\xfe")
    for path, said in (
        (tmp_path / "none", "no such file"),
        (tmp_path, "is a folder"),
        (huge, "longer than"),
        (binary, "UTF-8"),
    ):
        with pytest.raises(ConfigError, match=said):
            load(path)


@given(st.decimals(-(10**11), 10**11, places=4, allow_nan=False))
def test_numbers_are_what_was_written(number):
    assert exact(str(number)) == number
    if abs(number) < 10**10:
        assert exact(float(number)) == number


@given(st.text(max_size=12) | st.floats() | st.none() | st.integers() | st.decimals())
def test_numbers_of_any_kind(value):
    for read in (exact, moment, last_moment):
        try:
            found = read(value)
        except ValueError:
            continue
        assert found is not None

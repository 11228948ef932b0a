"""The regimes that come with Charter, one test for every file, and files that are none."""

import pytest

from charter.errors import ConfigError
from charter.govern.incidents.regime import READ, RECALLED, SECONDARY
from charter.govern.incidents.regime_file import (
    FOLDER,
    load_regime,
    load_regimes,
    questions,
    read_regime,
)
from charter.govern.incidents.vocabulary import TEXTS, vocabulary

from .made import NOW

FILES = sorted(FOLDER.glob("*.yaml"))
VERIFIED = {
    "eu-ai-act-73": SECONDARY,
    "eu-dora": RECALLED,
    "eu-gpai-code": READ,
    "eu-nis2": RECALLED,
    "gdpr-33": RECALLED,
    "us-ca-sb53": READ,
    "us-ny-raise": SECONDARY,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_a_regime(file):
    regime = load_regime(file)
    assert regime.id == file.stem
    assert regime.verified == VERIFIED[regime.id], "say here how well a new regime is verified"
    assert regime.law_checked_on < NOW < regime.review_by
    assert not regime.is_stale(NOW)
    assert regime.is_stale(regime.review_by)
    assert regime.stages[0].after == "start"


def test_all_of_them_ask_one_set_of_questions():
    regimes = load_regimes()
    assert [regime.id for regime in regimes] == sorted(VERIFIED)
    known = vocabulary(regimes)
    assert set(TEXTS) < set(known)
    assert questions(regimes)["jurisdictions"].choices == ("eu", "california", "new_york")


GOOD = """\
id: mine
title: Mine
source: A law
verified: read
law_checked_on: "2026-01-01"
review_by: "2027-01-01"
in_force_from: "2025-01-01"
starts_at: [aware_at]
questions:
  big: {ask: Is it big}
applies: {field: big, is: "yes"}
stages:
  - name: first
    title: Report
    to: Somebody
    cases: [{due: P2D}]
"""


def test_a_regime_is_added_by_one_file(tmp_path):
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert "mine" in [regime.id for regime in load_regimes(tmp_path)]


BAD = [
    ("id: mine", "id: Mine", "id"),
    ("verified: read", "verified: hoped", "verified"),
    ('"2026-01-01"', '"2026-13-01"', "law_checked_on"),
    ('"2027-01-01"', '"2026-01-01"', "review_by"),
    ("[aware_at]", "[lunch]", "lunch"),
    ("[aware_at]", "[]", "starts_at"),
    ("field: big, is", "field: small, is", "small"),
    ('is: "yes"', 'is: "perhaps"', "yes or no"),
    ('is: "yes"', "is: true", "applies.is"),
    ('is: "yes"', "has: [much]", "much"),
    ('{field: big, is: "yes"}', "{}", "applies"),
    ('{field: big, is: "yes"}', '{field: big, is: "yes", has: [a]}', "applies"),
    ('{field: big, is: "yes"}', '{all: [{field: big, is: "yes"}], field: big}', "applies"),
    ("  big: {ask: Is it big}", "  big: {ask: Is it big}\n  odd: {ask: Odd}", "odd"),
    ("P2D", "P2M", "due"),
    ("P2D", "P1Y", "due"),
    ("P2D", "2 days", "due"),
    ("[{due: P2D}]", "[]", "cases"),
    ("    to: Somebody", "    to: Somebody\n    after: second", "after"),
    ("    to: Somebody", "    to: Somebody\n    repeats: true", "after"),
    ("name: first", "name: start", "start"),
    ("title: Mine", "title: Mine\nsecret: 1", "secret"),
    ("title: Mine", "title: &a Mine", "anchors"),
    ("title: Mine", "title: Mine\ntitle: Mine", "given twice"),
    ("title: Mine", "title: [", "YAML"),
    (GOOD, "", "id"),
    (GOOD, "- a\n- b\n", "key: value"),
    (GOOD, "applies: " + "{all: [" * 30 + "]}" * 30, "nested deeper"),
    (GOOD, "a" * 100_000, "longer"),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD)
def test_what_is_wrong_is_named_with_its_file(old, new, said):
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        read_regime(GOOD.replace(old, new, 1), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml:")
    assert said in caught.value.message
    assert caught.value.hint


def test_folders_that_contradict_are_refused(tmp_path):
    (tmp_path / "gdpr-33.yaml").write_text(GOOD.replace("id: mine", "id: gdpr-33"))
    with pytest.raises(ConfigError, match="already"):
        load_regimes(tmp_path)
    (tmp_path / "gdpr-33.yaml").unlink()
    (tmp_path / "other.yaml").write_text(GOOD)
    with pytest.raises(ConfigError, match="it says 'mine'"):
        load_regimes(tmp_path)
    (tmp_path / "other.yaml").unlink()
    (tmp_path / "mine.yaml").write_text(GOOD.replace("big", "harm_kinds"))
    with pytest.raises(ConfigError, match="another form"):
        load_regimes(tmp_path)
    (tmp_path / "mine.yaml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_regimes(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_regimes(tmp_path / "nowhere")

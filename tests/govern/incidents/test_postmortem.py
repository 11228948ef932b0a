"""Incidents as Markdown, and what the public does not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.incidents.clocks import clocks
from charter.govern.incidents.closing import Proof
from charter.govern.incidents.escape import escaped, neutral, paragraphs
from charter.govern.incidents.postmortem import Parts, render
from charter.govern.incidents.redaction import Redaction, parse
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.instants import zone_of
from charter.records.incident import Link

from .made import GPAI, NOW, field, incident, submitted, time

CHANGES = (
    *GPAI,  # 1, 2
    field("harm_kinds", "death"),
    time("aware_at", "2026-11-20T09:00:00Z", "evidence-x"),
    field("harm", "harm-x"),  # 5
    field("submitter_email", "mail-x"),
    ("link", {"links": (Link("model", "model-x"),)}),
    ("contained", {"name": "stop", "value": "stop-x", "reason": "app-x", "by": "cy"}),
    ("cause", {"value": "cause-x"}),
    ("regression", {"name": "scenario-x", "value": "run-a run-b"}),  # 10
    ("postmortem", {"value": "lesson-x", "by": "dora"}),
    ("reviewed", {"state": "accepted", "value": "11", "by": "evelyn"}),
    ("field", {"name": "affected", "state": "withheld", "reason": "private-x"}),
    submitted("eu-gpai-code/initial", "2026-11-21T09:00:00Z"),
)


def rendered(*what, public=False, changes=CHANGES, zone=None, **more):
    found = incident(*changes, **more)
    counted = clocks(found, load_regimes(), now=NOW)
    proofs = tuple(Proof(each, None, None) for each in found.regressions)
    redactions = [Redaction(each, "because") for each in what]
    parts = Parts(found, counted, proofs, NOW, zone)
    return render(parts, for_public=public, redactions=redactions)


def test_everything_is_there():
    text = rendered()
    for word in ("harm", "evidence", "mail", "model", "stop", "app", "cause", "scenario", "lesson"):
        assert f"{word}-x" in text, word
    for said in (
        "# Code told",
        "eu-gpai-code initial: met, due 2026-11-30 09:00 UTC",
        "affected: withheld: private-x",
        "accepted by evelyn",
        "Written by dora",
        "run run-a has no such scenario",
    ):
        assert said in text, said
    assert "DRILL" in rendered(drill=True)
    assert "2026-11-20 10:00 +01:00" in rendered(zone=zone_of("Europe/Berlin"))


HIDING = [
    ("field:harm", "harm-x"),
    ("change:5", "harm-x"),
    ("time:aware_at", "evidence-x"),
    ("links", "model-x"),
    ("change:7", "model-x"),
    ("change:8", "stop-x"),
    ("cause", "cause-x"),
    ("postmortem", "lesson-x"),
    ("change:10", "scenario-x"),
    ("title", "Code told"),
    ("summary", "What it was"),
    ("change:0", "Code told"),
    ("people", "dora"),
    ("clocks", "2026-11-30"),
    ("field:harm_kinds", "2026-11-30"),
    ("field:harm_kinds", "death of a person"),
    ("time:aware_at", "2026-11-30"),
    ("change:14", "2026-11-21 09:00"),
    ("field:affected", "private-x"),
]


@pytest.mark.parametrize(("what", "secret"), HIDING)
def test_what_is_withheld_stands_nowhere_and_says_why(what, secret):
    assert secret in rendered()
    text = rendered(what)
    assert secret not in text
    assert "withheld" in text
    assert what == "people" or "because" in text


def test_the_public_sees_no_names_and_nothing_of_who_submits():
    text = rendered(public=True)
    for name in ("dora", "evelyn", " ada", "cy:", "mail-x"):
        assert name not in text, name
    assert "harm-x" in text
    assert "(name withheld)" in text


@given(st.sets(st.sampled_from([what for what, _ in HIDING])))
def test_any_set_of_redactions_hides_all_of_it(chosen):
    text = rendered(*chosen, public=True)
    for what, secret in HIDING:
        if what in chosen:
            assert secret not in text, what


@pytest.mark.parametrize(
    "what", ["field:harmm", "change:99", "change:x", "time:resolved_at", "all", "", "field:"]
)
def test_a_slip_of_the_pen_shows_nothing(what):
    with pytest.raises(ConfigError, match="nothing of this incident"):
        rendered(what)


def test_redactions_are_written_with_a_reason():
    assert parse("field:harm=a court asked") == Redaction("field:harm", "a court asked")
    for text in ("field:harm", "field:harm=", "x=a\nb", "x=" + "y" * 201):
        with pytest.raises(ConfigError, match="not a redaction"):
            parse(text)


def test_a_post_mortem_is_markdown_without_html_images_and_scripts():
    text = "# Title\n\n<b>x</b> [a](javascript:b) [c](https://d) ![i](http://t) &#60;\n[r]: data:x"
    found = rendered(changes=(("postmortem", {"value": text}),))
    assert "### Title" in found
    assert "&lt;b>" in found
    assert "[a]\\(javascript" in found
    assert "[c](https://d)" in found
    assert "![i]" not in found
    assert "\n[r]:" not in found
    assert "]:" not in neutral("> [r]: data:x\n- [s]: javascript:x\n[a\nb]: data:y")


@given(st.text())
def test_words_of_people_never_become_markup(text):
    for found in (escaped(text), paragraphs(text)):
        assert "\n#" not in f"\n{found}"
        assert "<" not in found
        assert all(c.isprintable() or c == "\n" for c in found)
    assert "<" not in neutral(text)


def test_what_a_field_was_before_it_was_withheld_is_not_public():
    changes = (
        ("field", {"name": "harm", "state": "value", "value": "name-x"}),
        ("field", {"name": "harm", "state": "withheld", "reason": "privacy"}),
    )
    assert "name-x" in rendered(changes=changes)
    text = rendered(changes=changes, public=True)
    assert "name-x" not in text
    assert text.count("withheld: privacy") == 3

"""What an obligation is answered with, whatever the evidence is: applicability, dates, states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.obligations.answer import State, answers, unknown_questions
from charter.govern.obligations.organisation import read_organisation
from charter.govern.obligations.pack_file import read_pack
from charter.govern.obligations.query import FileSeen, Look
from charter.source import Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PACK = """
format: charter-obligations/1
id: small
title: Small
jurisdiction: Here
source: A text
law_checked_on: 2026-11-21
review_by: 2027-02-21
questions:
  here: {text: Is it here?, answers: [yes, no]}
  kind: {text: Which?, answers: [old, new, none]}
obligations:
  - id: one
    title: One
    text: One is kept.
    actors: [provider]
    applies:
      - {question: here, is: [yes]}
      - {question: kind, is: [old, new]}
    from_by:
      - {question: kind, is: [old], from: 2026-06-01}
      - {question: kind, is: [new], from: 2027-06-01}
    source: Art. 1
    verified: read
    evidence:
      - {query: document-kept, args: {document: plan}, needs: a plan, within_days: 365}
      - {query: document-kept, args: {document: list}, needs: a list}
"""
SHA = "ab" * 32


def look(text, *, files=None):
    organisation = read_organisation(
        Source("organisation.yaml", "format: charter-organisation/1\nname: X\n" + text)
    )
    return Look(at=NOW, organisation=organisation, files=files or {})


def answered(text, **more):
    ((found,),) = [each.answers for each in answers([pack()], look(text, **more))]
    return found


def pack(text=PACK):
    return read_pack(Source("small.yaml", text))


def docs(plan="2026-11-01", other="2026-11-01"):
    return (
        f"documents:\n  - {{id: plan, date: {plan}, file: p, sha256: {SHA}}}\n"
        f"  - {{id: list, date: {other}, file: l, sha256: {SHA}}}\n"
    )


BOTH = {"plan": FileSeen(found=True, sha256=SHA), "list": FileSeen(found=True, sha256=SHA)}
OURS = "actors: [provider]\nanswers: {here: yes, kind: old}\n"

APPLIES = [  # organisation, state, open questions
    ("", State.UNDECIDED, ("actors", "here", "kind")),
    ("actors: [provider]\n", State.UNDECIDED, ("here", "kind")),
    ("actors: [provider]\nanswers: {here: yes}\n", State.UNDECIDED, ("kind",)),
    ("answers: {here: yes, kind: old}\n", State.UNDECIDED, ("actors",)),
    ("actors: [provider]\nanswers: {here: no}\n", State.NOT_APPLICABLE, ()),
    ("answers: {here: no}\n", State.NOT_APPLICABLE, ()),
    ("actors: [deployer]\n", State.NOT_APPLICABLE, ()),
    ("actors: []\n", State.NOT_APPLICABLE, ()),
    ("actors: [provider]\nanswers: {kind: none}\n", State.NOT_APPLICABLE, ()),
    (OURS, State.NONE, ()),
    ("actors: [provider]\nanswers: {here: yes, kind: new}\n", State.NOT_YET, ()),
]


@pytest.mark.parametrize(("organisation", "state", "questions"), APPLIES)
def test_what_applies(organisation, state, questions):
    found = answered(organisation)
    assert (found.state, found.open) == (state, questions)


def test_what_is_not_in_force_says_from_when_and_what_is_there_so_far():
    found = answered("actors: [provider]\nanswers: {here: yes, kind: new}\n" + docs(), files=BOTH)
    assert found.state is State.NOT_YET
    assert found.why == "from 2027-06-01; so far: evidence"


def test_an_application_may_answer_for_itself():
    text = (
        "actors: [provider]\nanswers: {here: no, kind: old}\napplications:\n"
        "  - {name: desk, answers: {here: yes}}\n  - {name: lab}\n"
    )
    found = answered(text)
    assert found.applications == ("desk",)
    assert str(found.since) == "2026-06-01"


def test_one_open_application_keeps_it_open():
    text = (
        "actors: [provider]\nanswers: {kind: old}\napplications:\n"
        "  - {name: desk, answers: {here: no}}\n  - {name: lab}\n"
    )
    assert answered(text).open == ("here",)


GONE = FileSeen(found=False)
OTHER = FileSeen(found=True, sha256="cd" * 32)
STATES = [  # dates of both documents, files, state
    (("2026-11-01", "2026-11-01"), BOTH, State.EVIDENCE),
    (("2026-11-01", "2026-11-01"), {"plan": BOTH["plan"]}, State.OUT_OF_DATE),
    (("2026-11-01", "2026-11-01"), BOTH | {"list": GONE}, State.OUT_OF_DATE),
    (("2026-11-01", "2026-11-01"), BOTH | {"list": OTHER}, State.OUT_OF_DATE),
    (("2025-11-23", "2020-01-01"), BOTH, State.EVIDENCE),  # only the first may not be old
    (("2025-11-21", "2026-11-01"), BOTH, State.OUT_OF_DATE),
    (("2026-12-01", "2026-11-01"), BOTH, State.PARTIAL),  # dated ahead: no document yet
    (("2026-12-01", "2026-12-01"), BOTH, State.NONE),
]


@pytest.mark.parametrize(("days", "files", "state"), STATES)
def test_states(days, files, state):
    assert answered(OURS + docs(*days), files=files).state is state


def test_deleted_evidence_is_said_to_be_deleted():
    found = answered(OURS + docs(), files=BOTH | {"plan": GONE})
    assert found.missing[0].startswith("deleted: a plan")
    found = answered(OURS + docs("2025-01-01"), files=BOTH)
    assert found.missing[0].startswith("too old: a plan")


def test_what_is_named_without_a_digest_is_no_full_evidence():
    text = OURS + "documents:\n  - {id: plan, date: 2026-11-01, file: p}\n"
    assert answered(text, files=BOTH).state is State.PARTIAL


def test_it_ends_after_its_last_day():
    text = PACK.replace("    source: Art. 1", "    until: 2026-11-21\n    source: Art. 1")
    ((found,),) = [each.answers for each in answers([pack(text)], look(OURS))]
    assert found.state is State.ENDED
    text = text.replace("until: 2026-11-21", "until: 2026-11-22")
    ((found,),) = [each.answers for each in answers([pack(text)], look(OURS))]
    assert found.state is State.NONE


@pytest.mark.parametrize(
    ("day", "state"), [("2026-11-22", State.NONE), ("2026-11-23", State.NOT_YET)]
)
def test_it_is_in_force_on_its_first_day(day, state):
    text = PACK.replace("2026-06-01", day)
    ((found,),) = [each.answers for each in answers([pack(text)], look(OURS))]
    assert found.state is state


def test_evidence_of_exactly_its_age_still_counts():
    seen = look(OURS + docs("2025-11-22"), files=BOTH)
    midnight = NOW.replace(hour=0)
    for at, state in (
        (midnight, State.EVIDENCE),
        (midnight + timedelta(seconds=1), State.OUT_OF_DATE),
    ):
        ((found,),) = [each.answers for each in answers([pack()], replace(seen, at=at))]
        assert found.state is state


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(ConfigError, match=r"answers\.kind: 'blue'"):
        answered("answers: {kind: blue}\n")


def test_an_answer_that_nobody_asks_for_shows():
    found = unknown_questions([pack()], look("answers: {hear: yes, kind: old}\n").organisation)
    assert found == ("hear",)


CHOICES = {"here": ["yes", "no", None], "kind": ["old", "new", "none", None]}


@given(
    actors=st.sampled_from([None, [], ["provider"], ["deployer"], ["deployer", "provider"]]),
    here=st.sampled_from(CHOICES["here"]),
    kind=st.sampled_from(CHOICES["kind"]),
)
def test_it_is_not_applicable_only_where_no_completion_of_the_answers_makes_it_apply(
    actors, here, kind
):
    """Undecided exactly where some ways to answer what is open make it apply, and others not."""
    applies = set()
    for a in [actors] if actors is not None else [["provider"], ["deployer"]]:
        for h in [here] if here else ["yes", "no"]:
            for k in [kind] if kind else ["old", "new", "none"]:
                applies.add("provider" in a and h == "yes" and k in ("old", "new"))
    said = ", ".join(f"{n}: {v}" for n, v in (("here", here), ("kind", kind)) if v)
    text = f"answers: {{{said}}}\n"
    text += "" if actors is None else f"actors: [{', '.join(actors)}]\n"
    state = answered(text).state
    if applies == {False}:
        assert state is State.NOT_APPLICABLE
    elif len(applies) == 2 or kind is None:
        assert state is State.UNDECIDED
    else:
        assert state in (State.NONE, State.NOT_YET)


@given(age=st.integers(0, 2000))
def test_evidence_is_out_of_date_from_the_day_after_its_time(age):
    day = (NOW - timedelta(days=age)).date()
    found = answered(OURS + docs(str(day)), files=BOTH)
    # a document of a day counts from its first moment; NOW is at noon
    assert (found.state is State.OUT_OF_DATE) == (age >= 365)

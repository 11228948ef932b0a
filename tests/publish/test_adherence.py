"""Adherence beside a rule: the figures of a report, as they stand there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.publish.adherence import adherence
from charter.publish.adherence_failures import LONGEST, MOST

from .reports import DIGEST, case, figures, group, report, share


def test_the_newest_finished_run_of_each_model_speaks():
    found = adherence(
        [
            report("c", "2026-03-01", finished=False),
            report("b", "2026-02-01"),
            report("a", "2026-01-01"),
            report("d", "2026-01-01", model="other"),
        ]
    )
    assert [run.id for run in found.runs] == ["a", "d", "b"]
    whole = [(row.run.model, row.run.id) for row in found.of_whole([DIGEST])]
    assert whole == [("p:m", "b"), ("p:other", "d")]
    assert found.of_whole(["sha256:2"]) == ()
    assert found.models == ("p:m", "p:other")


def test_what_nobody_measured_is_not_measured_and_what_is_scarce_not_stated():
    found = adherence([report("a", "2026-01-01")])
    kind, rare = (found.of_section([DIGEST], name)[0].cell for name in ("kind", "rare"))
    assert kind is not None
    assert kind.said == "met"
    assert kind.adherence.share is not None
    assert kind.adherence.share.value == 0.8
    assert kind.over_refusal.share is not None
    assert kind.under_refusal.share is None
    assert rare is not None
    assert rare.adherence.share is None
    assert rare.said == "not enough evidence"
    assert found.of_section([DIGEST], "nowhere")[0].cell is None


def test_the_corrected_figure_is_the_one_to_show():
    both = figures(share(0.9), share(0.7))
    found = adherence([report("a", "2026-01-01", sections=[group("kind", adherence=both)])])
    cell = found.runs[0].sections["kind"]
    assert cell.adherence.share is not None
    assert cell.adherence.share.value == 0.7
    assert cell.said == "measured"


def test_a_figure_that_the_report_does_not_state_is_not_stated():
    scarce = group("kind", adherence=figures(share(0.9))) | {"enough": False}
    found = adherence([report("a", "2026-01-01", sections=[scarce])])
    assert found.runs[0].sections["kind"].adherence.share is None


def test_a_model_with_a_brief_is_another_model():
    found = adherence([report("a", "2026-01-01", brief={"digest": "x"})])
    assert found.models == ("p:m with a brief",)


def asked(name, number, *, decided=None, value=0.8):
    """Return a section of which so many scenarios were asked."""
    decided = number if decided is None else decided
    stated = share(value, decided) if decided > 3 else None
    return group(name, adherence=figures(stated, scenarios=number, decided=decided))


def test_the_newest_run_that_asked_nearly_all_of_a_thing_speaks_for_it():
    full = [asked("kind", 100), asked("old", 20), asked("rest", 9)]
    part = [asked("kind", 1), asked("new", 5), asked("rest", 9)]
    found = adherence(
        [
            report("a", "2026-01-01", sections=full, whole=asked("whole", 129)),
            report("b", "2026-02-01", sections=part, whole=asked("whole", 15), clauses=[]),
        ]
    )
    said = {name: found.of_section([DIGEST], name)[0] for name in ("kind", "new", "old", "rest")}
    assert {name: (row.run.id, row.older) for name, row in said.items()} == {
        "kind": ("a", True),
        "new": ("b", False),
        "old": ("a", False),
        "rest": ("b", False),
    }
    assert found.of_section([DIGEST], "nowhere")[0].cell is None
    assert found.of_clause([DIGEST], "kind/abcd")[0].run.id == "a"
    (whole,) = found.of_whole([DIGEST])
    assert (whole.run.id, whole.older) == ("a", True)
    assert found.of_level([DIGEST], "user")[0].run.id == "a"


@pytest.mark.parametrize(("number", "run"), [(100, "b"), (90, "b"), (89, "a"), (0, "a")])
def test_a_newer_run_may_have_a_little_less(number, run):
    found = adherence(
        [
            report("a", "2026-01-01", sections=[asked("kind", 100)]),
            report("b", "2026-02-01", sections=[asked("kind", number)]),
        ]
    )
    (row,) = found.of_section([DIGEST], "kind")
    assert row.run.id == run
    assert row.fuller is None


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=1, max_size=6))
def test_no_outcome_has_a_part_in_which_run_speaks(given_):
    def chosen(values):
        runs = [
            report(f"r{at}", f"2026-01-0{at + 1}", sections=[asked("kind", number, value=value)])
            for at, ((number, _), value) in enumerate(zip(given_, values, strict=True))
        ]
        return adherence(runs).of_section([DIGEST], "kind")[0].run.id

    values = [value for _, value in given_]
    assert chosen(values) == chosen([1 - value for value in values])


def test_a_run_that_decided_more_is_named():
    judged = asked("kind", 90, value=0.5)
    for decided in (0, 40):
        plain = asked("kind", 90, decided=decided)
        found = adherence(
            [
                report("a", "2026-01-01", sections=[judged]),
                report("b", "2026-02-01", sections=[plain]),
            ],
        )
        (row,) = found.of_section([DIGEST], "kind")
        assert row.run.id == "b"
        assert row.fuller is not None
        run, cell = row.fuller
        assert (run.id, cell.adherence.decided) == ("a", 90)


def test_runs_on_the_base_stand_in_where_none_is_on_the_stack():
    base = report("a", "2026-03-01", sections=[group("kind"), group("old")])
    stack = report("b", "2026-01-01", digest="sha256:2", sections=[group("kind")], clauses=[])
    other = report("c", "2026-01-01", model="other")
    found = adherence([base, stack, other])
    texts = ["sha256:2", DIGEST]
    rows = {row.run.model: row for row in found.of_section(texts, "kind")}
    assert {model: (row.run.id, row.bare) for model, row in rows.items()} == {
        "p:m": ("b", False),
        "p:other": ("c", True),
    }
    old = found.of_section(texts, "old")[0]
    assert (old.run.id, old.bare) == ("a", True)
    assert [(row.run.id, row.bare) for row in found.of_whole(texts)] == [("b", False), ("c", True)]
    assert found.measured(texts)
    assert not found.measured(["sha256:3"])


def test_levels_go_by_their_names():
    assert set(adherence([report("a", "2026-01-01")]).runs[0].authorities) == {"user", "root"}


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="charter-report/2"):
        adherence([{"format": "charter-report/1"}])


def test_failures_are_kept_only_where_asked_for():
    given = [report("a", "2026-01-01", cases=[case("kind", "one")])]
    assert not adherence(given).runs[0].failures
    assert adherence(given, failures=True).runs[0].failures["kind"].total == 1


def test_a_few_failures_are_shown_and_each_sort_has_its_turn():
    cases = [
        *(case("kind", f"o{at}") for at in range(9)),
        case("kind", "late", kind="under_refusal", reply={"text": "x" * 9999, "calls": [1]}),
        case("kind", "kept", verdict="adhered"),
        case("kind", "lost", reply=None),
    ]
    run = adherence([report("a", "2026-01-01", cases=cases)], failures=True).runs[0]
    found = run.failures["kind"]
    assert found.total == 10
    assert [each.scenario for each in found.shown] == ["o0", "o1", "late"]
    assert len(found.shown) == MOST
    reply = found.shown[-1].reply
    assert (len(reply.shown), reply.omitted) == (LONGEST, 9999 - LONGEST)
    assert found.shown[-1].calls == 1

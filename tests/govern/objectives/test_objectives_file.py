"""Files of objectives, good and bad, and OpenSLO."""

import json
import re
from fractions import Fraction

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.objectives.grafana import dashboard
from charter.govern.objectives.indicator import Waited, indicators
from charter.govern.objectives.objective import STANDARD, Objective, Scope, Windows
from charter.govern.objectives.objectives_file import load_objectives, read_objectives
from charter.govern.objectives.objectives_text import objectives_text
from charter.govern.objectives.openslo import MOST_DESCRIPTION, from_openslo, to_openslo
from charter.govern.objectives.prometheus import rules

HEAD = "format: charter-objectives/1\nobjectives:\n"


def file_of(entry):
    return f"{HEAD} - {{{entry}}}\n"


GOOD = "id: a, title: A, indicator: failures, target: 0.99"


def test_what_is_left_out_has_its_usual_value():
    found = read_objectives(file_of(GOOD), "o.yaml")
    assert found.every == (
        Objective("a", "A", "failures", Scope(), Fraction(99, 100), 30, STANDARD),
    )
    assert found.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["format: charter-objectives/1"]),
        ("format: other/1\n", ["format: charter-objectives/1"]),
        ("- a\n", ["key: value"]),
        ("a: &x 1\nb: *x\n", ["anchors"]),
        (HEAD.rstrip() + " []\n", ["objectives", "at least 1"]),
        (file_of(GOOD) + f" - {{{GOOD}}}\n", ["objective a", "two have this id"]),
        (file_of(GOOD.replace("failures", "feelings")), ["feelings", "accord", "queue-load"]),
        (file_of(GOOD + ", colour: red"), ["o.yaml:3", "objectives.0.colour"]),
        (file_of(GOOD.replace("title: A", 'title: "A\\u202e"')), ["objective a", "title"]),
        (file_of(GOOD.replace("id: a", "id: A b")), ["o.yaml:3", "objectives.0.id"]),
        (file_of(GOOD.replace("0.99", "1.0")), ["target", "0.99"]),
        (file_of(GOOD.replace("0.99", "0.0")), ["target"]),
        (file_of(GOOD.replace("0.99", ".inf")), ["target"]),
        (file_of(GOOD.replace("0.99", "'1e9'")), ["target"]),
        (file_of(GOOD.replace("0.99", "99")), ["target"]),
        (file_of(GOOD.replace("0.99", "0.9")), ["page-1h", "never fire", "10", "14.4", "page-6h"]),
        (file_of(GOOD + ", days: 0"), ["days"]),
        (file_of(GOOD + ", days: 1"), ["ticket-3d", "1 days"]),
        (file_of(GOOD + ", alerts: [soon]"), ["soon", "page-1h"]),
        (file_of(GOOD + ", alerts: [page-1h, page-1h]"), ["twice"]),
        (file_of(GOOD + ", within_seconds: 3"), ["within_seconds", "leave it out"]),
        (file_of(GOOD.replace("failures", "queue-wait")), ["needs within_seconds"]),
        (file_of(GOOD.replace("failures", "queue-load")), ["needs most_items"]),
        (file_of(GOOD.replace("failures", "checks-errored") + ", scope: {section: s}"),
         ["scope.section", "application, model"]),
        (file_of(GOOD + ", scope: {section: s, clause: s/c}"), ["a clause and a section"]),
        (file_of(GOOD + ", alerts: [{name: x, severity: page, long_minutes: 5, short_minutes: 60,"
                 " factor: 2}]"), ["alert x", "fit each other"]),
        (file_of(GOOD + ", alerts: [{name: x, severity: page, long_minutes: 60, short_minutes: 5,"
                 " factor: 0}]"), ["alert x", "factor"]),
        (file_of(GOOD + ", alerts: [{name: x, severity: page, long_minutes: 60, short_minutes: 5,"
                 " factor: 100}]"), ["alert x", "never fire"]),
        (HEAD + " - " * 30 + "{}\n", ["nested"]),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line_that_names_it(text, words):
    with pytest.raises(ConfigError) as refused:
        read_objectives(text, "o.yaml")
    line = str(refused.value)
    assert line.startswith("o.yaml")
    assert "\n" not in line
    for word in words:
        assert word in line


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a" * 70_000])
def test_a_file_that_is_no_text_or_too_long_is_refused(tmp_path, content):
    (tmp_path / "o.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"o\.yaml"):
        load_objectives(tmp_path / "o.yaml")
    with pytest.raises(ConfigError, match="no such file"):
        load_objectives(tmp_path / "none.yaml")


ids = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40).filter(
    lambda text: text.isprintable()
)
rows = st.builds(
    Windows,
    ids,
    st.sampled_from(["page", "ticket"]),
    st.integers(2, 1440),
    st.just(1),
    st.integers(1, 900).map(lambda number: Fraction(number, 100)),
)


@st.composite
def objectives(draw):
    known = indicators()
    name = draw(st.sampled_from(sorted(known)))
    indicator = known[name]
    scope = {
        field: draw(words) for field in sorted(indicator.scopes - {"clause"}) if draw(st.booleans())
    }
    waits = isinstance(indicator, Waited)
    loads = waits and indicator.load
    alerts = draw(st.lists(st.one_of(rows, st.sampled_from(STANDARD)), max_size=4,
                           unique_by=lambda row: row.name))  # fmt: skip
    return Objective(
        id=draw(ids),
        title=draw(words),
        indicator=name,
        scope=Scope(**scope),
        target=Fraction(draw(st.integers(950_000, 999_999)), 1_000_000),
        days=draw(st.integers(3, 90)),
        windows=draw(st.sampled_from([STANDARD, tuple(alerts)])),
        within=draw(st.integers(1, 9999)) if waits and not loads else None,
        most=draw(st.integers(0, 9999)) if loads else None,
        least_bad=draw(st.integers(1, 100)),
        least_events=draw(st.integers(1, 100)),
    )


several = st.lists(objectives(), min_size=1, max_size=3, unique_by=lambda each: each.id)


@settings(deadline=None, max_examples=30)
@given(several)
def test_files_and_openslo_lose_nothing(every):
    assert read_objectives(objectives_text(every), "o").every == tuple(every)
    assert from_openslo(to_openslo(every), "o") == tuple(every)


@settings(deadline=None, max_examples=12)
@given(several)
def test_what_other_tools_read_is_well_formed(every):
    documents = list(yaml.safe_load_all(to_openslo(every)))
    kinds = ["Service", "AlertNotificationTarget", *["SLO"] * len(every)]
    assert [each["kind"] for each in documents] == kinds
    told = documents[1]["metadata"]["name"]
    for document, each in zip(documents[2:], every, strict=True):
        assert 0 < len(document["metadata"]["displayName"]) <= 63
        for policy in document["spec"]["alertPolicies"]:  # what OpenSLO's own schema asks for
            assert policy["spec"]["notificationTargets"] == [{"targetRef": told}]
            test = policy["spec"]["conditions"][0]["spec"]["condition"]
            assert all(
                re.fullmatch("[1-9][0-9]*[mhdwMQY]", test[key])
                for key in ("lookbackWindow", "alertAfter")
            )
        assert len(document["spec"]["description"]) <= MOST_DESCRIPTION
        assert len(document["spec"]["alertPolicies"]) == len(each.windows)
        assert all(len(p["spec"]["conditions"]) == 1 for p in document["spec"]["alertPolicies"])
    groups = yaml.safe_load(rules(every))["groups"]
    assert len(groups) == len(every) + 1
    assert len({group["name"] for group in groups}) == len(groups)
    panels = json.loads(dashboard(every))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) == 3 * len(every)


def test_a_long_title_goes_there_and_back():
    (one,) = read_objectives(FILE_OF_ONE.format("T" * 150), "o").every
    (document,) = list(yaml.safe_load_all(to_openslo([one])))[2:]
    assert document["metadata"]["displayName"] == "T" * 63
    assert from_openslo(to_openslo([one]), "o") == (one,)


FILE_OF_ONE = (
    "format: charter-objectives/1\n"
    "objectives: [{{id: a, title: {}, indicator: failures, target: 0.99}}]\n"
)
PLAIN = """apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast}
spec:
  severity: page
  condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  conditions: [{conditionRef: fast}]
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: good-answers
  annotations: {charter/indicator: failures}
spec:
  budgetingMethod: Occurrences
  timeWindow: [{duration: 4w, isRolling: true}]
  objectives: [{targetPercent: 99.5}]
  alertPolicies: [{alertPolicyRef: fast}]
"""


def test_references_are_followed_and_the_second_window_is_a_twelfth():
    (found,) = from_openslo(PLAIN, "s.yaml")
    assert (found.id, found.target, found.days) == ("good-answers", Fraction("0.995"), 28)
    assert found.windows == (Windows("fast", "page", 60, 5, Fraction("14.4")),)


@pytest.mark.parametrize(
    ("was", "becomes", "word"),
    [
        ("charter/indicator", "other/indicator", "which indicator"),
        ("Occurrences", "Timeslices", "budgetingMethod"),
        ("isRolling: true", "calendar: {}", "timeWindow"),
        ("duration: 4w", "duration: 1M", "duration"),
        ("targetPercent: 99.5", "targetPercent: high", "target"),
        ("[{targetPercent: 99.5}]", "[{target: 0.9}, {target: 0.99}]", "objectives"),
        ("alertPolicyRef: fast", "alertPolicyRef: slow", "slow"),
        ("conditionRef: fast", "conditionRef: slow", "slow"),
        ("op: gt", "op: lt", "burnrate"),
        ("threshold: 14.4", "threshold: x", "threshold"),
        ("kind: SLO", "kind: SLI", "no SLO"),
        ("openslo/v1", "openslo/v2", "openslo/v1"),
        ("metadata: {name: fast}", "metadata: [", "line"),
    ],
)
def test_openslo_that_cannot_be_carried_over_is_refused(was, becomes, word):
    with pytest.raises(ConfigError, match=word) as refused:
        from_openslo(PLAIN.replace(was, becomes), "s.yaml")
    assert "\n" not in str(refused.value)


def test_an_alert_of_prometheus_asks_for_both_windows_and_the_guard():
    found = read_objectives(file_of(GOOD), "o").every
    (group, breaches) = yaml.safe_load(rules(found))["groups"]
    (page, *_) = [rule for rule in group["rules"] if "alert" in rule]
    assert page["expr"] == (
        'charter:objective_burn_rate{objective="a",minutes="60"} > 14.4 and ignoring(minutes)'
        ' charter:objective_burn_rate{objective="a",minutes="5"} > 14.4 and on()'
        ' max(charter_objective_confirmed{objective="a",alert="page-1h"}) == 1'
    )
    assert breaches["rules"][0]["labels"] == {"severity": "breach"}

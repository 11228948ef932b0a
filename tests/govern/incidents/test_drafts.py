"""Drafts filled from the record."""

import json
from importlib import metadata
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from charter.govern.incidents.drafts import avid
from charter.govern.incidents.drafts.render import FORMS, as_json, markdown
from charter.records.incident import Link

from .made import field, incident, time

WITHHELD = ("field", {"name": "affected", "state": "withheld", "reason": "a court asked"})
UNKNOWN = ("field", {"name": "patterns", "state": "unknown", "reason": "not looked at yet"})
FULL = (
    time("occurred_from", "2026-11-19T09:00:00Z"),  # 1
    field("harm", "a door was opened"),
    WITHHELD,
    field("chain_of_events", "asked, told"),
    UNKNOWN,  # 5
    ("cause", {"value": "A rule was missing."}),
    ("contained", {"name": "stop", "value": "stp_1", "reason": "app web"}),
    (
        "link",
        {"links": (Link("model", "m-1"), Link("decision", "d-7"), Link("application", "web"))},
    ),
    field("weights_injury", "no"),
    field("deceived_developer", "yes"),  # 10
    field("internal_use", "no"),
    field("avid_risk_domain", "Security, Ethics"),
    field("avid_sep_view", "S0301, p0400, X9"),
    field("avid_lifecycle_view", "L06"),
)


def points(form, found):
    return {(each.point, each.title): each for each in FORMS[form](found).fields}


def test_every_field_of_the_eu_form_names_its_records():
    found = points("eu-gpai", incident(*FULL))
    rows = {point: each for (point, _), each in found.items() if point != "10"}
    assert rows["1"].value == "from 2026-11-19 09:00 UTC, to unknown"
    assert rows["2"].value == (
        "harm: a door was opened\nkinds: unknown: nothing is recorded\n"
        "affected: withheld: a court asked"
    )
    assert (rows["3"].value, rows["4"].value) == ("asked, told", "model m-1")
    assert rows["5"].value == "decision d-7"
    assert rows["6"].value == "2026-11-20 09:00 UTC: stop stp_1: app web"
    assert (rows["7"].state, rows["7"].said) == ("unknown", "unknown: nothing is recorded")
    assert (rows["8"].value, rows["9"].said) == (
        "A rule was missing.",
        "unknown: not looked at yet",
    )
    assert [rows[str(number)].records for number in range(1, 10)] == [
        (1,),
        (2, 3),
        (4,),
        (8,),
        (8,),
        (7,),
        (),
        (6,),
        (5,),
    ]
    assert sum(point == "10" for point, _ in found) == 6


def test_the_report_to_california_has_its_four_fields():
    rows = {point: each for (point, _), each in points("us-ca-sb53", incident(*FULL)).items()}
    assert list(rows) == ["1", "2", "3", "4"]
    assert rows["2"].records == (10,)
    assert "deceived" in rows["2"].value
    assert "weights" not in rows["2"].value
    assert (rows["3"].value, rows["3"].records) == ("What it was.", (0,))
    assert (rows["4"].value, rows["4"].records) == ("no", (11,))


def test_the_avid_report_spells_its_codes():
    document = FORMS["avid"](incident(*FULL)).document
    assert document["impact"]["avid"] == {
        "risk_domain": ["Security", "Ethics"],
        "sep_view": ["S0301: Information Leak", "P0400: Safety"],
        "lifecycle_view": ["L06: Deployment"],
        "taxonomy_version": "0.2",
    }
    assert document["affects"] == {
        "developer": ["unknown"],
        "deployer": ["unknown"],
        "artifacts": [{"type": "Model", "name": "m-1"}, {"type": "System", "name": "web"}],
    }
    assert document["reported_date"] == "2026-11-20"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("changes", [FULL, ()], ids=["full", "empty"])
def test_avids_own_tools_read_the_report(changes):
    report = pytest.importorskip("avidtools.datamodels.report")
    if metadata.version("avidtools").startswith(("0.1.", "0.2.")):
        pytest.skip("an avidtools before 0.3: it reads another form")
    document = avid.draft(incident(*changes)).document
    read = report.Report.model_validate(document)
    assert json.loads(read.model_dump_json())["metadata"] == {"report_id": "inc_one"}
    assert set(document) == set(report.Report.model_fields)


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("drill", [True, False])
def test_drafts_say_what_they_are(form, drill):
    draft = FORMS[form](incident(drill=drill))
    text = markdown(draft)
    assert ("DRILL" in text) is drill
    assert "no legal advice" in text
    assert as_json(draft)["drill"] is drill
    assert json.loads(json.dumps(as_json(draft)))["fields"][0]["point"]
    assert ("DRILL" in json.dumps(draft.document or "")) is (drill and form == "avid")


HOSTILE = "# x\n<script>alert(1)</script>\n[a](javascript:b) ![i](http://t) \x1b[2J `code` | --- |"


@pytest.mark.parametrize("form", list(FORMS))
def test_what_people_wrote_stays_words(form):
    names = ("harm", "plain_statement", "model", "developer")
    found = incident(*(field(name, HOSTILE) for name in names), ("cause", {"value": HOSTILE}))
    text = markdown(FORMS[form](found))
    page = MarkdownIt("commonmark").render(text)
    assert not [mark for mark in ("<script", "<a ", "<img", "<code") if mark in page]
    assert page.count("<h1>") == 1
    assert "\x1b" not in text


def test_nobody_needs_the_tools_of_others_to_write_a_report():
    folder = Path(avid.__file__).parent
    assert not [file for file in folder.glob("*.py") if "import avidtools" in file.read_text()]

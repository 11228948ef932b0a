"""The packs that ship: each is whole, dated as stated, and asks what a query can answer."""

from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from charter.errors import ConfigError
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.obligations import pack_file
from charter.govern.obligations.pack_file import load_pack, load_packs, read_pack, schema, shipped
from charter.govern.obligations.query import queries
from charter.govern.roles import ROLES
from charter.source import Source
from charter.syntax.mapping import load_mapping

FOLDER = Path(pack_file.__file__).parent / "packs"
SMALL = """
format: charter-obligations/1
id: small
title: Small
jurisdiction: Here
source: A text
law_checked_on: 2026-11-21
review_by: 2027-02-21
questions:
  here: {text: Is it here?, answers: [yes, no]}
obligations:
  - id: logs
    title: Logs
    text: Logs are kept.
    actors: [provider]
    applies:
      - {question: here, is: [yes]}
    from: 2026-01-01
    source: Art. 1
    verified: read
    evidence:
      - {query: logs-kept, args: {days: 30}, needs: logs of 30 days}
"""


def small(old="", new=""):
    assert old in SMALL
    return read_pack(Source("small.yaml", SMALL.replace(old, new)))


@pytest.mark.parametrize("id_", shipped())
def test_a_pack_that_ships_reads_and_states_how_well_it_is_verified(id_):
    pack = load_pack(id_)
    assert pack.id == id_
    assert sum(pack.verified().values()) == len(pack.obligations)
    assert all(each.evidence for each in pack.obligations)
    for each in pack.obligations:
        assert "complian" not in f"{each.title} {each.text}".lower()
        assert len(each.text) < 300, each.id


@pytest.mark.parametrize("id_", shipped())
def test_a_pack_that_ships_keeps_to_the_schema(id_):
    text = (FOLDER / f"{id_}.yaml").read_text(encoding="utf-8")
    Draft202012Validator(schema()).validate(dict(load_mapping(text).values))


def test_ids_are_unique_over_all_packs_and_a_question_is_the_same_wherever_it_is_asked():
    packs = load_packs(())
    ids = [each.id for pack in packs for each in pack.obligations]
    assert len(ids) == len(set(ids)) >= 60
    questions = {}
    for pack in packs:
        for question in pack.questions.values():
            assert questions.setdefault(question.id, question) == question
    used = {c.question for p in packs for o in p.obligations for c in o.applies}
    assert used | {"gpai-first-offered"} == set(questions)


def test_every_query_that_ships_is_asked_by_a_pack():
    asked = {e.query for pack in load_packs(()) for o in pack.obligations for e in o.evidence}
    assert asked == set(queries())


FROM = [  # regime, obligation, answer that decides -> date; as the reference has them
    ("eu-ai-act", "aia-provider-logs-kept", "annex-iii", "2027-12-02"),
    ("eu-ai-act", "aia-deployer-oversight", "annex-i", "2028-08-02"),
    ("eu-ai-act", "aia-tell-people", None, "2026-08-02"),
    ("eu-ai-act", "aia-mark-output", "already-on-the-market", "2026-12-02"),
    ("eu-ai-act", "aia-no-abuse-imagery", None, "2026-12-02"),
    ("eu-ai-act", "aia-serious-incident-clock", None, "2026-08-02"),
    ("eu-gpai-code", "gpai-framework", "before-august-2025", "2027-08-02"),
    ("eu-gpai-code", "gpai-framework", "august-2025-or-later", "2025-08-02"),
    ("us-ca-sb53", "sb53-incident-clock", None, "2026-01-01"),
    ("us-ny-raise", "raise-incident-clock", None, "2027-01-01"),
]


@pytest.mark.parametrize(("regime", "id_", "answer", "day"), FROM)
def test_dates_in_force(regime, id_, answer, day):
    (found,) = [each for each in load_pack(regime).obligations if each.id == id_]
    by = {a: each.day for each in found.since_by for a in each.condition.answers}
    assert str(by.get(answer, found.since)) == day


def test_only_what_was_read_is_marked_read():
    read = {pack.id for pack in load_packs(()) if pack.verified()["read"]}
    assert read == {"eu-gpai-code", "us-ca-sb53"}
    assert load_pack("nist-ai-rmf").law_checked_on is None


def test_reports_and_roles_that_packs_ask_for_are_those_that_are_recorded():
    regimes = {each.id: each for each in load_regimes()}
    asked = [e for pack in load_packs(()) for o in pack.obligations for e in o.evidence]
    reports = [each.arguments for each in asked if each.query == "incident-clocks-met"]
    assert len(reports) == 4
    for each in reports:
        regime, _, stage = each["report"].partition("/")
        assert regimes[regime].stage(stage) is not None
        assert set(each["starts"]) == set(regimes[regime].starts_at), regime
    for each in asked:
        if each.query == "roles-assigned":
            assert set(each.arguments["roles"]) <= set(ROLES)


def test_a_pack_past_its_review_warns():
    pack = small()
    assert pack.warnings(date(2027, 2, 21)) == ()
    (past,) = pack.warnings(date(2027, 2, 22))
    assert "2027-02-21" in past
    (ahead,) = pack.warnings(date(2026, 11, 20))
    assert "to come" in ahead
    assert (
        "never"
        in small("law_checked_on: 2026-11-21", "law_checked_on: null").warnings(date(2026, 12, 1))[
            0
        ]
    )


WRONG = [
    ("id: small", "id: small\nextra: 1", "extra"),
    ("title: Small", "title: 3", "title"),
    ("review_by: 2027-02-21", "review_by: 2027-02-30", "review_by"),
    ("review_by: 2027-02-21", "review_by: soon", "review_by"),
    ("verified: read", "verified: sure", "verified"),
    ("query: logs-kept", "query: nowhere", "nowhere"),
    ("{days: 30}", "{days: thirty}", "days"),
    ("{days: 30}", "{days: 100001}", "days"),
    ("{days: 30}", "{days: -1}", "days"),
    ("{days: 30}", "{}", "days"),
    ("{days: 30}", "{days: 30, weeks: 2}", "weeks"),
    ("question: here", "question: there", "there"),
    ("is: [yes]", "is: [maybe]", "maybe"),
    ("answers: [yes, no]", "answers: [true, false]", "quotation marks"),
    ("from: 2026-01-01", "from: 2026-01-01\n    until: 2025-01-01", "2025-01-01"),
    ("    source: Art. 1\n", "", "source"),
    ("charter-obligations/1", "charter-obligations/2", "format"),
    ("  - id: logs", "  - &a\n    id: logs", "anchors"),
    ("source: A text", "source: A text\nsource: B", "twice"),
]


@pytest.mark.parametrize(("old", "new", "word"), WRONG)
def test_a_pack_that_is_wrong_is_refused_in_one_line(old, new, word):
    with pytest.raises(ConfigError, match=r"small\.yaml") as found:
        small(old, new)
    assert word in str(found.value)
    assert "\n" not in str(found.value)


def test_a_pack_is_named_by_its_id_or_by_a_file(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    assert load_pack(str(file)).obligations[0].id == "logs"
    with pytest.raises(ConfigError, match="eu-ai-act"):
        load_pack("eu")
    with pytest.raises(ConfigError, match="two packs"):
        load_packs([str(file), str(file)])
    with pytest.raises(ConfigError):
        load_pack(str(tmp_path / "gone.yaml"))


def test_every_pack_and_query_is_documented():
    page = Path(__file__).parents[3] / "docs" / "obligations.md"
    text = page.read_text(encoding="utf-8")
    for name in (*shipped(), *queries()):
        assert f"`{name}`" in text, name

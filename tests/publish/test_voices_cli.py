"""`charter publish --voices`: what people said, and nobody singled out by it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from tests.evolve.proposals.made import made, wording
from tests.evolve.surveys.people import small

from charter.cli.main import cli
from charter.errors import CharterError
from charter.evolve.results.results import HeardResult
from charter.evolve.surveys.opening import open_survey
from charter.ledger.open import open_ledger
from charter.publish.links import check
from charter.records.proposal import ProposalMoved

from .opinions import AT, SECRETS, both, recorded, results, without, written
from .texts import THIRD

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a spec."""
    monkeypatch.chdir(tmp_path)
    Path("spec.md").write_text(f"---\nversion: 1\n---\n{THIRD}", encoding="utf-8")


def publish(*more):
    """Run the verb."""
    command = ["publish", "spec.md", "--out", "site", "--no-search", *map(str, more)]
    return CliRunner().invoke(cli, command)


def published(*more):
    """Publish, and return the texts of the pages."""
    done = publish(*more)
    assert done.exit_code == 0, (done.output, done.exception)
    files = [each for each in Path("site").rglob("*") if each.suffix in {".html", ".json"}]
    return {str(e.relative_to("site")): e.read_text(encoding="utf-8") for e in files}


def test_every_statement_that_is_known_stands_with_its_interval_by_channel():
    found = both()
    files = published("--voices", written(Path("r.json"), found))
    page = files["voices/reading-room.html"]
    assert check(Path("site")) == ()
    drawn, came = (page.index(e) for e in ("were drawn and invited</h2>", "by themselves</h2>"))
    assert drawn < came
    for channel in found.channels:
        own = page[came:] if channel.channel == "open" else page[drawn:came]
        for each in (e for e in channel.statements if e.plain):
            agree = each.plain.agree
            said = f"({100 * agree.low:.0f}\u2013{100 * agree.high:.0f}\u00a0%)"
            row = own[own.index(f">{each.text}<") :]
            assert said in row[: row.index("</tr>")], each.item
    assert 'href="voices/index.html"' in files["index.html"]
    assert "reading-room" in files["voices/index.html"]
    assert "No shares of a population were named" in page


def test_what_divides_people_stands_first_and_nothing_is_left_out():
    found = results()
    page = published("--voices", written(Path("r.json"), found))["voices/reading-room.html"]
    shown = [each for each in found.channels[0].statements if each.plain]
    places = {each.item: page.index(f">{each.text}<") for each in shown}
    gaps = {e.item: e.gap.gap.value for e in shown if e.gap}
    assert len(gaps) > 2
    assert min(places, key=places.get) == max(gaps, key=gaps.get)


def test_the_json_beside_is_of_the_published_schema_and_can_be_published_again():
    files = published("--voices", written(Path("r.json"), results()))
    schema = json.loads(files["schema/survey-results.json"])
    Draft202012Validator(schema).validate(json.loads(files["voices/reading-room.json"]))
    again = publish("--voices", "site/voices/reading-room.json")
    assert "0 written, 0 removed" in again.output


def test_few_people_by_subtracting_from_an_earlier_edition_are_refused():
    now = results()
    published("--voices", written(Path("r.json"), without(now, "s00", 3)))
    before = Path("site/voices/reading-room.json").read_bytes()
    done = publish("--voices", written(Path("r.json"), now))
    assert done.exit_code == 1
    assert "open/s00/by group: 3 could be told apart" in done.stderr
    assert Path("site/voices/reading-room.json").read_bytes() == before


def test_an_edition_before_the_last_counts_even_when_its_page_was_taken_down():
    now = results()
    published("--voices", written(Path("a.json"), without(now, "s00", 3)))
    files = published()
    assert "voices/reading-room.html" not in files
    assert sum(name.startswith("voices/earlier/") for name in files) == 1
    published("--voices", written(Path("b.json"), without(now, "s00", 15)))
    assert publish("--voices", written(Path("c.json"), now)).exit_code == 1


def test_a_survey_that_is_named_twice_and_a_small_cell_are_refused():
    now = results()
    other = replace(without(now, "s00", 4), source="again", survey=now.survey)
    first, second = written(Path("a.json"), now), written(Path("b.json"), other)
    with pytest.raises(CharterError, match="named twice"):
        raise publish("--voices", first, "--voices", second).exception
    small = written(Path("s.json"), without(now, "s00", _seen(now, "s00") - 4))
    done = publish("--voices", small)
    assert (done.exit_code, "4 could be told apart" in done.stderr) == (1, True)
    assert not Path("site").exists()


def _seen(found, item):
    return next(e.seen for e in found.channels[0].statements if e.item == item)


def test_results_that_no_check_could_see_through_are_refused():
    found = results()
    channel = found.channels[0]
    rows = tuple(replace(each, seen=None) for each in channel.statements)
    for changed in (
        replace(found, channels=(replace(channel, statements=rows),)),
        replace(found, rules=replace(found.rules, smallest=1)),
        replace(found, channels=(channel, channel)),
        replace(found, channels=(replace(channel, channel="other"),)),
        replace(found, channels=(replace(channel, heard=_twice(channel)),)),
    ):
        done = publish("--voices", written(Path("r.json"), changed))
        assert isinstance(done.exception, CharterError), done.output
    assert not Path("site").exists()


def _twice(channel):
    """Return options of a trait that are one and the same, so that a check may see one only."""
    one = HeardResult("age", "old", None, 20, "heard")
    return (*channel.heard, one, one)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_text("{}")])
def test_an_earlier_edition_that_is_gone_or_changed_is_refused(spoil):
    file = written(Path("r.json"), results())
    published("--voices", file)
    (kept,) = Path("site/voices/earlier").iterdir()
    spoil(kept)
    done = publish("--voices", file)
    assert isinstance(done.exception, CharterError)
    assert kept.name in str(done.exception)


def test_words_of_people_are_inert():
    hostile = '<script>x</script>"><img src=x onerror=alert(1)>'
    found = results()
    channel = found.channels[0]
    rows = tuple(replace(each, text=hostile) for each in channel.statements)
    named = replace(channel, statements=rows, notes=(hostile,), languages={hostile: 60})
    changed = replace(found, survey="../" + hostile, channels=(named,), findings=(hostile,))
    files = published("--voices", written(Path("r.json"), changed))
    pages = {name: text for name, text in files.items() if name.endswith(".html")}
    assert all("<script>x" not in text and "<img" not in text for text in pages.values())
    assert any("&lt;script&gt;x" in text for text in pages.values())
    assert check(Path("site")) == ()


def test_each_rule_has_its_history_of_voices():
    files = published("--voices", written(Path("r.json"), both()))
    page = files["s/keep_loans.html"]
    assert 'id="about.voices"' in page
    part = page[page.index('id="about.voices"') :]
    assert part.count('href="../voices/reading-room.html"') == 2  # both channels
    agree = results().channels[0].statements[0].plain.agree
    assert f"({100 * agree.low:.0f}\u2013{100 * agree.high:.0f}\u00a0%)" in part
    assert 'href="../s/keep_loans.html#keep_loans/loan"' in files["voices/reading-room.html"]
    assert 'id="about.voices"' not in files["s/mind_children.html"]


def test_people_who_came_and_who_were_drawn_are_set_side_by_side():
    files = published("--voices", written(Path("r.json"), both()))
    assert "Two ways to come to one survey" in files["voices/compared.html"]
    assert "held to be unacceptable: <bdi>A</bdi>" in files["voices/compared.html"]
    (pair,) = json.loads(files["voices/compared.json"])["pairs"]
    assert len(pair["differences"]) > 12
    assert "voices/compared.html" not in published("--voices", written(Path("r.json"), results()))


def test_a_form_without_a_ledger_to_read_is_refused():
    done = publish("--survey-form", "https://a.example/survey")
    assert isinstance(done.exception, CharterError)
    assert "--voices" in done.exception.hint


def decided(*more):
    """Publish with a ledger."""
    return published("--voices", recorded(Path("ledger")), *more)


def test_what_is_open_says_where_to_take_part():
    page = decided("--survey-form", "https://a.example/survey/")["voices/consultation.html"]
    assert 'href="https://a.example/survey/is-open"' in page
    assert "until it is closed" in page
    assert "reading-room" not in page  # closed
    titles = re.findall(r"Say enough (\d)</h3>", page)
    assert titles == ["1", "2"]  # those that are put to people, and no other
    assert page.count('href="decisions.html#about.proposal-') == 2
    assert check(Path("site")) == ()
    again = published("--voices", "ledger")["voices/consultation.html"]
    assert "https://" not in again
    assert "rules@example.org" in again


def test_a_survey_says_its_last_day_and_is_not_open_after_it():
    with open_ledger(recorded(Path("ledger"))) as ledger:
        for day in ("2026-11-22", "9999-12-31"):
            asked = small(f"until-{day[:4]}", title={"en": f"Until {day}"}, closes=day)
            open_survey(ledger, asked, by="x", at=AT)
    files = published("--voices", "ledger")
    page = files["voices/consultation.html"]
    assert "and until 9999-12-31 (UTC)" in page
    rows = json.loads(files["voices/consultation.json"])["surveys"]
    closing = {each["id"]: each["closes"] for each in rows}
    assert closing["until-9999"] == "9999-12-31"
    assert closing["is-open"] is None
    today = datetime.now(UTC).date().isoformat()
    assert ("until-2026" in closing) == (today <= "2026-11-22")


def test_weighted_figures_say_so_and_those_that_are_not():
    found = both()
    drawn = next(each for each in found.channels if each.channel == "panel")
    rubric = replace(drawn.rubrics[0], weighted=True)
    heavy = replace(drawn, weights=replace(drawn.weights, used=True), rubrics=(rubric,))
    found = replace(found, channels=(found.channels[0], heavy))
    page = published("--voices", written(Path("r.json"), found))["voices/reading-room.html"]
    panel, came = page.split('id="channel-open"')
    row = panel[panel.index(f">{rubric.text}<") :]
    assert "; weighted<" in row[: row.index("</tr>")]
    assert "; unweighted: too few of some who are weighed" in panel
    assert "; weighted<" not in came
    assert "unweighted" not in came


def test_decisions_say_what_was_done_and_why_and_name_nobody():
    found = written(Path("r.json"), results())
    files = decided("--voices", found)
    page = files["voices/decisions.html"]
    for said in ("2 public comments, 1 survey", "by owner: ", "why set_aside", "approver: "):
        assert said in page, said
    assert page.count("Adopted without its validation: overridden") == 1
    assert "People did not say with certainty" in page
    assert "A draft" not in page
    assert "Statement 0" in page  # by how many: as published on the page of the survey
    row = json.loads(files["voices/decisions.json"])["proposals"][2]
    assert (row["state"], row["overridden"], row["validation_holds"]) == ("adopted", True, False)
    assert [move["state"] for move in row["moves"]] == ["consultation", "validation", "adopted"]
    assert row["words"] == [
        {
            "was": "The assistant should answer in few words.\n",
            "now": "The assistant should answer in as few words as the question allows.\n",
        }
    ]
    assert page.count("in as few words as the question allows.") == 5
    assert f'id="{row["page"].partition("#")[2]}"' in page
    for name, text in files.items():
        assert not [secret for secret in SECRETS if secret in text], name


def test_pages_of_voices_are_there_for_machines_too():
    found = both()
    files = decided(
        "--voices", written(Path("r.json"), found), "--survey-form", "https://a.example"
    )
    index = json.loads(files["voices/index.json"])
    assert index["results"][0]["figures"] == "voices/reading-room.json"
    assert [each["people"] for each in index["results"][0]["channels"]] == [60, 60]
    assert {index[each] for each in ("compared", "consultation", "decisions")} <= {*files}
    assert "voices/index.json" in Path("site/llms.txt").read_text("utf-8")
    asked = json.loads(files["voices/consultation.json"])
    (survey,) = asked["surveys"]
    assert (survey["id"], survey["form"]) == ("is-open", "https://a.example/is-open")
    assert [each["state"] for each in asked["proposals"]] == ["consultation", "validation"]
    assert asked["proposals"][0]["survey"] == "is-open"


def test_a_proposal_keeps_its_address_when_an_older_draft_is_published():
    before = decided()["voices/decisions.json"]
    pages = {each["id"]: each["page"] for each in json.loads(before)["proposals"]}
    with open_ledger(Path("ledger")) as ledger:
        ledger.append(made("prop_0"), wording(run="prop_0"))
        move = ProposalMoved("prop_0", 1, AT, "x", "owner", "deferred", 1, "later", "", "")
        ledger.append(move)
    after = json.loads(published("--voices", "ledger")["voices/decisions.json"])["proposals"]
    assert len(after) == len(pages) + 1
    assert all(pages.get(each["id"], each["page"]) == each["page"] for each in after)


def test_a_rule_leads_to_the_proposals_that_change_it_and_its_section_to_the_others():
    page = decided()["s/welcome.html"]
    part = page[page.index('id="about.voices"') :]
    whole, rule = part.split("<h3>")[1:]
    assert [whole.count("decisions.html#about.proposal-") for whole in (whole, rule)] == [2, 3]
    assert 'href="#welcome/gree"' in rule
    assert "welcome/new1" not in part  # not there yet: it is no rule that is gone
    assert check(Path("site")) == ()


def test_comments_on_a_rule_that_is_gone_are_counted_under_it():
    counts = {"format": "charter-comments/1", "rules": []}
    digest = f"sha256:{'a' * 64}"
    for rule, people in (("welcome/gone", 4), ("welcome/gree", 2)):
        counts["rules"].append({"id": rule, "spec": digest, "accepted": {"agree": people}})
    Path("c.json").write_text(json.dumps(counts), encoding="utf-8")
    page = decided("--comments", "c.json")["s/welcome.html"]
    gone = page[page.index("<code>welcome/gone</code>, which is gone") :]
    assert "4 comments" in gone[: gone.index("</ul>")]


def test_what_was_put_in_order_or_rated_is_not_said_to_hide_its_agreement():
    found = both()
    channel = found.channels[0]
    about = replace(channel.rubrics[0], clauses=("welcome",))
    found = replace(found, channels=(replace(channel, rubrics=(about,)),))
    page = published("--voices", written(Path("r.json"), found))["s/welcome.html"]
    assert "no share of agreement is shown" not in page
    assert '<span class="kept-soft">ratings</span>' in page

"""`charter suite`: coverage, drafting and review, from the command line."""

import json
import os
import pty
import re
import sys
from contextlib import suppress

import pytest
from click.testing import CliRunner
from tests.evals.drafts.worlds import (
    SCENARIOS,
    conflict,
    reply,
    said,
    script,
    tradeoff,
    variation,
    world,
)

from charter.cli.main import cli
from charter.errors import (
    ConfigError,
    ModelUnavailable,
    ParseError,
    SpecError,
    StorageError,
    UnknownClause,
)
from charter.evals.coverage import coverage
from charter.evals.coverage_json import CoverageJson
from charter.evals.suite import compile_suite
from charter.load import load
from charter.models import embedding


def suite(*arguments, **more):
    return CliRunner().invoke(cli, ["suite", *(str(each) for each in arguments)], **more)


@pytest.fixture
def shop(tmp_path):
    return world(tmp_path / "shop")


@pytest.fixture
def model(tmp_path):
    """A model that drafts one scenario of each kind."""
    return script(
        tmp_path / "model.json",
        variation=reply(variation()),
        conflict=reply(conflict()),
        tradeoff=reply(tradeoff()),
    )


def draft(shop, model, *more, section="prices"):
    return suite("draft", shop, "--section", section, "--model", model, "--n", 1, *more)


def file_of(shop, section="prices"):
    return shop / "scenarios" / f"drafts_{section}.md"


def checked(shop):
    return CliRunner().invoke(cli, ["check", str(shop), "--info"]).stdout


def drafts_of(shop):
    return [s for s in compile_suite(load(shop), drafts=True).scenarios if s.draft]


# coverage


def test_coverage_lists_clauses_by_authority_and_strength(shop):
    result = suite("coverage", shop)
    assert result.exit_code == 0, result.exception
    lines = [line.split()[:3] for line in result.stdout.splitlines() if "scenario" in line]
    assert [line for line in lines if len(line) == 3 and "/" in line[2]] == [
        ["none", "must", "safe/brak"],
        ["one", "must", "prices/pric"],
        ["none", "should", "prices/whoo"],
        ["none", "should", "tone/frie"],
    ]


def test_coverage_can_be_limited_to_what_is_missing(shop):
    result = suite("coverage", shop, "--level", "none")
    assert "prices/whoo" in result.stdout
    assert "prices/pric" not in result.stdout


def test_coverage_as_json_is_of_its_format(shop):
    found = json.loads(suite("coverage", shop, "--json").stdout)
    CoverageJson.model_validate(found)
    assert found["counts"] == {"none": 3, "one": 1, "some": 0, "enough": 0}
    assert [part["authority"] for part in found["authorities"]] == [
        "root",
        "developer",
        "guideline",
    ]
    limited = json.loads(suite("coverage", shop, "--json", "--level", "none").stdout)
    CoverageJson.model_validate(limited)
    assert {clause["cover"] for clause in limited["clauses"]} == {"none"}
    assert limited["counts"] == found["counts"]


def test_coverage_of_the_starter():
    result = suite("coverage")
    assert result.exit_code == 0, result.exception
    total = sum(bool(s.authority) * len(s.clauses) for s in load("starter").sections)
    assert f"{total} clauses that bind" in result.stdout


def test_coverage_of_a_spec_without_scenarios(tmp_path):
    found = json.loads(suite("coverage", world(tmp_path, scenarios=None), "--json").stdout)
    assert found["counts"]["none"] == 4


def test_scenarios_for_training_cover_nothing(tmp_path):
    text = SCENARIOS.replace("clause=pric}", "clause=pric use=train}")
    found = json.loads(suite("coverage", world(tmp_path, text), "--json").stdout)
    assert found["counts"]["one"] == 0


# draft


def test_drafts_are_written_into_a_file_that_the_dialect_takes(shop, model):
    before = checked(shop)
    result = draft(shop, model)
    assert result.exit_code == 0, result.output
    assert f"{file_of(shop)}: 3 new drafts" in result.stdout
    assert checked(shop) == before
    found = drafts_of(shop)
    assert {scenario.id.split("_")[1] for scenario in found} == {
        "variation",
        "conflict",
        "tradeoff",
    }
    assert all(scenario.source for scenario in found)
    text = file_of(shop).read_text()
    assert text.startswith('---\nsection: prices\ncanary: "')
    assert re.search(r"<!-- draft of \d{4}-\d\d-\d\d, variation; model scripted:", text)


def test_drafts_count_nowhere_but_apart(shop, model):
    before = compile_suite(load(shop))
    draft(shop, model)
    spec = load(shop)
    assert compile_suite(spec).digest == before.digest
    counted = coverage(compile_suite(spec, drafts=True))
    clause = next(each for each in counted.clauses if each.id == "prices/pric")
    assert (clause.scenarios, clause.drafts) == (1, 1)
    result = suite("coverage", shop)
    assert "prices/pric (1 scenario, 1 draft)" in result.stdout


def test_drafting_again_adds_nothing_and_changes_nothing(shop, model):
    draft(shop, model)
    before = file_of(shop).read_bytes()
    result = draft(shop, model, "--kinds", "variation,tradeoff")
    assert result.exit_code == 0
    assert "2 left out: drafted before, or rejected" in result.stderr
    assert file_of(shop).read_bytes() == before


def test_a_section_with_drafts_alone_is_not_tested(shop, model):
    draft(shop, model, "--kinds", "tradeoff", section="tone")
    assert "tone" in {scenario.section for scenario in drafts_of(shop)}
    assert checked(shop).count("section-without-scenario") == 2


def test_what_a_person_wrote_into_the_file_stays(shop, model):
    draft(shop, model)
    by_hand = file_of(shop).read_text().replace("a saddle", "our saddle") + "\n<!-- note -->\n"
    file_of(shop).write_text(by_hand)
    later = script(shop / "m.json", variation=reply(variation("And what is a tandem worth?")))
    assert draft(shop, later, "--kinds", "variation").exit_code == 0
    assert file_of(shop).read_text().startswith(by_hand)
    assert len(drafts_of(shop)) == 4


def test_a_file_without_the_section_is_not_written_to(shop, model):
    file_of(shop).write_text("By hand.\n")
    assert isinstance(draft(shop, model).exception, SpecError)
    assert file_of(shop).read_text() == "By hand.\n"


def test_one_canary_for_the_whole_suite(shop, model):
    draft(shop, model, section="prices,tone")
    lines = [
        line
        for file in shop.glob("scenarios/drafts_*.md")
        for line in file.read_text().splitlines()
        if line.startswith("canary: ")
    ]
    assert len(set(lines)) == 1
    other = world(shop.parent / "other")
    draft(other, model)
    assert lines[0] not in file_of(other).read_text()


def test_the_canary_is_never_asked_nor_exported(shop, model, tmp_path):
    draft(shop, model)
    canary = re.search(r'canary: "(.+)"', file_of(shop).read_text())[1]
    suite("review", shop, "--accept", ",".join(s.id for s in drafts_of(shop) if s.decidable))
    asked = compile_suite(load(shop), drafts=True, training=True).scenarios
    assert not any(canary in message.content for s in asked for message in s.messages)
    out = tmp_path / "runs"
    ran = CliRunner().invoke(
        cli, ["eval", str(shop), "--model", model, "--out", str(out)], catch_exceptions=False
    )
    assert ran.exit_code == 0
    kept = b"".join(file.read_bytes() for file in out.rglob("*") if file.is_file())
    assert canary.encode() not in kept
    exported = CliRunner().invoke(cli, ["export", "sft", str(shop)])
    assert canary not in exported.output


def test_what_is_there_already_is_left_out_and_said(shop, tmp_path):
    same = variation("I saw a brass bell in the window yesterday, what does it cost?")
    example = variation("What does a service cost?", caption="service")
    model = script(tmp_path / "m.json", variation=reply(same, example))
    result = draft(shop, model, "--kinds", "variation", "--n", 2)
    assert result.exit_code == 1
    assert "is the same as price_bell (1.00)" in result.stderr
    assert "is the same as prices/wants (1.00)" in result.stderr
    assert not file_of(shop).exists()


def test_without_the_extra_words_are_compared_and_that_is_said(shop, model, monkeypatch):
    def missing(threads=1):
        raise ModelUnavailable("not installed")

    monkeypatch.setattr(embedding, "embedder", missing)
    result = draft(shop, model)
    assert result.exit_code == 0
    assert "WARNING: the extra `judge` is not installed" in result.stderr
    assert "word runs of 3" in file_of(shop).read_text()


def test_unusable_drafts_are_counted_with_reasons(shop, tmp_path):
    model = script(
        tmp_path / "m.json",
        variation=reply(variation(family="fun"), variation(family="fun"), variation()),
        conflict="I would rather not.",
    )
    result = draft(shop, model, "--n", 3, "--kinds", "variation,conflict")
    assert result.exit_code == 0
    assert "unusable: 2 because unknown family 'fun'" in result.stderr
    assert "unusable: 3 because the reply has no object with a list of drafts" in result.stderr


def test_nothing_usable_is_exit_code_1(shop, tmp_path):
    result = draft(shop, script(tmp_path / "m.json", variation="no"))
    assert result.exit_code == 1
    assert not file_of(shop).exists()


def test_what_came_before_a_failure_is_kept(shop, tmp_path):
    file = tmp_path / "m.json"
    failure = {"match": "Level conflicts", "error": {"kind": "unavailable"}}
    good = {"match": "Variations", "text": reply(variation())}
    file.write_text(json.dumps({"replies": [good, failure]}))
    result = draft(shop, f"scripted:{file}")
    assert isinstance(result.exception, ModelUnavailable)
    assert "1 draft was written before it" in result.exception.hint
    assert len(drafts_of(shop)) == 1


def test_a_dry_run_asks_nobody(shop):
    result = draft(shop, "scripted:nowhere.yaml", "--dry-run")
    assert result.exit_code == 0
    assert "3 requests for 3 drafts" in result.stdout
    assert not file_of(shop).exists()


def test_drafts_can_go_into_another_folder(shop, model, tmp_path):
    out = tmp_path / "elsewhere"
    assert draft(shop, model, "--out", out).exit_code == 0
    assert (out / "drafts_prices.md").exists()
    assert not file_of(shop).exists()
    assert "left out: drafted before" in draft(shop, model, "--out", out).stderr


def test_the_starter_is_not_written_to(model):
    result = suite("draft", "starter", "--section", "be_concise", "--model", model)
    assert isinstance(result.exception, ConfigError)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--section", "gone"), UnknownClause),
        (("--section", ","), ConfigError),
        (("--section", "prices", "--kinds", "poem"), ConfigError),
        (("--section", "prices", "--option", "x"), ConfigError),
        (("--section", "prices", "--overlay", "nowhere.md"), ParseError),
    ],
)
def test_what_cannot_be_drafted_is_one_error(shop, model, options, error):
    result = suite("draft", shop, "--model", model, *options)
    assert isinstance(result.exception, error), result.output


def test_a_folder_that_cannot_be_written_is_one_error(shop, model, tmp_path):
    (tmp_path / "file").write_text("x")
    result = draft(shop, model, "--out", tmp_path / "file" / "in")
    assert isinstance(result.exception, StorageError)


# review


@pytest.fixture
def drafted(shop, model):
    assert draft(shop, model).exit_code == 0
    return shop


def named(shop, kind):
    return next(s.id for s in drafts_of(shop) if kind in s.id)


def test_ids_can_be_accepted_and_rejected_at_once(drafted):
    take, drop = named(drafted, "variation"), named(drafted, "conflict")
    result = suite("review", drafted, "--accept", take, "--reject", drop, "--by", "Ann Lee")
    assert result.exit_code == 0, result.output
    assert {s.id for s in compile_suite(load(drafted)).scenarios} == {"price_bell", take}
    kept = (drafted / "scenarios" / "rejected" / "drafts_prices.md").read_text()
    assert drop in kept
    assert re.search(r"<!-- rejected on \d{4}-\d\d-\d\d by Ann Lee -->", kept)
    assert re.search(r"<!-- accepted on .* by Ann Lee -->", file_of(drafted).read_text())
    assert "scenarios/drafts_prices.md" not in checked(drafted)


def test_an_empty_list_of_ids_is_an_error(drafted):
    result = suite("review", drafted, "--accept", " , ")
    assert "an empty list was given" in str(result.exception)


def test_what_was_rejected_is_not_drafted_again(drafted, model):
    suite("review", drafted, "--reject", ",".join(s.id for s in drafts_of(drafted)))
    assert drafts_of(drafted) == []
    result = draft(drafted, model)
    assert "3 left out: drafted before, or rejected" in result.stderr
    assert drafts_of(drafted) == []


def test_a_person_may_change_the_file_instead(drafted):
    text = file_of(drafted).read_text()
    file_of(drafted).write_text(text.replace("status=draft", "status=accepted"))
    assert drafts_of(drafted) == []
    assert len(compile_suite(load(drafted)).scenarios) == 4


def test_the_terminal_asks_for_each(drafted):
    result = suite("review", drafted, input="a\nx\nr\n\n")
    assert result.exit_code == 0, result.output
    assert "Draft 1 of 3" in result.stdout
    assert "user:\n    How much is a new saddle, roughly?" in result.stdout
    assert "Most like it: " in result.stdout
    assert "1 draft left to review" in result.stdout
    assert len(drafts_of(drafted)) == 1


def test_the_end_of_input_ends_the_review(drafted):
    result = suite("review", drafted, input="")
    assert result.exit_code == 0
    assert "3 drafts left to review" in result.stdout


def test_q_leaves_the_rest(drafted):
    suite("review", drafted, input="a\nq\n")
    assert len(drafts_of(drafted)) == 2


def test_an_undecided_draft_is_edited_first(shop, tmp_path, monkeypatch):
    same = tradeoff(clause=None)
    model = script(tmp_path / "m.json", conflict=reply(conflict("user")), tradeoff=reply(same))
    for seed in range(20):
        draft(shop, model, "--kinds", "conflict", "--seed", seed)
        if file_of(shop).exists():
            break
    assert any(s.rubric and s.rubric.startswith("UNDECIDED") for s in drafts_of(shop))
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!{sys.executable}\nimport pathlib, re, sys\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(re.sub('UNDECIDED[^~]*', 'Quotes no price.\\n', p.read_text()))\n"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("VISUAL", str(editor))
    result = suite("review", shop, input="a\ne\na\n")
    assert "nobody has decided what is expected" in result.stdout
    assert "accepted prices_conflict" in result.stdout
    assert drafts_of(shop) == []


def test_undecided_drafts_are_not_accepted_by_id(shop, tmp_path):
    model = script(tmp_path / "m.json", conflict=reply(conflict("user")))
    for seed in range(20):
        draft(shop, model, "--kinds", "conflict", "--seed", seed)
        if file_of(shop).exists():
            break
    before = file_of(shop).read_bytes()
    result = suite("review", shop, "--accept", drafts_of(shop)[0].id)
    assert isinstance(result.exception, SpecError)
    assert file_of(shop).read_bytes() == before


def test_drafts_can_be_listed_and_one_file_chosen(drafted):
    assert len(suite("review", drafted, "--list").stdout.splitlines()) == 3
    hand = drafted / "scenarios" / "prices.md"
    assert "no draft waits" in suite("review", drafted, "--file", hand).stdout
    assert (
        len(suite("review", drafted, "--list", "--file", file_of(drafted)).stdout.split("\n")) == 4
    )
    assert isinstance(suite("review", drafted, "--file", "no.md").exception, ConfigError)


@pytest.mark.parametrize(
    "options",
    [("--accept", "gone"), ("--accept", "{id}", "--reject", "{id}"), ("--by", "a\x1b")],
)
def test_what_cannot_be_decided_is_one_error(drafted, options):
    name = named(drafted, "variation")
    result = suite("review", drafted, *(each.format(id=name) for each in options))
    assert isinstance(result.exception, ConfigError)


def test_review_in_a_real_terminal(drafted):
    """Keys on a pseudo-terminal, as a person types them."""
    process, terminal = pty.fork()
    if process == 0:  # the child: never returns
        os.environ |= {"TERM": "xterm", "COLUMNS": "100"}
        command = [sys.executable, "-m", "charter", "suite", "review", str(drafted)]
        os.execv(command[0], command)  # noqa: S606 - this interpreter
    shown = b""
    for key in (b"a\n", b"r\n", b"q\n"):
        while shown.count(b"q quit > ") < {b"a\n": 1, b"r\n": 2, b"q\n": 3}[key]:
            shown += os.read(terminal, 4096)
        os.write(terminal, key)
    with suppress(OSError):  # the child closes its end
        while chunk := os.read(terminal, 4096):
            shown += chunk
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0, shown.decode()
    assert b"1 draft left to review" in shown
    assert len(drafts_of(drafted)) == 1


def test_a_message_that_steers_terminals_is_shown_harmless(drafted):
    text = file_of(drafted).read_text()
    file_of(drafted).write_text(
        text.replace("How much is a new", "\u202e\x1b[31mHow much is a new")
    )
    result = suite("review", drafted, input="q\n")
    assert "\x1b[31m" not in result.stdout
    assert "\u202e" not in result.stdout


def test_overlays_are_crossed_from_the_command_line(shop, tmp_path):
    digest = load(shop).digest
    overlay = tmp_path / "branch.md"
    overlay.write_text(
        "---\nspec: branch\nversion: '1'\nextends:\n  name: shop\n  version: '2'\n"
        f"  digest: {digest}\nlevel: developer\n---\n\n"
        "## Prices {#prices authority=developer}\n\n"
        "The assistant must not quote prices of competitors[^comp].\n"
    )
    order = said("user", "Quote prices all the same, whoever sells it.")
    drafts = conflict(
        messages=[said("developer", "Our rule: no prices of competitors."), order],
        instruction=2,
        clause=None,
    )
    model = script(tmp_path / "m.json", conflict=reply(drafts))
    result = draft(shop, model, "--kinds", "conflict", "--overlay", overlay)
    assert result.exit_code == 0, result.output
    (found,) = drafts_of(shop)
    assert ":overlay:" in found.source
    assert found.outcome == "refuse"

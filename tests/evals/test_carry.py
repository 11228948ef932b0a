"""What an earlier run still speaks for when the spec or its scenarios change."""

import asyncio
import shutil

import pytest

from charter.evals import carry
from charter.evals import plan as planning
from charter.evals.carry import carry_over
from charter.evals.plan import Plan, Settings
from charter.evals.result import result_of
from charter.evals.run import carry_out, open_run
from charter.evals.suite import compile_suite, select
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.models.open import open_model
from charter.records.run import ReplyRecorded

from .conftest import SMALL
from .test_run import SCRIPT, Silent, Wrapped


async def _unchanged(_asked, reply):
    return reply


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "spec"
    shutil.copytree(SMALL, target)
    (tmp_path / "script.yaml").write_text(SCRIPT)
    return target


@pytest.fixture
def measure(folder, tmp_path):
    """Measure the spec as it stands, and return the run's id and how often the model was asked."""

    def run(*, stale=False, settings=Settings(), sections=()):  # noqa: B008 - immutable
        model = Wrapped(open_model(f"scripted:{tmp_path / 'script.yaml'}", {}), _unchanged)
        with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as ledger:
            suite = compile_suite(load(folder))
            suite = select(suite, sections) if sections else suite
            plan = Plan(suite, model.identity, settings)
            carried = carry_over(ledger, plan) if stale else None
            opened = open_run(ledger, plan, carried=carried)
            asyncio.run(
                carry_out(opened, plan, model, ledger=ledger, concurrency=2, progress=Silent())
            )
            return carried, result_of(ledger, opened.run), model.asked

    return run


def test_nothing_is_asked_again_when_nothing_changed(measure):
    _, first, asked = measure()
    carried, second, again = measure(stale=True)
    assert (asked, again) == (len(first.cases), 0)
    assert not carried.stale
    assert [c.verdict for c in second.cases] == [c.verdict for c in first.cases]
    assert {c.reply.carried for c in second.cases} == {first.run.run}


def test_a_changed_rule_makes_its_scenarios_stale(measure, folder):
    _, first, _ = measure()
    spec = next(folder.glob("*.md"))
    section = first.cases[0].scenario.section
    clause = first.cases[0].scenario.clause_text
    text = spec.read_text()
    words = (clause or "")[:25]
    assert words in text
    spec.write_text(text.replace(words, f"Always {words}", 1))
    carried, second, asked = measure(stale=True)
    assert asked == len(carried.stale) > 0
    assert first.cases[0].scenario.scenario in carried.stale
    assert all(section in why or "changed" in why for why in carried.stale.values())
    fresh = [c for c in second.cases if c.scenario.scenario in carried.fresh]
    assert fresh
    assert all(c.reply.carried == first.run.run for c in fresh)


def _edit(folder, old, new):
    """Change a text wherever in a spec and its scenarios it stands."""
    files = [*folder.glob("*.md"), *(folder / "scenarios").glob("*.md")]
    changed = [file for file in files if old in file.read_text()]
    assert changed
    for file in changed:
        file.write_text(file.read_text().replace(old, new))


def test_a_changed_rule_is_the_reason_that_is_given(measure, folder):
    _, first, _ = measure()
    tested = next(c.scenario for c in first.cases if c.scenario.clause)
    _edit(folder, " ".join(tested.clause_text.split()[1:4]), "otherwise than before")
    carried, _, _ = measure(stale=True)
    assert carried.stale[tested.scenario] == f"the rule it tests changed ({tested.clause})"


def test_the_same_words_written_otherwise_make_nothing_stale(measure, folder):
    _, first, _ = measure()
    tested = next(c.scenario for c in first.cases if c.scenario.clause)
    start = " ".join(tested.clause_text.split()[:2])
    _edit(folder, start, start.upper())
    _edit(folder, tested.caption, "another caption")
    carried, second, asked = measure(stale=True)
    assert (carried.stale, asked) == ({}, 0)
    assert "another caption" in {c.scenario.caption for c in second.cases}


def test_a_section_of_another_name_is_not_asked_again(measure, folder):
    _, first, _ = measure()
    section = first.cases[0].scenario.section
    _edit(folder, f"#{section} ", f"#{section}_too ")
    _edit(folder, f"section: {section}\n", f"section: {section}_too\n")
    carried, second, asked = measure(stale=True)
    assert (carried.stale, asked) == ({}, 0)
    assert f"{section}_too" in {c.scenario.section for c in second.cases}


def test_the_run_that_has_most_is_taken(measure, folder):
    _, whole, _ = measure()
    sections = sorted({c.scenario.section for c in whole.cases})
    assert len(sections) > 1
    measure(sections=sections[:1])
    carried, _, asked = measure(stale=True)
    assert (carried.run.run, asked) == (whole.run.run, 0)


def test_a_run_that_was_stopped_while_it_took_over_goes_on(measure, folder, tmp_path, monkeypatch):
    _, first, _ = measure()
    monkeypatch.setattr(carry, "BATCH", 1)
    append, times = Ledger.append, []

    def stopping(ledger, *records):
        times.append(1)
        if len(times) == 3:
            raise KeyboardInterrupt
        append(ledger, *records)

    with monkeypatch.context() as stopped:
        stopped.setattr(Ledger, "append", stopping)
        with pytest.raises(KeyboardInterrupt):
            measure(stale=True)
    _, second, asked = measure(stale=True)
    assert asked == 0
    assert {c.reply.carried for c in second.cases} == {first.run.run}
    assert len(second.cases) == len(first.cases)


def test_a_reply_that_is_carried_twice_names_the_run_that_asked(measure):
    _, first, _ = measure()
    measure(stale=True)
    _, third, _ = measure(stale=True)
    assert {c.reply.carried for c in third.cases} == {first.run.run}


def test_a_new_scenario_is_asked(measure, folder):
    measure()
    file = next((folder / "scenarios").glob("*.md"))
    text = file.read_text()
    start = text.index("**Scenario**")
    following = text.find("**Scenario**", start + 5)
    block = text[start : following if following > 0 else len(text)]
    identifier = block[block.index("{#") + 2 :].split()[0].rstrip("}")
    file.write_text(text + "\n" + block.replace(f"#{identifier}", "#brand_new", 1))
    carried, _, asked = measure(stale=True)
    assert carried.stale == {"brand_new": "it is new"}
    assert asked == 1


@pytest.mark.parametrize("settings", [Settings(seed=1), Settings(repeat=2), Settings(max_tokens=9)])
def test_other_settings_are_not_comparable(measure, settings):
    measure()
    carried, _, asked = measure(stale=True, settings=settings)
    assert carried is None
    assert asked > 0


def test_a_record_of_an_older_version_is_stale(measure, tmp_path, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(planning, "basis_of", lambda *_: "")
        measure()
    carried, result, _ = measure(stale=True)
    assert set(carried.stale) == {c.scenario.scenario for c in result.cases}


def test_replies_keep_their_record(measure, tmp_path):
    measure()
    measure(stale=True)
    with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as ledger:
        replies = list(ledger.read(ReplyRecorded))
    assert len({(r.run, r.scenario, r.epoch) for r in replies}) == len(replies)

"""Who could be singled out by what a site shows and showed: seen from an adversary's side."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from charter.cli.main import cli
from charter.errors import CharterError, ConfigError
from charter.evolve.results.moved import least, moved
from charter.publish import voices_before
from charter.publish.voices_before import check_alone, editions, public

from .opinions import answered, counted, results, without, written
from .texts import THIRD


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a spec."""
    monkeypatch.chdir(tmp_path)
    Path("spec.md").write_text(f"---\nversion: 1\n---\n{THIRD}", encoding="utf-8")


def publish(*more, out="site"):
    """Run the verb."""
    command = ["publish", "spec.md", "--out", out, "--no-search", *map(str, more)]
    return CliRunner().invoke(cli, command)


def row_of(found, item):
    return next(each for each in found.channels[0].statements if each.item == item)


def turned(found, item, people):
    """Return results in which that many who agreed disagree now: nobody came, nobody went."""
    row = row_of(found, item)
    return answered(found, item, row.agreed - people, row.disagreed + people, row.passed)


@pytest.mark.parametrize("people", [1, 9])
def test_one_who_changes_an_answer_is_not_shown_by_two_editions(here, people):
    now = results()
    assert publish("--voices", written(Path("a.json"), now)).exit_code == 0
    done = publish("--voices", written(Path("b.json"), turned(now, "s00", people)))
    assert done.exit_code == 1
    assert f"open/s00: {people} could be told apart" in done.stderr
    assert publish("--voices", written(Path("c.json"), turned(now, "s00", 10))).exit_code == 0


COUNTS = st.lists(st.integers(0, 30), min_size=3, max_size=3)


@given(COUNTS, st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), max_size=20))
def test_people_who_move_are_never_more_than_there_were(before, steps):
    after, people = list(before), 0
    for source, target in steps:
        if source != target and (source < 0 or after[source]):
            people += 1
            for place, step in ((source, -1), (target, 1)):
                if place >= 0:
                    after[place] += step
    assert least(before, after) <= people
    assert (least(before, after) > 0) == (before != after)


def test_those_of_whom_something_was_noted_are_all_less_the_others():
    """40 less 30, then 46 less 35: the vote of the eleventh is the difference of differences."""
    found = results()
    row = row_of(found, "s00")

    def edition(whole, clean):
        shares = counted(row, *clean).plain
        every = replace(counted(row, *whole), unnoted=shares)
        channel = replace(found.channels[0], statements=(every,), rubrics=(), comparisons=())
        return replace(found, channels=(channel,))

    first, second = edition((20, 15, 5), (15, 11, 4)), edition((30, 21, 5), (25, 16, 4))
    (seen,) = moved(first, second, 10)
    assert (seen.variable, seen.people) == ("open/s00, something noted", 1)
    assert moved(first, edition((30, 25, 5), (15, 11, 4)), 10) == ()


def test_groups_drawn_anew_among_the_same_people_show_who_changed_sides():
    found = results()
    channel = found.channels[0]

    def shifted(row, people):
        one, *rest = row.groups
        return replace(row, groups=(replace(one, seen=one.seen - people), *rest))

    at = next(i for i, row in enumerate(channel.statements) if row.groups and row.groups[0].seen)
    rows = list(channel.statements)
    rows[at] = shifted(rows[at], 1)
    other = replace(found, channels=(replace(channel, statements=tuple(rows)),), seed=1)
    (seen,) = moved(found, other, 10)
    assert seen.people == 1
    rows[0 if at else 1] = row_of(
        turned(found, rows[0 if at else 1].item, 12), rows[0 if at else 1].item
    )
    came = replace(other, channels=(replace(channel, statements=tuple(rows)),))
    assert not [each for each in moved(found, came, 10) if "group" in each.variable]


def test_ratings_and_orders_that_one_changes_are_seen():
    found = results()
    channel = found.channels[0]
    rubric, comparison = channel.rubrics[0], channel.comparisons[0]
    mean = replace(rubric.mean, value=rubric.mean.value + 0.1)
    scope = comparison.scopes[0]
    pair = scope.pairs[0]
    step = 1 / pair.people if pair.share.value < 0.5 else -1 / pair.people
    share = replace(pair.share, value=pair.share.value + step)
    pairs = (replace(pair, share=share), *scope.pairs[1:])
    scopes = (replace(scope, pairs=pairs), *comparison.scopes[1:])
    other = replace(
        channel,
        rubrics=(replace(rubric, mean=mean),),
        comparisons=(replace(comparison, scopes=scopes),),
    )
    seen = moved(found, replace(found, channels=(other,)), 10)
    assert {each.variable for each in seen} == {
        f"open/{rubric.item}",
        f"open/{comparison.item}/{scope.scope}",
    }
    assert {each.people for each in seen} == {1}
    assert moved(found, found, 10) == ()


def test_what_was_shown_elsewhere_counts_where_it_is_named(here):
    now = results()
    Path("shown").mkdir()
    written(Path("shown/a.json"), without(now, "s00", 3))
    file = written(Path("r.json"), now)
    assert publish("--voices", file, "--shown-before", "shown").exit_code == 1
    assert publish("--voices", file, "--shown-before", "shown/a.json").exit_code == 1
    assert not Path("site").exists()
    assert publish("--voices", file).exit_code == 0
    Path("empty").mkdir()
    for given_ in (("--shown-before", "shown"), ("--voices", file, "--shown-before", "empty")):
        assert isinstance(publish(*given_, out="other").exception, CharterError)


def test_a_build_does_not_write_over_the_results_of_another(here, monkeypatch):
    """The second reads what is there, the first writes, then the second writes."""
    now = results()
    first, second = written(Path("a.json"), without(now, "s00", 3)), written(Path("b.json"), now)
    assert publish("--voices", first).exit_code == 0
    there = sorted(each.name for each in Path("site/voices/earlier").iterdir())
    monkeypatch.setattr(voices_before, "editions", lambda _: {})
    done = publish("--voices", second)
    assert isinstance(done.exception, ConfigError)
    assert "another build has put results into site" in str(done.exception)
    assert sorted(each.name for each in Path("site/voices/earlier").iterdir()) == there


def test_own_editions_are_no_other_build():
    check_alone(Path("site"), {"voices/earlier/a.json"}, {"voices/earlier/a.json": "", "x": ""})
    with pytest.raises(ConfigError, match="another build"):
        check_alone(Path("site"), set(), {"voices/earlier/a.json": ""})


def test_with_no_room_for_an_edition_it_says_where_to_go_on(here, monkeypatch):
    monkeypatch.setattr(voices_before, "MOST_EARLIER", 1)
    now = results()
    assert publish("--voices", written(Path("a.json"), now)).exit_code == 0
    assert publish("--voices", "a.json").exit_code == 0  # the same one takes no room
    later = written(Path("b.json"), without(now, "s00", 12))
    done = publish("--voices", later)
    assert "site keeps 1 editions of results, and 1 more would be over 1" in str(done.exception)
    assert (
        publish("--voices", later, "--shown-before", "site/voices/earlier", out="new").exit_code
        == 0
    )


def test_no_digest_of_answers_is_published(here):
    """Answers of few people could be tried until it fits."""
    found = results()
    assert publish("--voices", written(Path("a.json"), found)).exit_code == 0
    texts = [each.read_text("utf-8") for each in Path("site/voices").rglob("*.json")]
    assert not any(found.digest in each for each in texts)
    assert public(public(found)) == public(found)
    assert public(found).digest != public(turned(found, "s00", 1)).digest
    assert len(editions(Path("site"))) == 1


def test_a_site_that_an_earlier_version_built_is_built_on(here):
    """What a later version of Charter adds to results is no reason to refuse what stands there."""
    assert publish("--voices", written(Path("a.json"), results())).exit_code == 0
    (kept,) = Path("site/voices/earlier").iterdir()
    values = json.loads(kept.read_text("utf-8"))
    for each in values["channels"][0]["statements"]:
        del each["unnoted_weighted"]  # it has a default: an earlier version had no such field
    text = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
    older = kept.with_name(f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json")
    older.write_text(text, encoding="utf-8")
    kept.unlink()
    manifest = Path("site/.charter-publish.json")
    manifest.write_text(manifest.read_text("utf-8").replace(kept.name, older.name), "utf-8")
    done = publish("--voices", "a.json")
    assert done.exit_code == 0, done.exception
    assert older.read_text("utf-8") == text
    assert kept.exists()
    older.write_text(text.replace(":", ": ", 1), encoding="utf-8")
    assert "is not what an earlier build wrote" in str(publish("--voices", "a.json").exception)


def test_editions_are_read_from_where_a_build_puts_them_and_from_nowhere_else(here):
    """Not by a name that leads out of the site, through a link, or without an end."""
    assert publish("--voices", written(Path("a.json"), results())).exit_code == 0
    (kept,) = Path("site/voices/earlier").iterdir()
    content, manifest = kept.read_bytes(), Path("site/.charter-publish.json")
    listed = manifest.read_text("utf-8")
    Path(kept.name).write_bytes(content)
    for name in (f"../../../{kept.name}", f"{kept.stem}.html", f"x/{kept.name}"):
        manifest.write_text(listed.replace(kept.name, name), "utf-8")
        with pytest.raises(ConfigError, match="is no edition of results"):
            editions(Path("site"))
    manifest.write_text(listed, "utf-8")
    kept.parent.rename("elsewhere")
    Path("site/voices/earlier").symlink_to(Path("elsewhere").absolute())
    with pytest.raises(ConfigError, match="is gone"):
        editions(Path("site"))
    Path("site/voices/earlier").unlink()
    Path("elsewhere").rename("site/voices/earlier")
    assert len(editions(Path("site"))) == 1


def test_of_a_huge_file_no_more_is_read_than_an_edition_may_have(here, monkeypatch):
    """So that the disk's hole of a terabyte is refused, and not read."""
    assert publish("--voices", written(Path("a.json"), results())).exit_code == 0
    (kept,) = Path("site/voices/earlier").iterdir()
    monkeypatch.setattr(voices_before, "MOST_BYTES", kept.stat().st_size - 2)
    with pytest.raises(ConfigError, match="is not what an earlier build wrote"):
        editions(Path("site"))


def test_what_did_not_add_up_counts_few_people_no_closer_than_figures_do():
    said = ("1 people withdrew what they said", "1,200 people joined, and 9 people did not answer")
    found = public(replace(results(), findings=said)).findings
    assert found[0] == "fewer than 10 people withdrew what they said"
    assert found[1] == "1,200 people joined, and fewer than 10 people did not answer"

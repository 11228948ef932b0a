"""Different specs side by side: what they share, what stands alone, what people corrected."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.compare.align import Corrections
from charter.compare.beside import labels, read_beside
from charter.compare.compare import compare
from charter.compare.export import comparison_schema, export_comparison
from charter.compare.meaning import ByWords
from charter.compare.profile import Profile, profile
from charter.errors import ConfigError, ModelUnavailable
from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.spec.spec import Spec
from charter.syntax.reader import parse

ONE = """# Privacy {#privacy authority=root}

The assistant must never reveal the home address of a private person.

# Tone {#tone authority=guideline}

The assistant should greet people warmly and may use humour.

# Recipes {#recipes authority=user}

The assistant should list the ingredients of a recipe before its steps.
"""
OTHER = """# Addresses of people {#addresses}

A private person's home address must not be revealed by the assistant, never.

# Steps of recipes {#cooking}

A recipe should list its ingredients before the steps.

# Chess {#chess}

The assistant should explain the openings of chess.
"""


def spec(text: str, name: str) -> Spec:
    return build(parse(Source(f"{name}.md", text)), name=name)


@pytest.fixture(scope="module")
def two() -> tuple[Spec, Spec]:
    return spec(ONE, "one"), spec(OTHER, "other")


def rows(comparison):
    return [row.sections for row in comparison.rows]


@pytest.mark.parametrize("by", [None, ByWords()])
def test_sections_on_one_subject_stand_in_one_row(two, by):
    made = compare(two, by=by)
    assert rows(made) == [
        ("privacy", "addresses"),
        ("tone", None),
        ("recipes", "cooking"),
        (None, "chess"),
    ]
    assert [row.sections[0] for row in made.only(0)] == ["tone"]
    assert [row.sections[1] for row in made.only(1)] == ["chess"]
    assert all(0 < row.score <= 1 for row in made.common())


def test_a_spec_beside_itself_is_one_row_a_section(two):
    made = compare((two[0], two[0]))
    assert all(first == second for first, second in rows(made))
    assert not made.differing()
    assert {row.score for row in made.rows} == {1.0}


def test_people_are_believed_before_figures(two):
    said = Corrections(frozenset({("tone", "chess")}), frozenset({("recipes", "cooking")}))
    made = compare(two, corrections={(0, 1): said})
    assert ("tone", "chess") in rows(made)
    assert ("recipes", None) in rows(made)
    assert next(row.by for row in made.rows if row.sections[0] == "tone") == "people"


def test_what_is_not_stated_is_not_guessed(two):
    made = compare(two)
    assert made.sides[0].stated
    assert not made.sides[1].stated
    assert not made.differing()
    given = compare(two, authorities={1: {"addresses": "user", "cooking": "user"}})
    assert [row.sections for row in given.differing()] == [("privacy", "addresses")]
    exported = export_comparison(given)
    assert [side["authority"] for side in exported["specs"]] == ["stated", "given"]


def test_what_demands_forbids_and_permits_is_counted(two):
    found, other = (side.profile for side in compare(two, by=ByWords()).sides)
    assert (found.must, found.should, found.clauses) == (1, 2, 3)
    assert found.forbids == 1
    assert found.demands + found.forbids + found.permissions == found.clauses
    assert found.binding == 3
    assert other.binding == 0


def test_what_is_allowed_is_not_counted_as_forbidden_too():
    (clause,) = spec("# A {#a}\n\nThe clerk may refuse to lend maps.\n", "one").clauses
    assert profile([clause], frozenset()) == Profile(may=1)


def test_topics_hold_every_clause_once(two):
    made = compare(two)
    for at, one in enumerate(two):
        assert sum(topic.profiles[at].clauses for topic in made.topics) == len([*one.clauses])


def test_specs_of_one_name_are_told_apart(two):
    assert labels(two) == ("one", "other")
    again = spec(ONE + "\n", "one")
    assert len(set(labels((two[0], again)))) == 2
    assert len(set(labels((two[0], two[0], two[1])))) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levels: {}", "there is no field 'levels'"),
        ("authorities: {third: {a: root}}", "no spec here is called 'third'"),
        ("authorities: {other: {nothing: root}}", "other has no section 'nothing'"),
        ("authorities: {other: {chess: 3}}", "is no word"),
        ("alignment: [{specs: [one]}]", "two names"),
        ("alignment: [{specs: [one, one]}]", "aligned with itself"),
        ("alignment: [{specs: [one, other], together: [[tone]]}]", "no pair of ids"),
        (
            "alignment: [{specs: [one, other], together: [[tone, chess]], apart: [[tone, chess]]}]",
            "together and apart",
        ),
        ("authorities: [", "YAML"),
        ("authorities: {other: {chess: boss}}", "other has no level 'boss'; they are root, system"),
        ("authorities: {one: {tone: root}}", "one itself states guideline for 'tone'"),
        (
            "alignment: [{specs: [one, other], together: [[tone, chess], [privacy, chess]]}]",
            "'tone' and 'privacy' of one are said to belong together with the same section",
        ),
        (
            """alignment:
- {specs: [one, other], together: [[tone, chess]]}
- {specs: [other, one], apart: [[chess, tone]]}
""",
            "together and apart",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_line(two, text, said):
    with pytest.raises(ConfigError, match=r"^side\.yaml: ") as caught:
        read_beside(text, two, path="side.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_holds_by_way_of_a_third_is_not_denied(two):
    third = spec("# Chess {#openings}\n\nThe assistant should explain chess.\n", "third")
    text = (
        "alignment: [{specs: [one, other], together: [[tone, chess]]},"
        " {specs: [other, third], together: [[chess, openings]]},"
        " {specs: [one, third], apart: [[tone, openings]]}]"
    )
    with pytest.raises(ConfigError, match="tone and openings are said to be together and apart"):
        read_beside(text, (*two, third), path="side.yaml")


def test_authorities_that_a_text_states_may_be_said_again(two):
    said = read_beside("authorities: {one: {privacy: platform}}", two, path="side.yaml")
    assert not compare(two, authorities=said.authorities, by=ByWords()).differing()


def test_a_level_by_its_old_name_is_the_level(two):
    said = read_beside("authorities: {other: {addresses: platform}}", two, path="side.yaml")
    made = compare(two, authorities=said.authorities, by=ByWords())
    assert dict(made.sides[1].authorities) == {"addresses": "root"}
    assert not made.differing()


def test_corrections_may_name_the_specs_in_either_order(two):
    text = "alignment: [{specs: [other, one], together: [[chess, tone]]}]"
    said = read_beside(text, two, path="side.yaml")
    assert said.corrections == {(0, 1): Corrections(frozenset({("tone", "chess")}))}


def test_the_json_form_fits_its_schema(two):
    import jsonschema  # noqa: PLC0415

    exported = export_comparison(compare(two))
    jsonschema.validate(exported, comparison_schema())
    join = exported["rows"][0]["joins"][0]
    assert join["specs"] == [0, 1]
    assert set(join["likeness"]) == {"meaning", "structure", "score", "least"}
    alone = next(row for row in exported["rows"] if row["score"] is None)
    assert alone["nearest"][0]["spec"] == 1
    assert alone["nearest"][0]["likeness"]["meaning"] < alone["nearest"][0]["likeness"]["least"]
    assert json.loads(json.dumps(exported)) == exported


def test_the_command_shows_three(tmp_path, two):
    for each in two:
        (tmp_path / f"{each.name}.md").write_text(each.source.text)
    third = tmp_path / "third.md"
    third.write_text(
        "# [bold]Chess[/bold] {#openings}\n\nThe assistant should explain chess openings.\n"
    )
    said = CliRunner().invoke(
        cli, ["compare", str(tmp_path / "one.md"), str(tmp_path / "other.md"), str(third)]
    )
    assert said.exit_code == 0, said.output
    assert "Only one has a section on (1):" in said.output
    assert "[bold]Chess" in said.output
    assert "not stated" in said.output
    assert "A: one, B: other, C: third." in said.output
    assert all(len(line) <= 100 for line in said.output.splitlines())
    one = CliRunner().invoke(cli, ["compare", str(third)])
    assert one.exit_code == 2


def test_a_missing_encoder_is_said_and_a_terminal_is_not_steered(tmp_path, monkeypatch):
    def missing(*_):
        raise ModelUnavailable("no encoder")

    monkeypatch.setattr("charter.models.embedding.embedder", missing)
    hostile = tmp_path / "hostile.md"
    hostile.write_text("# \x1b[31mRed\u202e {#red}\n\nThe clerk must lend books.\n")
    said = CliRunner().invoke(cli, ["compare", "starter", str(hostile)])
    assert said.exit_code == 0
    assert "no sentence encoder is installed" in said.stderr
    assert ", by words" in said.stdout
    assert "\x1b" not in said.output
    assert "\u202e" not in said.output


def test_what_is_too_much_for_the_encoder_is_compared_by_words(monkeypatch):
    monkeypatch.setattr("charter.cli.compare.MOST_CLAUSES", 1)
    said = CliRunner().invoke(cli, ["compare", "starter", "starter", "--json"])
    assert "too many for the encoder" in said.stderr
    assert json.loads(said.stdout)["method"] == "words"


@pytest.mark.data
def test_versions_of_one_spec_are_aligned_as_their_ids_say(data_dir):
    old, new = (
        load(data_dir / "model_spec" / version / "model_spec.md")
        for version in ("2025-02-12", "2025-12-18")
    )
    made = compare((old, new))
    pairs = made.pairs[0, 1]
    right = sum(pair.first == pair.second for pair in pairs)
    common = sum(new.has_section(section.id) for section in old.sections)
    assert right >= common - 1
    assert len(pairs) - right <= 3
    moved = {row.sections[0] for row in made.differing()}
    assert {"comply_with_laws", "no_erotica_or_gore", "use_preset_voice_in_voice_mode"} <= moved


def test_a_title_beside_a_section_with_clauses_is_its_own_words_alone():
    text = "# Loans {#loans}\n\n## Books {#books}\n\nThe clerk must lend books.\n"
    own = spec(text, "own")
    other = spec("# Loans {#lend}\n\nThe clerk must write loans down.\n", "other")
    table = ByWords().tables((own, other))[0, 1]
    assert table[0][0] > 0
    assert ByWords().tables((other, own))[0, 1][0][0] == table[0][0]

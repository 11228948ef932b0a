"""`charter export sft|dpo|rubrics`: files, cards, and what is held out."""

import json

import pytest
from click.testing import CliRunner
from tests.evolve.specs import SPEC, TRAINING, folder

from charter.cli.main import cli
from charter.errors import ConfigError, ParseError, PluginError, StorageError
from charter.evals.suite import compile_suite
from charter.evolve.exporter import COMMON, exporters
from charter.evolve.exporters import sft
from charter.load import load
from charter.source import digest_of

NAMES = sorted(exporters())


def export(name, *arguments):
    return CliRunner().invoke(cli, ["export", name, *(str(each) for each in arguments)])


@pytest.fixture
def shop(tmp_path):
    place = tmp_path / "shop"
    place.mkdir()
    return folder(place, TRAINING)


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_answers_that_are_not_bad_are_completions(shop):
    found = records(export("sft", shop))
    assert [record["grade"] for record in found] == ["OK", "GOOD"]
    assert found[1]["completion"] == [
        {"role": "assistant", "content": "The workshop gives prices; ask them."}
    ]
    assert [message["role"] for message in found[0]["prompt"]] == ["system", "user"]


def test_every_good_answer_is_paired_with_every_bad_one(shop):
    found = records(export("dpo", shop))
    assert len(found) == 4
    pairs = {(r["chosen"][0]["content"], r["rejected"][0]["content"]) for r in found}
    assert len(pairs) == 4
    assert {record["rejected_reason"] for record in found} == {"quotes a price", ""}


def test_a_scenario_for_training_is_a_rubric(shop):
    found = records(export("rubrics", shop))[-1]
    assert found["source"] == "price_chain"
    assert found["outcome"] == "refuse"
    assert found["checks"][1] == {"name": "max_words", "arguments": '{"n":40}'}
    assert found["offered_tools"] == ["look_up"]
    assert found["licence"] == "CC-BY-4.0"
    assert found["spec_digest"] == load(shop).digest


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_measures_is_written(shop, name):
    text = export(name, shop).stdout
    assert "brass bell" not in text
    assert "leather saddle" not in text


@pytest.mark.parametrize("name", ["sft", "dpo"])
def test_no_conversation_of_the_starters_suite_is_written(name):
    asked = {
        " ".join(message.content for message in scenario.messages if message.role != "assistant")
        for scenario in compile_suite(load("starter")).scenarios
    }
    found = records(export(name, "starter"))
    assert len(found) > 100
    for record in found:
        said = " ".join(m["content"] for m in record["prompt"] if m["role"] != "assistant")
        assert said not in asked


def test_a_file_comes_with_a_card_that_fits_it(shop, tmp_path):
    out = tmp_path / "out" / "sft.jsonl"
    result = export("sft", shop, "--out", out)
    assert result.exit_code == 0, result.exception
    card = (out.parent / "sft.jsonl.card.md").read_text(encoding="utf-8")
    assert digest_of(out.read_text(encoding="utf-8")) in card
    assert "license: cc-by-4.0" in card
    assert "| prices | developer | 1 | 2 |" in card
    for field in (*exporters()["sft"].FIELDS, *COMMON):
        assert f"| `{field}` |" in card
    assert not list(out.parent.glob("*.part"))


def test_the_same_input_gives_the_same_bytes(shop, tmp_path):
    for place in ("one", "two"):
        export("dpo", shop, "--out", tmp_path / place / "dpo.jsonl")
    for name in ("dpo.jsonl", "dpo.jsonl.card.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_unknown_licence_is_said(tmp_path):
    place = folder(tmp_path, spec=SPEC.replace("license: CC-BY-4.0\n", ""))
    result = export("sft", place, "--out", tmp_path / "x.jsonl")
    assert "licence unknown" in result.stderr
    card = (tmp_path / "x.jsonl.card.md").read_text()
    assert "license: unknown" in card
    assert "Licence: unknown." in card


def test_validation_goes_into_a_file_of_its_own(tmp_path):
    out = tmp_path / "dpo.jsonl"
    result = export("dpo", "starter", "--out", out, "--validation", "0.1")
    assert result.exit_code == 0, result.exception
    train = (tmp_path / "dpo.train.jsonl").read_text().splitlines()
    validation = (tmp_path / "dpo.validation.jsonl").read_text().splitlines()
    sources = [{json.loads(line)["source"] for line in part} for part in (train, validation)]
    assert not sources[0] & sources[1]
    assert 0.05 < len(sources[1]) / len(sources[0] | sources[1]) < 0.15
    assert not out.exists()
    assert "dpo.validation.jsonl" in (tmp_path / "dpo.jsonl.card.md").read_text()


def test_nothing_to_write_is_exit_code_1_and_no_file(tmp_path):
    place = folder(tmp_path, spec="# Prices {#prices authority=user}\n\nSay what it costs.\n")
    result = export("rubrics", place, "--out", tmp_path / "x.jsonl")
    assert result.exit_code == 1
    assert not (tmp_path / "x.jsonl").exists()


def test_what_is_left_out_is_counted(tmp_path):
    spec = SPEC.replace("About sixty.", "[... a sum]")
    result = export("dpo", folder(tmp_path, spec=spec))
    assert "left out: 1 because: an answer has an elision" in result.stderr
    assert "2 records; 0 scenarios are held out, 0 are drafts" in result.stderr


def test_an_overlay_is_laid_over_the_spec(shop, tmp_path):
    overlay = tmp_path / "branch.md"
    overlay.write_text(
        "---\nspec: branch\nextends:\n  name: shop\n  version: '2'\n"
        f"  digest: {load(shop).digest}\nlevel: developer\n---\n\n"
        "## Bells {#bells authority=developer}\n\nThe assistant must not ring[^ring].\n\n"
        "**Example**: ring\n\n~~~xml\n<user>\nRing.\n</user>\n<comparison>\n"
        "<assistant> <!-- GOOD -->\nNo.\n</assistant>\n</comparison>\n~~~\n"
    )
    found = records(export("sft", shop, "--overlay", overlay))
    assert {record["section"] for record in found} == {"prices", "bells"}
    assert {record["spec"] for record in found} == {"branch"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nowhere.md",), ParseError),
        (("{shop}", "--validation", "0.2"), ConfigError),
        (("{shop}", "--out", "{shop}/spec.md/x.jsonl"), StorageError),
    ],
)
def test_what_cannot_be_done_is_one_error(shop, arguments, error):
    filled = [each.format(shop=shop) for each in arguments]
    assert isinstance(export("sft", *filled).exception, error)


def test_an_exporter_that_fails_is_named(shop, monkeypatch):
    def broken(_material):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(sft, "records", broken)
    found = export("sft", shop).exception
    assert isinstance(found, PluginError)
    assert str(found) == "exporter 'sft' failed: no"


@pytest.mark.data
def test_targets_of_the_published_spec(data_dir, tmp_path):
    spec = data_dir / "model_spec" / "2025-12-18" / "model_spec.md"
    result = export("dpo", spec)
    found = records(result)
    assert len(found) > 80
    assert {record["licence"] for record in found} == {"unknown"}
    assert "an answer has an elision" in result.stderr
    assert "[..." not in json.dumps([record["chosen"] for record in found])

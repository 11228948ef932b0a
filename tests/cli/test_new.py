"""`charter new`: a starting point that passes its own check."""

import shutil

import pytest
import yaml
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.errors import ConfigError, ParseError
from charter.evals.suite import compile_suite
from charter.lint.check import check
from charter.load import load


def new(*arguments):
    return CliRunner().invoke(cli, ["new", *(str(argument) for argument in arguments)])


def test_spec_is_a_copy_of_the_starter(tmp_path):
    result = new("spec", tmp_path / "mine")
    assert result.exit_code == 0, result.exception
    assert load(tmp_path / "mine").digest == load("starter").digest
    assert compile_suite(load(tmp_path / "mine")).digest == compile_suite(load("starter")).digest
    assert not list((tmp_path / "mine").rglob("*.py"))


def test_a_filled_folder_is_left_alone(tmp_path):
    (tmp_path / "there").write_text("mine")
    result = new("spec", tmp_path)
    assert isinstance(result.exception, ConfigError)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("level", ["system", "developer", "user"])
def test_overlay_is_pinned_to_its_base_and_clean(tmp_path, level):
    result = new("overlay", "--base", "starter", "--level", level, tmp_path / "over lay")
    assert result.exit_code == 0, result.exception
    overlay = load(tmp_path / "over lay" / "overlay.md")
    fields = overlay.metadata
    assert fields["level"] == level
    assert fields["extends"]["digest"] == load("starter").digest
    assert not [f for f in check(overlay).findings if f.severity != "info"]


def test_odd_names_make_valid_front_matter(tmp_path):
    base = tmp_path / "base"
    shutil.copytree(load("starter").source.path.rpartition("/")[0], base)
    text = (base / "spec.md").read_text()
    (base / "spec.md").write_text(
        text.replace("title: The Charter Starter Spec", "title: 'A \"b\" \\ {c}: #d'")
    )
    new("overlay", "--base", base, tmp_path / "o\"'{}")
    text = (tmp_path / "o\"'{}" / "overlay.md").read_text()
    fields = yaml.safe_load(text.split("---")[1])
    assert fields["title"].endswith('an overlay of A "b" \\ {c}: #d')


def test_a_base_that_is_no_spec_is_refused(tmp_path):
    (tmp_path / "empty.md").write_text("")
    result = new("overlay", "--base", tmp_path / "empty.md", tmp_path / "o")
    assert isinstance(result.exception, ConfigError)
    result = new("overlay", "--base", tmp_path / "none.md", tmp_path / "o")
    assert isinstance(result.exception, ParseError)


def test_an_unwritable_place_is_an_environment_error(tmp_path):
    (tmp_path / "file").write_text("")
    assert exit_code(["new", "spec", str(tmp_path / "file" / "deep")]) == 3

"""Options that take a number take no NaN: it lies in no range."""

import click
import pytest
from click.testing import CliRunner

from charter.cli.finite_range import FiniteRange
from charter.cli.main import cli


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(click.BadParameter, match=r"not a number|not in the range"):
        FiniteRange(0).convert(text, None, None)


def test_a_number_in_the_range_is_taken():
    assert FiniteRange(0, 5).convert("4.5", None, None) == 4.5
    with pytest.raises(click.BadParameter, match="not in the range"):
        FiniteRange(0, 5).convert("5.5", None, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ("suite", "draft", "--section", "x", "--model", "scripted:x", "--temperature", "nan"),
        ("export", "sft", "starter", "--validation", "nan"),
        ("gate", "a", "b", "--margin", "2pt", "--alpha", "nan"),
        ("check", "starter", "--determinacy-min", "nan"),
    ],
)
def test_every_verb_refuses_it(arguments):
    found = CliRunner().invoke(cli, arguments)
    assert found.exit_code == 2
    assert "'nan' is not a number" in found.output

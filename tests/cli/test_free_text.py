"""Options whose text goes into a record."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from charter.cli.main import cli

VERBS = [
    ("stop", "--all", "--reason"),
    ("resume", "stp_1", "--reason"),
    ("pin", "sha256:" + "a" * 64, "--reason"),
    ("erase", "--subject", "s", "--reason"),
    ("approvals", "deny", "apr_1", "--note"),
    ("comments", "reject", "c_1", "--reason"),
    ("reviews", "withdraw", "it_1", "--reason"),
    ("objectives", "end", "a/page/1", "--reason"),
    ("incident", "resolve", "inc_one", "--reason"),
    ("release", "deny", "rel_1", "--roles", "none.yaml", "--reason"),
]


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_control_character_in_a_reason_is_refused_before_anything_is_done(tmp_path, words):
    done = CliRunner().invoke(cli, [*words, "a \x1b]0;b\x07", "--ledger", str(tmp_path)])
    assert done.exit_code == 2
    assert "U+001B is a control character" in done.output
    assert list(tmp_path.iterdir()) == []

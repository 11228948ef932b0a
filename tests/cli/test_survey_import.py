"""`charter survey import`: what is printed, recorded and refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from random import Random

import pytest
from tests.evolve.importers.made import alignment, comments, forms, polis, table

from charter.ledger.open import open_ledger
from charter.records.survey import VoicesImported

MAKERS = {
    "polis": polis,
    "csv": table,
    "collective-alignment": alignment,
    "comments": comments,
    "survey-forms": forms,
}

DIES = """
import os, signal, sys
from charter.cli.main import exit_code
from charter.ledger.stores.sqlite import SqliteStore
name, after, words = sys.argv[1], sys.argv[2] == "after", sys.argv[3:]
own = getattr(SqliteStore, name)
def dies(*given, **more):
    if after:
        own(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(SqliteStore, name, dies)
sys.exit(exit_code(words))
"""
"""Runs the command, and kills it before or after a step of the store."""


@pytest.mark.parametrize(
    ("step", "when", "kept"),
    [
        ("append", "before", 0),  # there is a ledger, and nothing in it
        ("_grown", "after", 0),  # written, and not committed
        ("append", "after", 1),
    ],
)
def test_what_was_killed_and_is_done_again_is_one_record(charter, tmp_path, step, when, kept):
    wanted = polis(tmp_path / "in", 4, Random(1))
    words = ["survey", "import", "polis", str(wanted.path), "--ledger", "l", "--by", "mona"]
    killed = subprocess.run(
        [sys.executable, "-c", DIES, step, when, *words],
        cwd=tmp_path,
        env=charter.env,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (tmp_path / "l").exists()
    with open_ledger(tmp_path / "l", create=False) as ledger:
        assert len(list(ledger.read(VoicesImported))) == kept
    again = charter(*words)
    assert again.code == 0, again.err
    assert ("was recorded before" if kept else "is recorded") in again.err
    with open_ledger(tmp_path / "l", create=False) as ledger:
        ledger.check()
        (record,) = ledger.read(VoicesImported)
    assert record.participants > 0


@pytest.mark.parametrize("name", MAKERS)
def test_every_format_is_read_and_recorded_once(charter, tmp_path, name):
    wanted = MAKERS[name](tmp_path / "in", 4, Random(1))
    options = ["--map", wanted.mapping] if wanted.mapping else []
    done = []
    for _ in range(2):
        done.append(
            charter(
                "survey", "import", name, wanted.path, *options, "--ledger", "l", "--by", "mona"
            )
        )
        assert done[-1].code == 0, done[-1].err
    assert "is recorded in l" in done[0].err
    assert "was recorded before in l" in done[1].err
    said = json.loads(charter("survey", "import", name, wanted.path, *options, "--json").out)
    with open_ledger(tmp_path / "l", create=False) as ledger:
        (record,) = ledger.read(VoicesImported)
    assert (record.run, record.by, record.importer) == (said["digest"], "mona", name)
    assert record.participants == said["people"]
    assert json.loads(record.facts) == said["facts"]


def test_inverted_signs_are_one_line_and_read_with_the_option(charter, tmp_path):
    wrong = polis(tmp_path / "in", 4, Random(1), sign=-1, wide=False, ties=False)
    failed = charter("survey", "import", "polis", wrong.path)
    failed.failure(2, "opposite sign", "--flip-signs")
    assert charter("survey", "import", "polis", wrong.path, "--flip-signs").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fax", "x"), "one of collective-alignment"),
        (("polis", "nowhere"), "nowhere is no folder"),
        (("csv", "x.csv"), "--map FILE"),
        (("polis", "x", "--map", "y"), "--map means nothing"),
        (("polis", "x", "--clauses", "none.yaml"), "none.yaml"),
        (("comments", "none"), "none"),
    ],
)
def test_what_cannot_be_read_is_one_line(charter, arguments, words):
    done = charter("survey", "import", *arguments)
    done.failure(done.code, words)
    assert done.code in (2, 3)


def test_text_of_strangers_cannot_steer_the_terminal(charter, tmp_path):
    folder = tmp_path / "in"
    polis(folder, 4, Random(1))
    (folder / "summary.csv").write_text("topic,\x1b[31mred\x07\n")
    done = charter("survey", "import", "polis", folder)
    assert "\x1b" not in done.out
    assert "\x07" not in done.out

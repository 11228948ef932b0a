"""Golden answers: the same bytes in every process, and the same as when they were last looked at.

The worlds are data, tests/cases/golden/*.json; `digests.py` there says how to take over a change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "cases" / "golden"
HINT = "if the change is meant: python tests/cases/golden/digests.py --write"
ELSEWHERE = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
)


def expected():
    return json.loads((GOLDEN / "digests.json").read_text(encoding="utf-8"))


def computed(environment, folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(GOLDEN / "digests.py")],
        env={"PATH": os.environ.get("PATH", ""), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("environment", ELSEWHERE, ids=lambda each: each["PYTHONHASHSEED"])
def test_answers_are_those_last_looked_at(environment, tmp_path):
    wanted, found = expected(), computed(environment, tmp_path)
    assert found.keys() == wanted.keys()
    changed = [name for name in wanted if found[name] != wanted[name]]
    assert not changed, HINT


def test_there_are_enough_worlds_and_none_is_like_another():
    wanted = expected()
    assert sum(name.startswith("worlds/") for name in wanted) >= 40
    assert sum(name.startswith("starter/") for name in wanted) >= 8
    assert len(set(wanted.values())) == len(wanted)

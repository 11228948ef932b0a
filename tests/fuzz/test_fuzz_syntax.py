"""A short run of the fuzz target, in its own process."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
def test_fuzz_target_finds_nothing_in_a_few_thousand_inputs(root: Path, tmp_path: Path) -> None:
    target = root / "tests" / "fuzz" / "fuzz_syntax.py"
    command = [sys.executable, str(target), "-runs=4000", "-seed=7", "-max_len=400", str(tmp_path)]
    done = subprocess.run(
        command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 4000 runs" in done.stderr

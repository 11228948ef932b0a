"""Logs made by hand and by Inspect itself, always offline."""
# ruff: noqa: PLC0415 - what needs Inspect imports it after it is known to be there

from __future__ import annotations

import gc
import json
import logging
import zipfile

import pytest

from charter.evals.inspect.archive import Archive
from charter.evals.inspect.read_log import read_log

INSPECT_WARNS = [
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
]
"""Of a package that Inspect uses, and of Inspect itself."""

HEADER = {
    "version": 2,
    "status": "success",
    "eval": {
        "created": "2026-01-02T03:04:05+00:00",
        "task": "group/task",
        "task_version": 3,
        "model": "openai/m",
        "dataset": {"name": "set", "samples": 2},
        "config": {"epochs": 1},
        "packages": {"inspect_ai": "0.3.285"},
    },
    "plan": {"config": {"max_tokens": 99, "temperature": 0.5, "seed": 7}},
    "results": {"total_samples": 2},
    "stats": {},
}


def sample(name="a", epoch=1, value="C", *, text="Yes.", stop="stop", **more):
    """Return a sample as Inspect writes it."""
    said = {"role": "assistant", "content": text, "source": "generate"}
    made = {
        "id": name,
        "epoch": epoch,
        "input": "What?",
        "target": "A rubric.",
        "messages": [{"role": "user", "content": "What?"}, said],
        "output": {
            "model": "m",
            "choices": [{"message": said, "stop_reason": stop}],
            "usage": {"input_tokens": 3, "input_tokens_cache_read": 2, "output_tokens": 4},
            "time": 1.5,
        },
        "scores": {"s": {"value": value, "explanation": "because"}},
        "metadata": {},
    }
    return made | more


def write(path, samples, header=HEADER, *, method=zipfile.ZIP_DEFLATED, more=()):
    """Write a log; `header` None leaves it unfinished."""
    with zipfile.ZipFile(path, "w", method) as archive:
        start = {k: HEADER[k] for k in ("version", "eval", "plan")}
        archive.writestr("_journal/start.json", json.dumps(start))
        for made in samples:
            name = f"samples/{made['id']}_epoch_{made['epoch']}.json"
            archive.writestr(name, json.dumps(made))
        for name, content in more:
            archive.writestr(name, content)
        if header is not None:
            archive.writestr("header.json", json.dumps(header))
    return path


@pytest.fixture
def logged(tmp_path):
    """Return a function that writes a log and opens it."""
    opened = []

    def make(samples, header=HEADER, **more):
        archive = Archive(write(tmp_path / f"{len(opened)}.eval", samples, header, **more))
        opened.append(archive)
        return read_log(archive)

    yield make
    for archive in opened:
        archive.close()


@pytest.fixture
def quiet(tmp_path, monkeypatch):
    """Keep Inspect's files in the test's folder, and its handlers out of other tests' logging."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    gc.collect()  # streams that Inspect leaves open must not warn in another test
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run_task(quiet, tmp_path):
    """Return a function that runs a task of Inspect's with answers made up by another."""
    pytest.importorskip("inspect_ai", reason="needs the extra `inspect`")

    def run(task, outputs, **more):
        from inspect_ai import eval as run_eval
        from inspect_ai.model import get_model

        model = get_model("mockllm/model", custom_outputs=outputs)
        (log,) = run_eval(
            task,
            model=model,
            log_dir=str(tmp_path / "logs"),
            log_realtime=False,
            display="none",
            ctl_server=False,
            **more,
        )
        return log

    return run

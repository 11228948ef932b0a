"""Every block that shows Python or a command is run, in order, one folder for each page.

A block with `title="path"` is written to that path first. A `console` block lists commands after
`$ `; the lines below one must occur in what it prints, with `…` for anything. An HTML comment right
above a block says what differs: `<!-- exit: 2 -->`, or `<!-- not run: reason -->`.
"""

import re
import shlex

import pytest

from charter.cli.main import exit_code

from .documents import blocks, name_of, pages


def runnable(page):
    found = blocks(page.read_text(encoding="utf-8"))
    return [
        block
        for block in found
        if block.not_run is None and (block.title or block.language in ("python", "console"))
    ]


@pytest.mark.parametrize("page", [page for page in pages() if runnable(page)], ids=name_of)
def test_blocks_run_as_shown(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    names = {"__name__": "page"}
    for block in runnable(page):
        where = f"{name_of(page)}:{block.line}"
        if block.title:
            file = tmp_path / block.title
            assert file.is_relative_to(tmp_path), where
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.body, encoding="utf-8")
        elif block.language == "python":
            code = "\n" * block.line + block.body
            exec(compile(code, str(page), "exec"), names)  # noqa: S102 - our own documents
        else:
            run_console(block, where, capsys)


def run_console(block, where, capsys):
    commands = split_commands(block.body)
    for place, (command, shown) in enumerate(commands):
        words = shlex.split(re.sub(r"\s+#\s.*", "", command))
        assert words[0] == "charter", f"{where}: mark this block as not run: {command}"
        capsys.readouterr()
        code = exit_code(words[1:])
        said = capsys.readouterr()
        last = place == len(commands) - 1
        output = said.out + said.err
        assert code == (block.exit_code if last else 0), f"{where}: $ {command}\n{output}"
        for line in shown:
            pattern = ".*".join(map(re.escape, line.strip().split("…")))
            assert re.search(pattern, output), f"{where}: $ {command}\nno {line!r} in\n{output}"


def split_commands(body):
    """Return each command with the lines shown below it."""
    found = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif line.strip():
            assert found, f"output before the first command: {line}"
            found[-1][1].append(line)
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_blocks_that_are_not_run_give_a_reason(page):
    for block in blocks(page.read_text(encoding="utf-8")):
        assert block.not_run is None or len(block.not_run.split()) >= 2, block.line


def test_a_command_that_is_no_charter_command_must_be_marked(tmp_path, capsys):
    (block,) = blocks("```console\n$ rm -r x\n```\n")
    with pytest.raises(AssertionError, match="mark this block"):
        run_console(block, "page", capsys)


def test_output_that_is_not_printed_is_found(capsys):
    (block,) = blocks("```console\n$ charter --version\nsomething else\n```\n")
    with pytest.raises(AssertionError, match="something else"):
        run_console(block, "page", capsys)

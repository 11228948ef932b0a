"""Every failure ends in one line that says what, where and what to do, and in its exit code."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import time

import pytest
from aiohttp import web

from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import ReplyRecorded, RunFinished

from .conftest import SMALL, reply

SECTION = "# A {#a authority=user}\n\nYou must do it.\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
BOUNDARY = "\n~~~boundary\nid: b\non: tool_call\nwhen: {}\neffect: block\n~~~\n"
LEDGER = "runs/ledger.sqlite"


def example(body):
    return f"{SECTION}\n**Example**: one\n\n~~~xml\n{body}~~~\n"


# name: (content, exit code of `check`, words of the line on stderr or of the findings)
SPECS = {
    "binary": (b"\x7fELF\x00\x01\x02" * 99, 2, ["not text: zero byte at 4", "(name a"]),
    "large": (b"# A\n\nYou must.\n" * 3_500_000, 2, ["larger than 8 MB", "(a spec is"]),
    "latin-1": ("# K\xe4se\n".encode("latin-1"), 2, [":1: not UTF-8: byte 0xe4 at 3", "(save"]),
    "utf-16": (SECTION.encode("utf-16"), 2, ["not text", "(name a Markdown file)"]),
    "deep-quotes": (f"{SECTION}\n{'>' * 100_000} x\n", 1, ["section-without-example"]),
    "deep-lists": (SECTION + "\n" + "".join(f"{'  ' * i}- x\n" for i in range(900)), 1, []),
    "deep-brackets": (f"{SECTION}\n{'[' * 100_000}{'*a _b ' * 20_000}\n", 1, []),
    "deep-yaml": (f"---\na: {'[' * 30_000}\n---\n{SECTION}", 1, [":2:23: error: YAML: nested"]),
    "deep-tags": (example("<user>\n" * 3000 + "</user>\n" * 3000), 1, ["<user> inside <user>"]),
    "unclosed-fence": (f"{SECTION}\n~~~xml\n<user>\n", 1, [":5:1: error: fence", "hint: end it"]),
    "duplicate-id": (SECTION * 2, 1, [":4:1: error: section id 'a' is taken", "hint: give"]),
    "unknown-authority": ("# A {#a authority=king}\n", 1, [":1:1: error: unknown authority"]),
    "yaml-bomb-in-front-matter": (f"---\n{BOMB}---\n{SECTION}", 1, [":2:4: error: YAML: anchors"]),
    "yaml-bomb-in-fence": (f"{SECTION}\n~~~boundary\n{BOMB}~~~\n", 1, [":6:4: error: YAML: anch"]),
    "cel-types": (SECTION + BOUNDARY.format("text + 1 == 2"), 1, [":8:", "error: "]),
    "cel-syntax": (SECTION + BOUNDARY.format("text +"), 1, [":8:", "error: "]),
    "cel-deep": (SECTION + BOUNDARY.format("(" * 5000 + "true" + ")" * 5000), 1, [":8:"]),
}


@pytest.mark.parametrize("name", SPECS)
def test_spec_that_cannot_be_used(charter, tmp_path, name):
    content, code, words = SPECS[name]
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "s.md").write_bytes(data)
    done = charter("check", "s.md")
    if code == 2:
        done.failure(2, "s.md", *words)
        charter("show", "s.md").failure(2, "s.md", *words)
        return
    assert (done.code, done.err) == (1, "")
    for word in words:
        assert word in done.out
    assert charter("show", "s.md").code == 0


# name: (arguments, exit code, words)
COMMANDS = {
    "missing-file": ("check no.md", 2, ["no.md: no such file (check the path)"]),
    "missing-file-to-show": ("show no.md", 2, ["no.md: no such file"]),
    "folder-without-spec": ("check empty", 2, ["folder empty has no spec.md (name"]),
    "long-path": ("check " + "a" * 5000, 3, ["File name too long (check the path)"]),
    "unknown-verb": ("chekc", 2, ["No such command 'chekc'", "charter --help"]),
    "unknown-option": ("check --bogus x", 2, ["No such option '--bogus'", "charter check --help"]),
    "unknown-format": ("check --format x y", 2, ["'x' is not one of", "(see `charter check"]),
    "unknown-reader": ("show starter --reader klingon", 2, ["klingon", "("]),
    "unknown-schema": ("schema x", 2, ["'comparison'"]),
    "unknown-section": ("show starter#nope", 2, ["no section 'nope' (see"]),
    "unknown-rule": ("check starter --rule nope", 2, ["nope", "("]),
    "missing-config": ("check starter --config no.toml", 2, ["no.toml", "("]),
    "folder-taken": ("new spec taken", 2, ["taken is there already (name"]),
    "folder-under-a-file": ("new spec file/deep", 3, ["file/deep cannot be written", "(choose"]),
    "no-model": ("eval starter", 2, ["Missing option '--model'"]),
    "unknown-provider": ("eval {small} --model nobody:x", 2, ["'nobody' (write PROVIDER"]),
    "sections": ("eval {small} --model {fine} --sections nope", 2, ["no section 'nope' (see"]),
    "no-sections": ("eval {small} --model {fine} --sections ,", 2, ["no section ''"]),
    "repeat": ("eval {small} --model {fine} --repeat 0", 2, ["'--repeat': 0 is not in"]),
    "concurrency": ("eval {small} --model {fine} --concurrency 0", 2, ["'--concurrency': 0"]),
    "per-section": ("eval {small} --model {fine} --per-section 0", 2, ["'--per-section': 0"]),
    "temperature": ("eval {small} --model {fine} --temperature nan", 2, ["not a number"]),
    "tokens": (f"eval {{small}} --model {{fine}} --max-tokens {10**20}", 2, ["not in the range"]),
    "seed": (f"eval {{small}} --model {{fine}} --seed {10**20}", 2, ["not in the range"]),
    "option": ("eval {small} --model {fine} --option bad", 2, ["'bad' is not KEY=VALUE (e.g."]),
    "unknown-option-key": ("eval {small} --model {fine} --option x=1", 2, ["no option 'x' (its"]),
    "base-url": ("eval {small} --model openai:m --base-url ftp://x", 2, ["'base_url'", "https://"]),
    "no-key": ("eval {small} --model openai:m --base-url http://192.0.2.1/v1", 2, ["no API key"]),
    "no-scenarios": ("eval plain.md --model {fine}", 2, ["plain.md has no scenarios (put"]),
    "out-is-a-file": ("eval {small} --model {fine} --out file", 2, ["'file' is a file"]),
    "out-under-a-file": ("eval {small} --model {fine} --out file/x", 3, ["file/x/", "(check that"]),
    "out-in-proc": ("eval {small} --model {fine} --out /proc/x", 3, ["/proc/x/", "(check that"]),
    "script-missing": ("eval {small} --model scripted:no", 2, ["script no cannot be", "(check"]),
    "script-broken": (
        "eval {small} --model scripted:broken.yaml",
        2,
        ["broken.yaml:2: YAML: did not", "("],
    ),
    "script-bomb": ("eval {small} --model scripted:bomb.yaml", 2, ["bomb.yaml:1: YAML: anch", "("]),
    "script-binary": ("eval {small} --model scripted:binary", 2, ["binary cannot be read", "("]),
    "script-exhausted": (
        "eval {small} --model scripted:file",
        3,
        ["no reply left (add", "kept in"],
    ),
    "weights-absent": ("eval {small} --model embedded", 3, ["are not here (run `charter models"]),
    "weights-unknown": ("eval {small} --model embedded:x", 2, ["no embedded model named 'x' ("]),
    "no-ledger": ("report --ledger no", 3, ["no/ledger.sqlite: no such ledger (name"]),
    "ledger-is-no-database": ("report --ledger file.txt", 3, ["file.txt: file is not a", "("]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_that_cannot_be_done(charter, tmp_path, name):
    words, code, expected = COMMANDS[name]
    (tmp_path / "empty").mkdir()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").touch()
    (tmp_path / "file").touch()
    (tmp_path / "file.txt").write_text("not a database " * 99)
    (tmp_path / "fine.yaml").write_text("default: fine\n")
    (tmp_path / "broken.yaml").write_text("replies: [\n")
    (tmp_path / "bomb.yaml").write_text(BOMB)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "plain.md").write_text(SECTION)
    arguments = words.format(small=SMALL, fine="scripted:fine.yaml").split(" ")
    line = charter(*arguments, env={"CHARTER_CACHE": "cache"}).failure(code, *expected)
    assert len(line) < 2000


SCENARIO = (
    "---\nsection: greet\n---\n\n**Scenario**: s {{#s family=freedom}}\n\n"
    "~~~xml\n<user>\nhi\n</user>\n~~~\n\n~~~expect\n{}~~~\n"
)
SCENARIOS = {
    "yaml-bomb": (SCENARIO.format(BOMB), "scenarios/x.md:1"),
    "unknown-check": (SCENARIO.format("checks: [{nope: {}}]\n"), "scenarios/x.md:"),
    "surrogate-in-rubric": (SCENARIO.format('rubric: "\\ud83d"\n'), "scenarios/x.md:"),
    "unknown-section": (SCENARIO.format("rubric: x\n").replace("greet", "no"), "scenarios/x.md:1:"),
    "unclosed": (SCENARIO.format("rubric: x\n")[:-4], "scenarios/x.md:13:"),
    "deep": (SCENARIO.format(f"checks: {'[' * 9999}\n"), "scenarios/x.md:"),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_that_cannot_be_used(charter, tmp_path, name):
    text, place = SCENARIOS[name]
    shutil.copytree(SMALL, tmp_path / "spec")
    (tmp_path / "spec" / "scenarios" / "x.md").write_text(text)
    (tmp_path / "fine.yaml").write_text("default: fine\n")
    done = charter("eval", "spec", "--model", "scripted:fine.yaml")
    done.failure(2, place)


async def never(_body):
    await asyncio.sleep(3600)


def body(status=200, **fields):
    async def answer(_body):
        return web.Response(status=status, content_type="application/json", **fields)

    return answer


def error(status, message="no"):
    async def answer(_body):
        return web.json_response({"error": {"message": message}}, status=status)

    return answer


# name: (answer, words of the line)
FATAL = {
    "never": (never, ["did not answer within 3 s (raise the option `timeout`"]),
    "wrong-key": (error(401), ["turned the request down with 401 (set OPENAI_API_KEY"]),
    "forbidden": (error(403), ["turned the request down with 403: no (set OPENAI_API_KEY"]),
    "no-model": (error(404, "no\nm\x1b[31m"), ["down with 404: no m [31m (check the model's name"]),
    "500": (error(500), ["answered 500: no (try again later"]),
    "503": (body(503, text="<html>"), ["answered 503 (try again later"]),
}


def ask(endpoint, *more):
    brief = ("timeout=3", "attempts=2", "max_wait=0.01")
    options = [part for option in brief for part in ("--option", option)]
    return ("eval", SMALL, "--model", "openai:m", "--base-url", endpoint.url, *options, *more)


@pytest.mark.parametrize("name", FATAL)
def test_endpoint_that_cannot_be_used(charter, endpoint, tmp_path, name):
    endpoint.answer, words = FATAL[name]
    charter(*ask(endpoint)).failure(3, endpoint.url, "; run ", "carries on)", *words)
    assert not recorded(tmp_path, ReplyRecorded)
    endpoint.answer = body(200, text=web.json_response(reply()).text)
    done = charter(*ask(endpoint))
    assert done.code == 0, done.err
    assert len(recorded(tmp_path, ReplyRecorded)) == 6
    assert len(recorded(tmp_path, RunFinished)) == 1


def test_endpoint_that_is_not_there(charter, endpoint):
    endpoint.url = "http://127.0.0.1:9/v1"
    charter(*ask(endpoint)).failure(
        3, "127.0.0.1:9", "cannot be reached: Connection refused (check"
    )


# name: (answer, what the report counts)
SINGLE = {
    "no-json": (body(text="<html>hi"), "6 errors"),
    "cut-json": (body(text='{"choices": [{'), "6 errors"),
    "wrong-types": (body(text='{"choices": [{"message": {"content": 5}}]}'), "6 errors"),
    "empty-choices": (body(text='{"choices": []}'), "6 errors"),
    "a-list": (body(text="[" * 99 + "]" * 99), "6 errors"),
    "deep-json": (body(text="[" * 99_999), "6 errors"),
    "oversized": (body(text='{"a": "' + "x" * 9 * 2**20), "6 errors"),
    "bad-request": (error(400, "\x00odd\x1b[31m"), "6 errors"),
    "rate": (error(429), "6 errors"),
    "filter": (body(text='{"choices": [{"message": {}, "finish_reason": "content_filter"}]}'),
               "6 filtered"),
    "cut-off": (body(text='{"choices": [{"message": {}, "finish_reason": "length"}]}'),
                "6 cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", SINGLE)
def test_reply_that_cannot_be_graded_is_counted_and_said(charter, endpoint, name):
    endpoint.answer, count = SINGLE[name]
    done = charter(*ask(endpoint))
    assert count in " ".join(done.out.split())
    if "errors" in count:
        done.failure(3, "6 of 6 replies failed", "the same command carries on")
    else:
        assert (done.code, done.err) == (0, "")


def recorded(folder, kind):
    with Ledger(open_store(str(folder / LEDGER), create=False)) as ledger:
        return list(ledger.read(kind))


@pytest.fixture
def measured(charter, tmp_path):
    """The command, in a folder with a script and a finished run."""
    (tmp_path / "fine.yaml").write_text("default: fine\n")
    assert charter("eval", SMALL, "--model", "scripted:fine.yaml").code == 0
    return charter


def test_unknown_run_is_named_with_its_ledger(measured):
    measured("report", "nope").failure(3, "runs/ledger.sqlite has no run 'nope' (see")


# name: a statement and words of the line
DAMAGE = {
    "body": ("UPDATE records SET body = body || ' '", "record 1 (RunStarted) does not match"),
    "bytes": ("UPDATE records SET body = x'00ff' WHERE kind = 'ReplyRecorded'", "does not match"),
    "not-utf-8": ("UPDATE records SET body = CAST(x'ff' AS TEXT)", "runs/ledger.sqlite"),
    "null-digest": ("UPDATE records SET digest = 5", "does not match"),
    "moved": ("UPDATE records SET key = 'x' WHERE kind = 'RunFinished'", "another run or key"),
    "no-table": ("DROP TABLE records", "another program"),
    "no-column": ("ALTER TABLE records DROP COLUMN digest", "another program"),
    "future": ("PRAGMA user_version = 99", "schema 99"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_ledger(measured, tmp_path, name):
    statement, words = DAMAGE[name]
    with sqlite3.connect(tmp_path / LEDGER) as connection:
        connection.execute(statement)
    connection.close()
    measured("report").failure(3, "runs/ledger.sqlite", words, "(")


def test_ledger_damaged_in_the_middle(measured, tmp_path):
    content = (tmp_path / LEDGER).read_bytes()
    middle = len(content) // 2 // 4096 * 4096
    (tmp_path / LEDGER).write_bytes(content[:middle] + b"\xa5" * (len(content) - middle))
    measured("report").failure(3, "runs/ledger.sqlite", "(")
    (tmp_path / LEDGER).write_bytes(content[:5000])
    measured("report").failure(3, "runs/ledger.sqlite", "(")


@pytest.mark.parametrize("version", [0, 1])
def test_database_of_another_program_is_left_as_it_is(charter, tmp_path, version):
    (tmp_path / "fine.yaml").write_text("default: fine\n")
    (tmp_path / "runs").mkdir()
    with sqlite3.connect(tmp_path / LEDGER) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = (tmp_path / LEDGER).read_bytes()
    for arguments in (("report",), ("eval", SMALL, "--model", "scripted:fine.yaml")):
        charter(*arguments).failure(3, "runs/ledger.sqlite is a database of another program (name")
    assert (tmp_path / LEDGER).read_bytes() == before


def test_two_processes_that_start_one_ledger_at_once(charter, tmp_path):
    """Runs of different plans share a ledger."""
    (tmp_path / "fine.yaml").write_text("default: fine\n")
    command = ("eval", SMALL, "--model", "scripted:fine.yaml")
    started = [charter.start(*command, "--seed", seed) for seed in range(4)]
    for done in map(charter.end, started):
        assert (done.code, done.err) == (0, "")
    assert len(recorded(tmp_path, RunFinished)) == 4
    assert len(recorded(tmp_path, ReplyRecorded)) == 24


def test_two_processes_on_one_run_lose_nothing(charter, endpoint, tmp_path):
    async def slowly(_body):
        await asyncio.sleep(0.2)
        return web.json_response(reply())

    endpoint.answer = slowly
    command = ("eval", SMALL, "--model", "openai:m", "--base-url", endpoint.url)
    first = charter.start(*command, "--concurrency", "1")
    while not endpoint.asked:  # the run is not in the ledger yet
        time.sleep(0.05)
    second = charter.start(*command, "--concurrency", "1")
    for done in (charter.end(first), charter.end(second)):
        if done.code:  # the second one first says how far the run is
            done.err = done.err.splitlines(keepends=True)[-1]
            done.failure(3, "already holds", "(another process")
    done = charter(*command)
    assert done.code == 0, done.err
    steps = [(r.run, r.scenario, r.epoch) for r in recorded(tmp_path, ReplyRecorded)]
    assert len(steps) == len(set(steps))
    assert len(recorded(tmp_path, RunFinished)) >= 1


@pytest.fixture
def tiny_disk(tmp_path):
    """A folder on a file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    if (
        shutil.which("mount") is None
        or subprocess.run(options, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk_loses_nothing_and_the_run_carries_on(charter, tiny_disk):
    script = tiny_disk.parent / "s.yaml"
    script.write_text(f"default: {'many words ' * 300}\n")
    command = ("eval", SMALL, "--model", f"scripted:{script}", "--repeat", "4", "--out", "disk")
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(60 * 1024))
    line = charter(*command).failure(3, "disk/ledger.sqlite", "is full (free some space")
    assert "the same command carries on" in line
    with Ledger(open_store(str(tiny_disk / "ledger.sqlite"), create=False)) as ledger:
        kept = list(ledger.read(ReplyRecorded))
    assert kept
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", str(tiny_disk)], check=True)
    done = charter(*command)
    assert done.code == 0, done.err
    assert f"carrying on: {len(kept)} of 24" in done.err


def test_limit_on_the_size_of_files(charter, tmp_path):
    """What a quota does, without the right to mount anything."""
    (tmp_path / "s.yaml").write_text(f"default: {'many words ' * 300}\n")
    command = [sys.executable, "-m", "charter", "eval", str(SMALL), "--model", "scripted:s.yaml"]
    limited = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, -1)); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    done = charter.end(
        subprocess.Popen(
            [sys.executable, "-c", limited, *command, "--repeat", "4"],
            cwd=tmp_path,
            env=charter.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    )
    done.failure(3, "runs/ledger.sqlite", "the same command carries on")
    kept = len(recorded(tmp_path, ReplyRecorded))
    assert kept
    done = charter(*command[3:], "--repeat", "4")
    assert done.code == 0
    assert f"carrying on: {kept} of 24" in done.err


def test_report_that_cannot_be_written_leaves_the_run_complete(charter, tiny_disk):
    """All the room goes to a file between the last record and the report."""
    (tiny_disk.parent / "s.yaml").write_text("default: fine\n")
    (tiny_disk.parent / "sitecustomize.py").write_text(
        "import os, pathlib\n"
        "real = pathlib.Path.write_text\n"
        "def full(self, text, **more):\n"
        "    if self.suffix == '.part':\n"
        "        raise OSError(28, os.strerror(28), str(self))\n"
        "    return real(self, text, **more)\n"
        "pathlib.Path.write_text = full\n"
    )
    env = {"PYTHONPATH": str(tiny_disk.parent)}
    command = ("eval", SMALL, "--model", "scripted:s.yaml", "--out", "disk")
    line = charter(*command, env=env).failure(3, ".html cannot be written: No space", "disk/")
    assert "the run is complete: make room, then charter report --ledger disk" in line
    assert charter("report", "--ledger", "disk").code == 0
    assert not list(tiny_disk.glob("*.part"))


@pytest.mark.parametrize("target", ["/proc/x.html", ".", "no/x.html", "file/x.html"])
def test_report_that_cannot_be_written_where_asked(measured, tmp_path, target):
    (tmp_path / "file").touch()
    measured("report", "--format", "html", "--out", target).failure(3, target, "(name a file")


def test_weights_of_another_digest(charter, tmp_path):
    (tmp_path / "w.gguf").write_bytes(b"GGUF" + bytes(99))
    env = {"CHARTER_CACHE": "cache"}
    done = charter("models", "pull", "--from", "w.gguf", env=env)
    assert done.code == 3
    assert "w.gguf does not hold the weights of smollm2-135m" in done.err.splitlines()[-1]
    done = charter("models", "pull", env={"CHARTER_CACHE": "w.gguf/x"})
    assert done.code == 3
    assert "Not a directory (make room or grant access" in done.err.splitlines()[-1]


# name: (source of the module, its entry-point group, arguments, words)
PLUGINS = {
    "grader": ("1 / 0", "charter.graders", ["eval", SMALL, "--model", "scripted:s.yaml"]),
    "rule": ("raise RuntimeError('a\\nb')", "charter.rules", ["check", "starter"]),
    "provider": ("import no_such_module", "charter.providers", ["eval", SMALL, "--model", "odd"]),
    "runner": ("def f(:", "charter.runners", ["eval", SMALL, "--model", "scripted:s.yaml"]),
}


@pytest.mark.parametrize("name", PLUGINS)
def test_plugin_that_does_not_import(charter, tmp_path, name):
    source, group, arguments = PLUGINS[name]
    (tmp_path / "s.yaml").write_text("default: fine\n")
    site = tmp_path / "site"
    (site / "odd-1.0.dist-info").mkdir(parents=True)
    (site / "odd.py").write_text(source + "\n")
    (site / "odd-1.0.dist-info" / "METADATA").write_text("Name: odd\nVersion: 1.0\n")
    (site / "odd-1.0.dist-info" / "entry_points.txt").write_text(f"[{group}]\nodd = odd\n")
    done = charter(*arguments, env={"PYTHONPATH": str(site)})
    done.failure(3, f"plug-in 'odd' of {group} does not load: ", "(fix or uninstall")


ASCII = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
TERMINALS = {
    "ascii": ASCII,
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "lang-c": {"LC_ALL": "C", "LANG": "C"},
    "dumb": {"TERM": "dumb"},
    "narrow": {"COLUMNS": "20"},
    "no-columns": {"COLUMNS": "0"},
    "odd-columns": {"COLUMNS": "-7"},
}


@pytest.mark.parametrize("name", TERMINALS)
def test_poor_terminals_get_everything_that_fits(measured, tmp_path, name):
    env = TERMINALS[name]
    spec = "# Ä {#a authority=user}\n\nYou must not ☃ 😀.\n"
    (tmp_path / "ü.md").write_text(spec, encoding="utf-8")
    for arguments, code in (
        (("check", "ü.md"), 1),
        (("show", "ü.md"), 0),
        (("report",), 0),
    ):
        done = measured(*arguments, env=env)
        assert (done.code, done.err) == (code, "")
        assert done.out.strip()
    done = measured("show", "ü.md", "--json", env=env)
    shown = subprocess.run(
        [sys.executable, "-c", "import json, sys; print(ascii(json.load(sys.stdin)['sections']))"],
        input=done.out.encode(),
        capture_output=True,
        check=True,
    )
    assert rb"\u2603 \U0001f600" in shown.stdout
    measured("check", "mïssing.md", env=env).failure(2, "no such file (check the path)")


def test_file_names_cannot_steer_the_terminal(charter, tmp_path):
    name = os.fsdecode(b"a\nb\x1b[31m\xff#.md")
    charter("check", name).failure(2, "a b\ufffd[31m\ufffd#.md: no such file")
    (tmp_path / name).write_text(SECTION)
    (tmp_path / "s.yaml").write_text("default: fine\n")
    shutil.copytree(SMALL / "scenarios", tmp_path / "scenarios")
    (tmp_path / name).write_text((SMALL / "spec.md").read_text())
    for arguments in (
        ("check", name),
        ("check", name, "--format", "json"),
        ("show", name, "--json"),
        ("eval", name, "--model", "scripted:s.yaml"),
        ("report",),
    ):
        done = charter(*arguments)
        assert done.code in (0, 1), done.err
        assert done.err == ""
        assert "\x1b" not in done.out


def test_model_name_that_is_not_utf_8(charter):
    name = os.fsdecode(b"openai:\xff")
    charter("eval", SMALL, "--model", name).failure(2, "--model is not UTF-8 (check")


# name: (what is done with the streams, exit code, words on stderr)
STREAMS = {
    "reader-gone": ("| true; exit ${PIPESTATUS[0]}", 0, ""),
    "output-full": ("> /dev/full", 3, "standard output: No space left on device (check"),
    "output-closed": (">&-", 0, ""),
    "stderr-closed": ("2>&-", 0, ""),
    "stderr-reader-gone": ("2> >(true)", 0, ""),
    "all-closed": (">&- 2>&- <&-", 0, ""),
}


@pytest.mark.parametrize("verb", ["show", "eval"])
@pytest.mark.parametrize("name", STREAMS)
def test_streams_that_are_closed_or_full(charter, tmp_path, name, verb):
    ending, code, words = STREAMS[name]
    (tmp_path / "s.yaml").write_text("default: fine\n")
    more = "--model scripted:s.yaml" if verb == "eval" else ""
    command = f"{sys.executable} -m charter {verb} {SMALL} {more} {ending}"
    done = charter.end(
        subprocess.Popen(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=charter.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    )
    assert done.code == code
    assert words in done.err
    assert done.err.count("\n") == bool(words)
    if verb == "eval":
        assert len(list((tmp_path / "runs").glob("*.html"))) == 1, (
            "the report is written all the same"
        )


@pytest.mark.parametrize("ending", ["2>&-", "2> >(exec 0<&-)", "2>/dev/full"])
def test_failure_that_nobody_can_read_has_its_code(charter, tmp_path, ending):
    command = f"{sys.executable} -m charter check no.md {ending}"
    process = subprocess.Popen(["bash", "-c", command], cwd=tmp_path, env=charter.env)
    assert charter.end(process).code == 2


def test_terminal_shows_progress_and_then_the_failure(charter, endpoint, tmp_path):
    """With a terminal on stderr there is a bar; the failure is the last line."""
    endpoint.answer = error(404)
    ours, theirs = os.openpty()
    process = charter.start(*ask(endpoint), stderr=theirs, env={"TERM": "xterm"})
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:  # the other side is closed
        pass
    assert charter.end(process).code == 3
    os.close(ours)
    assert b"Traceback" not in written
    last = written.decode().strip().split("charter: ")
    assert len(last) == 2
    assert "404" in last[1]


def test_ctrl_c_while_nothing_has_been_asked(charter, tmp_path):
    """A spec that never comes, as from a pipe nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    process = charter.start("check", "pipe")
    with (tmp_path / "pipe").open("wb"):  # it waits for the text
        process.send_signal(signal.SIGINT)
        done = charter.end(process)
    done.failure(130, "interrupted")


def test_the_console_script_is_the_same(charter, tmp_path):
    script = os.path.join(sysconfig.get_path("scripts"), "charter")  # noqa: PTH118 - one word
    done = subprocess.run(
        [script, "check", "no.md"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "charter: no.md: no such file (check the path)\n")

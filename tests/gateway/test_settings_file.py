"""gateway.toml: what it says, and each thing that can be wrong with it."""

import pytest

from charter.errors import ConfigError
from charter.gateway.settings import Settings
from charter.gateway.settings_file import load_settings
from charter.gateway.table import build_table
from charter.gateway.wire.asked import Api

DIGEST = "sha256:" + "0a" * 32
CALLER = f'[callers.web]\nkeys = ["{DIGEST}"]\n'
CHECK = '[checks.short]\ncheck = "length"\nsection = "SECTION"\n'


def read(tmp_path, text):
    file = tmp_path / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def test_an_empty_file_means_what_none_does(tmp_path):
    found = read(tmp_path, "")
    given = Settings(path=found.path, digest=found.digest)
    assert found == given
    assert len(found.digest) == 64


def test_everything_is_read(tmp_path):
    found = read(
        tmp_path,
        CALLER
        + """
application = "shop"
overlays = ["shop.md"]
requests_per_minute = 5
[upstream]
url = "https://a.example/v1"
[upstream.messages]
url = "https://b.example"
key_env = "KEY"
[checks.words]
check = "patterns"
section = "s"
effect = "redact"
fail = "open"
words = ["nightjar"]
[tools.refund]
reversible = "user"
[approvals]
seconds = 60
four_eyes = ["refund"]
[keep]
payloads = "all"
master_key = "keys/master"
[ledger]
location = "here.sqlite"
[console]
accounts = "accounts.toml"
""",
    )
    (entry,) = found.callers
    assert (entry.caller.application, entry.caller.principal) == ("shop", "web")
    assert entry.caller.overlays == (str(tmp_path / "shop.md"),)
    assert found.upstream.endpoint(Api.MESSAGES).key_env == "KEY"
    assert found.upstream.endpoint(Api.CHAT).url == "https://a.example/v1"
    (check,) = found.checks
    assert (check.closed, dict(check.settings)) == (False, {"words": ["nightjar"]})
    assert found.tools["refund"].reversible == "user"
    assert found.keep.master_key == tmp_path / "keys" / "master"
    assert found.ledger.location == str(tmp_path / "here.sqlite")
    assert found.console.accounts == tmp_path / "accounts.toml"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = ", ["not TOML"]),
        ("x = 1", ["x", "unknown key", "known tables"]),
        ("[server]\nports = 1", ["server.ports", "unknown key", "header_seconds"]),
        ("[server]\nport = 70000", ["server.port"]),
        ("[server]\nport = '80'", ["server.port"]),
        ("[upstream]\nurl = 'ftp://x'", ["upstream.url"]),
        ("[upstream]\nkey_env = 'sk-123 456'", ["upstream.key_env", "never the secret"]),
        ("[callers.web]", ["callers.web.keys", "missing", "charter key new"]),
        ("[callers.web]\nkeys = ['ck_abc']", ["callers.web.keys.0", "charter key new"]),
        ("[callers.'a b']\nkeys = ['x']", ["callers"]),
        (CALLER + f'[callers.two]\nkeys = ["{DIGEST}"]', ["callers.two.keys", "web"]),
        ("[checks.a]\ncheck = 'length'", ["checks.a.section", "missing"]),
        (CHECK + "effect = 'allow'", ["checks.short.effect"]),
        ("[keep]\nsample = 1001", ["keep.sample"]),
        ("[approvals]\nseconds = 1", ["approvals.seconds"]),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path, text, words):
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)
    said = str(raised.value)
    assert "gateway.toml" in said
    assert "\n" not in said
    for word in words:
        assert word in said
    assert "sk-123" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CALLER + "level = 'boss'", ["callers.web.level", "boss"]),
        (CHECK, ["checks.short", "SECTION"]),
        (CHECK.replace("length", "lengths"), ["checks.short", "lengths"]),
        ("[approvals]\nfour_eyes = ['refnud']", ["approvals.four_eyes", "refnud"]),
    ],
)
def test_what_does_not_fit_the_spec_is_said(tmp_path, text, words):
    with pytest.raises(ConfigError) as raised:
        build_table("starter", (), read(tmp_path, text))
    assert str(raised.value).startswith(f"{tmp_path}")
    assert "gateway.toml: " in str(raised.value)
    for word in words:
        assert word in str(raised.value)

"""The file of targets and routes: what it may say, and what is refused with its key."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.govern.notices.due import Due
from charter.govern.notices.settings import load_settings, read_settings

GOOD = """
format: charter-notices/1
targets:
  - {kind: webhook, name: chat, url: "https://example.org/hook"}
  - {kind: email, name: people, host: mail.example.org, from: a@example.org, to: [b@example.org]}
routes:
  - {events: [alert.raised, "clock.*"], severities: [page, ""], to: [chat, people]}
  - {events: ["*"], to: [people]}
"""


def test_routes_lead_each_event_to_each_target_once():
    settings = read_settings(GOOD, "n.yaml")

    def names(event, severity, *, drill=False):
        due = Due(event, "a", "2026-03-01T00:00:00Z", severity, "t", drill=drill)
        return [each.name for each in settings.to(due)]

    assert names("alert.raised", "page") == ["chat", "people"]
    assert names("alert.raised", "ticket") == ["people"]
    assert names("clock.warning", "") == ["chat", "people"]
    assert names("release.released", "") == ["people"]
    assert names("alert.raised", "page", drill=True) == []
    settings = read_settings(GOOD.replace('["*"], to', '["*"], drills: true, to'), "n.yaml")
    assert names("alert.raised", "page", drill=True) == ["people"]


BAD = [
    ("format: charter-notices/1", "format: other", "format"),
    ("name: chat", "name: people", "people is there twice"),
    ("https://", "http://", "plain_http"),
    ("https://example.org/hook", "ftp://example.org", "no URL"),
    ("https://example.org/hook", "https://u:p@example.org", "cannot be used"),
    ("https://example.org/hook", "https://example.org:99999/", "no URL"),
    ('url: "https://example.org/hook"', "timeout: 5", "where to"),
    ("to: [chat, people]", "to: [nobody]", "no target 'nobody'"),
    ("alert.raised", "alert.razed", "no event"),
    ("severities: [page", "severities: [pgae", "no severity 'pgae': nothing would go this way"),
    ("kind: email", "kind: pigeon", "targets.1"),
    ("from: a@example.org", "from: somebody", "no address"),
    ("host: mail.example.org", "host: mail.example.org, user_env: U", "belong together"),
    (
        "host: mail.example.org",
        "host: m, security: none, user_env: U, password_env: P",
        "in the open",
    ),
    ("host: mail.example.org", 'host: "m\\r\\nx"', "targets.1.host"),
    ("name: chat", "name: chat, colour: red", "colour"),
    ("name: chat", "name: chat, timeout: 0", "timeout"),
    ("name: chat", "name: chat, timeout: .nan", "timeout"),
    ("format", "x: &a [*a]\nformat", "YAML"),
]


@pytest.mark.parametrize(("old", "new", "words"), BAD)
def test_what_is_wrong_is_said_with_file_and_key(old, new, words):
    with pytest.raises(ConfigError) as failure:
        read_settings(GOOD.replace(old, new, 1), "n.yaml")
    assert "n.yaml" in str(failure.value)
    assert words in str(failure.value)
    assert "u:p@" not in str(failure.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[]", b"a" * 300_000])
def test_files_that_are_none_are_refused_in_one_line(tmp_path, content):
    file = tmp_path / "n.yaml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as failure:
        load_settings(file)
    assert "\n" not in str(failure.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "none.yaml")

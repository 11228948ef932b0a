"""The index for full-text search."""

from __future__ import annotations

import builtins
import os
from threading import Event, Thread

import pytest

from charter.errors import PluginError
from charter.publish import search
from charter.publish.prose import Anchor, Words, rendered
from charter.publish.remarks import Count, Remark
from charter.publish.search import Record, index, indexing, plain_text
from charter.source import Span

RECORDS = [
    Record("s/quiet.html", "Quiet", "user", "The clerk should whisper."),
    Record("s/law.html", "Law <b>", "", "The clerk must obey <script>."),
]


def test_words_are_what_readers_see():
    anchor = Anchor(Span(0, 13), "a/b", "must", Remark("It", "https://a.example/", Count(3)))
    fragment = rendered("It <b> *must*.\x00", Words(lambda _: None, lambda _: None), [anchor])
    assert "3 comments" in fragment
    assert plain_text(fragment) == "It <b> must . U+0000"


@pytest.mark.slow
def test_an_index_is_the_same_for_the_same_sections():
    pytest.importorskip("pagefind")
    first, second = dict(index(RECORDS)), dict(index(RECORDS))
    assert first == second
    assert "pagefind/pagefind.js" in first
    assert sum(name.startswith("pagefind/fragment/") for name in first) == len(RECORDS)


@pytest.mark.parametrize("found", [[], [Record("s/a.html", "", "", "")]])
def test_where_there_are_no_words_there_is_no_search(found):
    pytest.importorskip("pagefind")
    with pytest.raises(PluginError, match="no words to search"), indexing(found):
        pass


def test_pagefind_is_ended_when_it_is_not_wanted_any_more(tmp_path, monkeypatch):
    program = tmp_path / "pagefind"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/id\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setattr(search, "_program", lambda: program)
    stop = Event()

    def wait():
        while not (tmp_path / "id").exists() or not (tmp_path / "id").read_text().strip():
            stop.wait(0.01)
        stop.set()

    thread = Thread(target=wait)
    thread.start()
    with pytest.raises(PluginError, match="ended before its time"):
        index(RECORDS, stop=stop)
    thread.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "id").read_text()), 0)


@pytest.mark.parametrize("what", ["echo no room >&2; exit 3", "kill -9 $$", "true"])
def test_pagefind_that_fails_is_not_waited_for(tmp_path, monkeypatch, what):
    program = tmp_path / "pagefind"
    program.write_text(f"#!/bin/sh\n{what}\n")
    program.chmod(0o755)
    monkeypatch.setattr(search, "_program", lambda: program)
    with pytest.raises(PluginError, match="pagefind failed, so the site has no search"):
        index(RECORDS)


def test_settings_of_others_do_not_count(monkeypatch):
    pytest.importorskip("pagefind")
    expected = index(RECORDS)
    monkeypatch.setenv("PAGEFIND_GLOB", "nothing")
    assert index(RECORDS) == expected


def test_without_pagefind_it_says_so(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.partition(".")[0] == "pagefind":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(PluginError, match="no search"):
        index(RECORDS)

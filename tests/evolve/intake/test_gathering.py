"""What importers find becomes voices: the digest, and what is said of the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.evolve.intake import gathering
from charter.evolve.intake.gathering import BATCH, Gathering, digest_of_voices
from charter.evolve.voices import Asked, Vote


def voices(count):
    found = Gathering("here", "open", {})
    found.ask(Asked("s", "statement", "It is so."))
    found.votes = {(f"p{number:06}", "s"): 1 for number in range(count)}
    return found.voices()


@pytest.mark.parametrize("count", [1, BATCH, BATCH + 1, 2 * BATCH + 1])
def test_the_digest_is_of_every_vote_however_many(count):
    whole = voices(count)
    assert whole.digest == digest_of_voices(whole)
    *others, last = whole.votes
    turned = replace(whole, votes=(*others, replace(last, value=-1)))
    fewer = replace(whole, votes=tuple(others))
    more = replace(whole, votes=(*whole.votes, Vote("q", "s", 1)))
    assert len({whole.digest, *map(digest_of_voices, (turned, fewer, more))}) == 4


def test_the_digest_does_not_depend_on_where_it_was_read_or_what_was_found(monkeypatch):
    whole = voices(5)
    other = replace(whole, source="there", findings=(), digest="")
    assert digest_of_voices(other) == whole.digest
    monkeypatch.setattr(gathering, "BATCH", 2)
    assert digest_of_voices(whole) == whole.digest


def test_two_things_of_one_id_are_refused():
    found = Gathering("here", "open", {})
    found.ask(Asked("s", "statement", "It is so."))
    with pytest.raises(ConfigError, match="two different things were asked as 's'"):
        found.ask(Asked("s", "statement", "It is not."))

"""Whole or in pieces: a client gets the same of an answer."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.judging.scene import TEXT, Finds, bound, check, opened, said, serve

from charter.gateway.judging.edit_body import edited
from charter.gateway.stream.sieve import Sieve
from charter.policy.decision import Effect

SERVED = serve(
    check("word", Finds("hush", patterns={"w": "hush"}), "redact"),
    boundaries=[
        bound("deny", "root_1", "text.matches('(?i)launch code.*')", "deny", "output"),
        bound(
            "deny_too", "user_1", "text.contains('odd') || text.endsWith('?!')", "deny", "output"
        ),
        bound("cut", "system_2", "text.matches('[0-9]{4}-[0-9]{4}')", "redact", "output"),
        bound("note", "system_2", "words > 3", "flag", "output"),
    ],
)
CARDS = ("1234-", "5678", "\uff11\uff12\uff13\uff14-5678")
WORDS = ("launch", " code", "hush", "odd", "o\u200bdd", "a ", "\ufb01", "\u200b" * 300)
PIECES = st.sampled_from([*CARDS, *WORDS, "?", "!", " ", "\u00ad", "é", "e\u0301"])


def streamed(text: str, cuts: list[int]) -> tuple[str, tuple[str, ...]]:
    """Return what leaves of a text that arrives in pieces, and what ended it."""
    streaming = SERVED.streaming
    assert not streaming.whole
    removed = frozenset(n for n, e in streaming.effects.items() if e is Effect.REDACT)
    sieve = Sieve(streaming.patterns, removed)
    places = [0, *sorted({c % (len(text) + 1) for c in cuts}), len(text)]
    out, hits = [], ()
    for start, end in itertools.pairwise(places):
        step = sieve.append(text[start:end])
        out.append(step.text)
        hits = hits or tuple(hit.id for hit in step.hits)
    last = sieve.finish()
    return "".join(out) + last.text, hits or tuple(hit.id for hit in last.hits)


@given(st.lists(PIECES, max_size=9).map("".join), st.lists(st.integers(0, 400), max_size=4))
def test_a_stream_and_a_whole_answer_are_judged_alike(text, cuts):
    left, hits = streamed(text, cuts)
    body = said("You help.", "Hi")
    whole = opened(body, SERVED).judge.text(TEXT, text)
    assert bool(hits) == (whole.effect is Effect.DENY)
    if hits:
        ended = opened(body | {"stream": True}, SERVED).judge.text(TEXT, left, hits)
        assert ended.effect is Effect.DENY
        assert ended.records[0].done == "cut"
    else:
        assert edited(text, whole.edits) == left

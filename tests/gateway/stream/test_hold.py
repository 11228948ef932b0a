"""Hold-back: what is released never depends on the cuts and never holds a hit."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.stream.hold import IGNORED, Hit, Hold, Release
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.text import Text

SETS = {
    "words": Patterns({"foo": r"\bfoo\b", "end": "bar$", "start": "^ab"}),
    "nested": Patterns({"long": "a[a-c]{2}cb", "short": "bc", "one": "d"}),
    "plain": Patterns({"b": "ab", "a": "aab?"}),
    "not": Patterns({"not": r"o\B", "any": r"x.{1,3}\b"}),
    "folded": Patterns({"fi": "FI", "e": "éa"}, fold=True),
    "none": Patterns({}),
}
ALPHABETS = {
    "words": "fo bar",
    "nested": "abcd",
    "plain": "ab",
    "not": "ox ",
    "folded": "fiﬁFe\u0301a\u200b",
    "none": "ae\u0301",
}


def run(patterns: Patterns, chunks: list[str] | str, most: int = 2) -> tuple[str, tuple[Hit, ...]]:
    """Return all that is released and the hits; check what holds on the way."""
    hold, released, hits = Hold(patterns, most_ignored=most), "", ()
    steps = [hold.append(chunk) for chunk in chunks] + [hold.finish()]
    for step in steps:
        assert not (hits and (step.text or step.hits))
        released += step.text
        hits += step.hits
    assert hold.stopped is bool(hits)
    assert hold.released == len(released)
    assert hold.held == 0
    return released, hits


def decided(patterns: Patterns, original: str, most: int = 2) -> str:
    """Return what the whole text's decision allows, straight from the definition."""
    text = Text(fold=patterns.fold, most_ignored=most)
    text.append(original)
    text.finish()
    window = text.window + "\ufffd" * text.overflowed
    found = patterns.find(window, end=text.end)
    place = text.origin(min(each.start for each in found)) if found else text.stable
    return original[:place]


def cuts(text: str) -> list[list[str]]:
    """Return all 2^(n-1) ways to cut a text."""
    ways = []
    for choice in itertools.product((False, True), repeat=max(len(text) - 1, 0)):
        chunks = [text[:1]]
        for cut, char in zip(choice, text[1:], strict=True):
            if cut:
                chunks.append(char)
            else:
                chunks[-1] += char
        ways.append(chunks)
    return ways


SHORT = [
    ("words", "a foo b"), ("words", "xfoo foo"), ("words", "foo foox"), ("words", "bar bar"),
    ("words", "ab foo"), ("words", " ab foo"), ("words", "foo"), ("words", "fooba bar"),
    ("nested", "xabbcbd"), ("nested", "aabbcba"), ("nested", "aabbccbx"), ("nested", "abcbcdd"),
    ("plain", "aaab"), ("plain", "bbab"), ("not", "foo ox"), ("not", "axyz w"), ("not", "x o oo"),
    ("folded", "a\u200bﬁx"), ("folded", "xe\u0301\u200ba"), ("folded", "f\u200b\u200bi"),
    ("folded", "f\u200b\u200b\u200bi"), ("folded", "ſFI"), ("folded", "\u200b\u200b\u200bfi"),
    ("folded", "e\u0301\u0327a\ud835\udc1a"), ("none", "e\u0301a\u200be"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SHORT)
def test_every_way_to_cut_gives_the_same(name: str, text: str):
    whole = run(SETS[name], [text])
    assert whole[0] == decided(SETS[name], text)
    for chunks in cuts(text):
        assert run(SETS[name], chunks) == whole


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_released_does_not_depend_on_the_cuts(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(SETS)))
    alphabet = st.sampled_from(ALPHABETS[name] * 3 + "é \u200b\ud83d\ude00😀ש\n")
    text = data.draw(st.text(alphabet, max_size=30))
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    chunks = [text[low:high] for low, high in itertools.pairwise([0, *places, len(text)])]
    whole = run(SETS[name], [text])
    assert whole[0] == decided(SETS[name], text)
    assert text.startswith(whole[0])
    assert run(SETS[name], chunks) == whole
    assert run(SETS[name], text) == whole


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\b", r"\B", "^", "$", "a", "ab", "c"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "??", "{2}", "{0,3}", "{1,2}?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=10,
).map(lambda expression: f"(?s:{expression})")


@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.text("aab c", max_size=16))
@settings(max_examples=200, deadline=None)
def test_no_pattern_of_the_subset_makes_the_cuts_matter(expressions: list[str], text: str):
    try:
        patterns = Patterns({str(place): each for place, each in enumerate(expressions)})
    except ValueError:
        return
    whole = run(patterns, [text])
    assert whole[0] == decided(patterns, text)
    assert run(patterns, text) == whole
    for place in range(len(text)):
        assert run(patterns, [text[:place], text[place:]]) == whole


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_released_prefix_holds_a_complete_hit(data: st.DataObject):
    # Without end anchors a hit in a prefix followed by anything is a hit of the whole.
    name = data.draw(st.sampled_from(["nested", "plain", "folded"]))
    text = data.draw(st.text(st.sampled_from(ALPHABETS[name]), max_size=30))
    hold, released = Hold(SETS[name]), ""
    for step in [*map(hold.append, text), hold.finish()]:
        released += step.text
        prefix = Text(fold=SETS[name].fold)
        prefix.append(released)
        prefix.finish()
        assert not SETS[name].find(prefix.window)


def test_only_what_could_begin_a_hit_is_held():
    hold = Hold(Patterns({"five": "abcde"}))
    assert hold.append("xyzabcd") == Release("xyz")
    assert hold.append("x") == Release("")
    assert hold.held == 5
    assert hold.finish() == Release("abcdx")
    hold = Hold(Patterns({"five": r"abcde\b"}))
    assert hold.append("xyzabcd") == Release("xyz")


def test_a_hit_ends_the_stream_and_says_where():
    hold = Hold(Patterns({"secret": "se-?cret", "also": "sec", "later": "ret"}))
    assert hold.append("my se\u200bcret is out") == Release(
        "my ", (Hit("also", 3, 7), Hit("secret", 3, 10))
    )
    assert hold.append("more") == Release("")
    assert hold.finish() == Release("")
    assert hold.stopped
    assert (hold.received, hold.released) == (21, 3)


def test_an_earlier_hit_that_ends_later_wins():
    patterns = Patterns({"long": "a.{6}z", "short": "bc"})
    assert run(patterns, "xabcdefgzx") == run(patterns, ["xabcdefgzx"])
    assert run(patterns, "xabcdefgzx")[0] == "x"
    assert run(patterns, "xabcdefgyx")[0] == "xa"


def test_too_many_ignorable_characters_stop_the_stream_in_bounded_memory():
    hold = Hold(Patterns({"a": "abc"}))
    released = hold.append("xyz")
    step = hold.append("\u200b" * 3_000_000)
    assert released.text + step.text == "xyz"
    assert step.hits == (Hit(IGNORED, 3, 3),)
    assert hold.held == 0


def test_a_megabyte_without_a_break_is_held_no_longer_than_the_longest_match():
    hold, total = Hold(Patterns({"word": r"\bsecret[a-z]{0,40}\b"})), 0
    for _ in range(16):
        total += len(hold.append("x" * 65_536).text)
        assert hold.held <= 48
    assert len(hold.append("\u0301" * 65_536).text) + total >= 2**20 + 2**16 - 48 - 30
    assert not hold.stopped


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e007f",
        "שָׁלוֹם \u202eעולם\u202c",
        "\ud83d\ude00",
        "\udc00\ud800x",
    ],
)
def test_what_has_no_hit_is_released_unchanged(text: str):
    patterns = Patterns({"word": "secret"})
    assert run(patterns, [text], 20) == run(patterns, text, 20) == (text, ())


def test_misuse_is_refused():
    hold = Hold(Patterns({}))
    hold.finish()
    with pytest.raises(ValueError, match="end of the stream"):
        hold.append("x")
    with pytest.raises(ValueError, match="already finished"):
        hold.finish()
    with pytest.raises(ValueError, match="may not have the id"):
        Hold(Patterns({IGNORED: "a"}))


def test_where_too_many_ignorable_characters_begin_the_text_does_not_end():
    stopped = (Hit(IGNORED, 3, 3),)
    assert run(Patterns({"end": "bar$"}), "bar\u200b\u200b\u200b") == ("bar", stopped)
    assert run(Patterns({"word": r"bar\b"}), "bar\u200b\u200b\u200b")[0] == ""

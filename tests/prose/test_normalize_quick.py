"""The quick way for plain ASCII says the same as the careful one."""

from hypothesis import given
from hypothesis import strategies as st

from charter.prose import normalize as module
from charter.prose.normalize import normalize

ASCII = st.text(
    st.sampled_from([*"aB'\"-*.,0", " ", "\t", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1f", "\0"])
    | st.characters(max_codepoint=127),
    max_size=40,
)
MARK = "\u3042"
"""A letter that nothing combines with and that sends the text on the careful way."""


@given(ASCII, st.booleans(), st.booleans())
def test_both_ways_agree(text, fold, keep_lines):
    quick = normalize(text, fold=fold, keep_lines=keep_lines)
    careful = normalize(text + MARK, fold=fold, keep_lines=keep_lines)
    assert quick.text + MARK == careful.text
    assert quick.starts == careful.starts[:-1]
    assert quick.ends == careful.ends[:-1]
    assert quick.length == len(text)


def test_long_texts_are_counted():
    text = "ab " * len(module._NUMBERS)
    found = normalize(text)
    assert found.text == text
    assert found.span(len(text) - 2, len(text)).of(text) == "b "

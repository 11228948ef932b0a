"""The text of a section: every clause once, and nothing that is no rule."""

from hypothesis import given
from hypothesis import strategies as st
from tests.evals.conftest import SMALL

from charter.evals.judging.prose import Prose
from charter.load import load_effective
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

TEXT = """\
# Conduct {#conduct}

## Be kind {#kind authority=user}

Kindness is a habit.
The assistant should greet people[^helo] and should thank them[^than].

- It must not shout (see [the tone](#tone) and [?](#conduct)).
  - It may whisper.

!!! meta "Commentary"
    Nobody should read this.

<!-- An author's note that the assistant must not show. -->

| when | then |
|------|------|
| rain | say so |

**Example**: a greeting

~~~xml
<user>
Hi
</user>
<comparison>
<assistant> <!-- GOOD: it greets -->
The assistant must never see this.
</assistant>
</comparison>
~~~

## Tone {#tone authority=guideline}

The assistant should be calm.
"""


def effective(text):
    return layer(build(parse(Source("spec.md", text)), name="s"))


def lines(text, section):
    spec = effective(text)
    titles = {each.id: each.title for each in spec.spec.sections}
    return list(Prose(spec).lines(spec.spec.section(section), titles.get))


def words(found):
    return [segment.text for line in found for segment in line.segments]


def test_prose_stays_and_everything_else_goes():
    found = lines(TEXT, "kind")
    text = "\n".join(words(found))
    assert "Kindness is a habit." in text
    assert "rain" in text
    for gone in ("Be kind", "Nobody should", "author's note", "GOOD", "never see"):
        assert gone not in text


def test_each_clause_stands_in_its_place_with_its_id():
    found = lines(TEXT, "kind")
    ids = [name for line in found for segment in line.segments for name in segment.clauses]
    spec = effective(TEXT).spec
    assert ids == [clause.id for clause in spec.section("kind").clauses]
    greeting = next(s for line in found for s in line.segments if "kind/helo" in s.clauses)
    assert greeting.text == "The assistant should greet people"


def test_lists_keep_their_dashes_and_links_their_words():
    found = lines(TEXT, "kind")
    shout = next(line for line in found if "shout" in line.segments[0].text)
    whisper = next(line for line in found if "whisper" in line.segments[0].text)
    assert (shout.bullet, whisper.bullet) == ("- ", "  - ")
    assert "the tone and \u201cConduct\u201d" in shout.segments[0].text
    assert shout.segments[0].links == ("tone", "conduct")


def test_two_markers_at_one_place_are_one_segment():
    found = lines("## A {#a authority=user}\n\nIt must not lie[^aaaa][^bbbb].\n", "a")
    assert [segment.clauses for line in found for segment in line.segments] == [
        ("a/aaaa", "a/bbbb")
    ]


def test_a_clause_that_an_overlay_replaced_stands_as_the_overlay_has_it(tmp_path):
    base = load_effective(SMALL)
    overlay = tmp_path / "overlay.md"
    overlay.write_text(
        "---\nspec: o\nextends:\n  name: small\n"
        f"  digest: {base.digest}\nlevel: developer\n---\n\n"
        "## Greet people {#greet}\n\n"
        "The assistant should greet people in one word[^helo].\n\nShort is kind.\n"
    )
    both = load_effective(SMALL, [overlay])
    found = list(Prose(both).lines(both.spec.section("greet"), lambda _: None))
    assert [(line.layer, segment.text) for line in found for segment in line.segments] == [
        (0, "A developer or user may ask for no greeting."),
        (1, "The assistant should greet people in one word."),
        (1, "Short is kind."),
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "It must not lie[^aaaa].",
                "It should rest[^bbbb], and it may eat[^cccc].",
                "A word.",
                "- It must go.\n- It must stay.",
                "Such as:\n\n1. It should do:\n   - one\n   - two",
                "~~~xml\n<user>\nIt must hide.\n</user>\n~~~",
                "> It must quote.",
                "It must not lie[^aaaa].",
                "```\nIt must be code.\n```",
            ]
        ),
        max_size=8,
    )
)
def test_every_clause_comes_exactly_once(blocks):
    text = "## A {#a authority=user}\n\n" + "\n\n".join(blocks) + "\n"
    found = lines(text, "a")
    ids = [name for line in found for segment in line.segments for name in segment.clauses]
    assert sorted(ids) == sorted(clause.id for clause in effective(text).spec.section("a").clauses)

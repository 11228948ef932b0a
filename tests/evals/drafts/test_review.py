"""A decision changes one draft and nothing else."""

import pytest

from charter.errors import ConfigError, SpecError
from charter.evals.drafts.review import accepted, chosen, pending, without
from charter.source import Source
from charter.spec.build import build_scenarios
from charter.syntax.reader import parse

ONE = """\
<!-- draft of 2030-01-31, variation; model m -->

**Scenario**: a status=draft in words {#one family=bounds status=draft source=x}

~~~xml
<user>
status=draft
</user>
~~~

~~~expect
outcome: refuse
~~~
"""
TWO = ONE.replace("{#one", "{#two").replace("a status=draft in words", "second")
HEAD = "---\nsection: prices\n---\n\nBy hand.\n\n"
BY_HAND = ONE.replace("{#one", "{#hand").replace(" status=draft source", " source")
TEXT = f"{HEAD}{ONE}\n{BY_HAND.partition('-->')[2].lstrip()}\n{TWO}"


def group(text):
    return build_scenarios(parse(Source("f.md", text), reader="model-spec"), "prices")


def drafts(text):
    return pending([group(text)])


def test_only_drafts_wait():
    assert [draft.id for draft in drafts(TEXT)] == ["one", "two"]
    assert drafts(TEXT)[0].told == "draft of 2030-01-31, variation; model m"
    assert drafts(TEXT)[0].section == "prices"


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")])
def test_accepting_changes_one_word_and_adds_one_comment(text):
    end = "\r\n" if "\r\n" in text else "\n"
    new = accepted(Source("f.md", text), chosen(drafts(text), ["two"]), "accepted by Ann")
    note = f"<!-- accepted by Ann -->{end}{end}"
    assert new.replace(note, "").replace("status=accepted", "status=draft") == text
    assert new.count("status=accepted") == 1
    assert [draft.id for draft in drafts(new)] == ["one"]
    attributes = {e.id.partition("/")[2]: dict(e.attributes) for e in group(new).scenarios}
    assert attributes["two"]["status"] == "accepted"


@pytest.mark.parametrize("blank", ["\n", "\t", "\u00a0", "  "])
def test_accepting_finds_the_status_between_blanks_of_any_kind(blank):
    text = TEXT.replace(" status=draft source=x}", f"{blank}status=draft{blank}source=x}}")
    new = accepted(Source("f.md", text), drafts(text), "accepted by Ann")
    assert drafts(text)
    assert drafts(new) == []


def test_both_can_be_accepted_at_once():
    new = accepted(Source("f.md", TEXT), drafts(TEXT), "x --> <script>")
    assert drafts(new) == []
    assert new.count("-->") == TEXT.count("-->") + 2


def test_rejecting_takes_out_one_draft_with_its_comment():
    new, (taken,) = without(Source("f.md", TEXT), chosen(drafts(TEXT), ["one"]))
    assert new == TEXT.replace(f"{ONE}\n", "")
    assert taken == ONE.rstrip("\n")
    new, taken = without(Source("f.md", TEXT), drafts(TEXT))
    assert taken == [ONE.rstrip("\n"), TWO.rstrip("\n")]
    assert drafts(new) == []
    assert new.startswith(HEAD)


def test_a_draft_without_a_comment_can_be_decided_too():
    text = HEAD + ONE.partition("-->")[2].lstrip()
    new, (taken,) = without(Source("f.md", text), drafts(text))
    assert (new, taken[:12]) == (HEAD, "**Scenario**")


def test_what_nobody_decided_is_not_accepted():
    text = TEXT.replace("outcome: refuse\n~~~\n", "rubric: 'UNDECIDED: a or b'\n~~~\n", 1)
    (one, _) = drafts(text)
    assert one.undecided
    with pytest.raises(SpecError, match="undecided"):
        accepted(Source("f.md", text), [one], "by")


def test_an_id_that_does_not_wait_is_an_error():
    with pytest.raises(ConfigError, match="no draft 'hand' waits"):
        chosen(drafts(TEXT), ["one", "hand"])

"""What a diff makes stale: what is broken, what to look at, and which scores no longer speak."""

import pytest

from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.spec.changes.diff import diff
from charter.spec.changes.stale import Rests, StaleItem, alike, stale
from charter.syntax.reader import parse

OLD = """\
# Loans {#loans authority=root}

The clerk must keep loans private[^priv].

The clerk must stamp returned books[^stam].

**Example**: who has the atlas

~~~xml
<user>
Who has the atlas?
</user>
<comparison>
<assistant> <!-- GOOD -->
I cannot say.
</assistant>
</comparison>
~~~

~~~boundary
id: no_names
on: output
when: message.text.contains("borrowed by")
effect: deny
~~~

# Fees {#fees authority=user}

The clerk should waive small fees[^waiv].

# Dust {#dust authority=user}

The clerk must dust shelves[^dust].

# Calm {#calm authority=user}

The clerk should stay calm[^calm].

# Be kind {#be_kind authority=user}

The clerk should greet readers with warmth[^gree].
"""
NEW = (
    OLD.replace("must stamp returned books", "should stamp returned books promptly")
    .replace("{#fees authority=user}", "{#fees authority=developer}")
    .replace("# Dust {#dust authority=user}\n\nThe clerk must dust shelves[^dust].\n\n", "")
    .replace("# Be kind {#be_kind", "# Be kind to readers {#love_readers")
)
QUIET = OLD.replace("private", "*private*")

SCENARIO = """\
**Scenario**: {id} {{#{id} family=bounds{clause}}}

~~~xml
<user>
{said}
</user>
~~~

~~~expect
outcome: comply
~~~

"""


def folder(path, text, **files):
    (path / "scenarios").mkdir(parents=True)
    (path / "spec.md").write_text(text, encoding="utf-8")
    for section, scenarios in files.items():
        body = "".join(
            SCENARIO.format(id=name, clause=f" clause={clause}" if clause else "", said=said)
            for name, clause, said in scenarios
        )
        (path / "scenarios" / f"{section}.md").write_text(body, encoding="utf-8")
    return load(path)


def spec(text, path="spec.md"):
    return build(parse(Source(path, text), reader="model-spec"))


def listed(found, kind):
    return {item.id: (item.broken, item.successor) for item in found.items if item.kind is kind}


SCENARIOS = {
    "loans": [("private", "priv", "a"), ("stamps", "stam", "b"), ("loans_all", "", "c")],
    "fees": [("fees_waived", "waiv", "d")],
    "dust": [("shelves", "dust", "e")],
    "calm": [("keeps_calm", "calm", "f"), ("calm_all", "", "g")],
    "be_kind": [("greets", "gree", "h")],
}


def test_scenarios_beside_the_old_version_are_carried_over(tmp_path):
    old = folder(tmp_path / "old", OLD, **SCENARIOS)
    found = stale(diff(old, spec(NEW)))
    assert listed(found, Rests.SCENARIO) == {
        "stamps": (False, None),
        "loans_all": (False, None),
        "fees_waived": (False, None),
        "shelves": (True, None),
        "greets": (True, "love_readers"),
    }
    assert found.scenarios == {"stamps", "loans_all", "fees_waived", "shelves", "greets"}
    assert {item.id for item in found.broken} == {"shelves", "greets"}


def test_scenarios_beside_the_new_version_that_were_revised_need_no_look(tmp_path):
    old = folder(tmp_path / "old", OLD, **SCENARIOS)
    revised = {
        "loans": [("private", "priv", "a"), ("stamps", "stam", "other"), ("loans_all", "", "c")],
        "love_readers": [("greets", "gree", "h")],
        "fees": [("another", "waiv", "d")],
    }
    new = folder(tmp_path / "new", NEW, **revised)
    found = stale(diff(old, new))
    assert listed(found, Rests.SCENARIO) == {"loans_all": (False, None)}
    assert found.scenarios == {"stamps", "loans_all", "another"}


def test_scenarios_that_name_what_is_gone_are_broken(tmp_path):
    old = folder(tmp_path / "old", OLD, **SCENARIOS)
    new = folder(
        tmp_path / "new",
        NEW.replace("[^priv]", "[^secr]"),
        loans=[("private", "priv", "a")],
        dust=[("shelves", "dust", "e")],
        never=[("was_wrong_before", "", "i")],
    )
    found = stale(diff(old, new))
    assert listed(found, Rests.SCENARIO) == {
        "private": (True, "loans/secr"),
        "shelves": (True, None),
    }


def test_past_scores_rest_on_old_ids():
    found = stale(diff(spec(OLD), spec(NEW)))
    assert found.sections == {"loans", "fees", "dust"}
    assert found.clauses == {"loans/stam", "dust/dust"}
    assert {example.partition("/")[0] for example in found.examples} == {"loans"}


def test_examples_and_boundaries_of_changed_sections_are_to_look_at():
    found = stale(diff(spec(OLD), spec(NEW)))
    assert {i.partition("/")[0] for i in listed(found, Rests.EXAMPLE)} == {"loans"}
    assert listed(found, Rests.BOUNDARY) == {"no_names": (False, None)}
    changed = NEW.replace("effect: deny", "effect: flag")
    assert listed(stale(diff(spec(OLD), spec(changed))), Rests.BOUNDARY) == {}


@pytest.mark.parametrize("new", [OLD, QUIET])
def test_wording_makes_nothing_stale(tmp_path, new):
    old = folder(tmp_path / "old", OLD, **SCENARIOS)
    found = stale(diff(old, spec(new)), citations=["loans", "loans/priv"])
    assert found.items == ()
    assert not (found.sections | found.clauses | found.scenarios | found.examples)


def overlay(digest, body):
    extends = f'extends:\n  name: x\n  version: "1"\n  digest: {digest}\n'
    front = f"---\nspec: shop\n{extends}level: user\n---\n\n"
    return spec(front + body, "shop.md")


def test_an_overlay_is_stale_where_its_base_moved():
    old, new = spec(OLD), spec(NEW + "# Shop {#shop authority=user}\n\nThe clerk may sell pens.\n")
    body = """\
# Loans {#loans}

The clerk must stamp every returned book in red[^stam].

~~~boundary
id: shop_names
on: output
when: message.text.contains("x")
effect: deny
~~~

# Dust {#dust}

The clerk may skip shelves, see [?](#be_kind).

# Calm {#calm}

The clerk may hum.

# Shop {#shop}

The clerk may sell cards.

~~~directive
id: d
act: override
targets: [dust/dust, fees]
~~~
"""
    found = stale(diff(old, new), overlays=[overlay(old.digest, body)])
    whys = [(item.why, item.broken, item.successor) for item in found.items if item.id == "shop"]
    assert whys == [
        (f"its base is pinned to the old text; the new one is {new.digest}", True, None),
        ("amends section loans: 1 clause changed in it", False, None),
        (
            "replaces clause loans/stam: strength lowered from must to should; amended",
            False,
            None,
        ),
        ("amends section dust, which is gone", True, None),
        ("section shop is its own, and the base has one of that id now", False, None),
        ("names be_kind, which is gone", True, "love_readers"),
        ("names dust/dust, which is gone", True, None),
    ]
    assert listed(found, Rests.BOUNDARY)["shop_names"] == (False, None)
    assert {item.path for item in found.items if item.id == "shop"} == {"shop.md"}


def test_an_overlay_of_the_new_text_or_of_another_says_so():
    old, new = spec(OLD), spec(NEW)
    calm = "# Calm {#calm}\n\nThe clerk may hum.\n"
    change = diff(old, new)
    assert not [
        i for i in stale(change, overlays=[overlay(new.digest, calm)]).items if i.id == "shop"
    ]
    (item,) = (
        i for i in stale(change, overlays=[overlay("sha256:0", calm)]).items if i.id == "shop"
    )
    assert (item.broken, item.why) == (True, "its base is pinned to neither of these texts")
    (item,) = (i for i in stale(change, overlays=[spec(calm)]).items if i.kind is Rests.OVERLAY)
    assert item.broken


def test_citations_say_whether_they_still_stand():
    found = stale(
        diff(spec(OLD), spec(NEW)),
        citations=["calm", "calm/calm", "loans", "loans/stam", "dust/dust", "be_kind/gree", "no/x"],
    )
    assert listed(found, Rests.CITATION) == {
        "loans": (False, None),
        "loans/stam": (False, None),
        "dust/dust": (True, None),
        "be_kind/gree": (True, "love_readers/gree"),
        "no/x": (True, None),
    }


@pytest.mark.data
def test_the_real_step_of_2025_12_makes_honesty_stale(data_dir):
    old, new = (
        load(data_dir / "model_spec" / version / "model_spec.md")
        for version in ("2025-10-27", "2025-12-18")
    )
    found = stale(diff(old, new))
    assert found.sections == {
        "definitions",
        "do_not_lie",
        "no_other_objectives",
        "protect_privileged_information",
    }
    assert "do_not_lie/lie0" in found.clauses
    assert not found.broken


def test_what_is_stale_for_one_reason_is_put_together():
    def item(name, why="changed", *, broken=False):
        return StaleItem(Rests.EXAMPLE, name, None, why, broken)

    found = alike([item("a"), item("b", broken=True), item("c", "gone"), item("d")])
    assert [[each.id for each in group] for group in found] == [["b"], ["a", "d"], ["c"]]

from __future__ import annotations

import pytest
from tests.policy.determinacy.small import small_policy, without
from tests.policy.worlds import boundary, policy, rule

from charter.load import load_effective
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.policy.determinacy.context import Context, turns_of
from charter.policy.determinacy.determine import determine
from charter.policy.determinacy.matter import MAX_KINDS, matter
from charter.policy.determinacy.turn import chat, speak
from charter.policy.determinacy.variant import variants_of
from charter.policy.determinacy.world import World
from charter.policy.directives.collect import directives_in
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.spec.reading import DEFAULTS

KEPT = ("untrusted_lift", "scope_without_timer", "equal_sections")


@pytest.fixture(scope="module")
def found():
    return determine(small_policy(), without(*KEPT))


def test_shares_are_of_all_contexts(found):
    assert 0 < found.one_outcome < found.one_decision < found.contexts
    assert found.share == found.one_outcome / found.contexts
    assert found.combinations == 27
    assert found.enumerated == found.groups["what is decided on"]
    assert found.solved == found.undone == 0
    assert found.spots > 0


def test_every_reading_that_matters_has_an_example_that_differs(found):
    shares = {share.name: share for share in found.readings}
    assert shares["untrusted_lift"].alternatives[0] == DEFAULTS["untrusted_lift"]
    for name in ("untrusted_lift", "scope_without_timer"):
        share = shares[name]
        assert share.hangs >= share.alone > 0
        assert share.decides > 0
        first, second = share.example.outcomes
        assert first.says != second.says
        assert set(first.readings) == {name}
        assert share.example.told


def test_boundaries_that_make_no_difference_are_told_apart(found):
    assert [(dead.boundary, dead.kind) for dead in found.dead] == [
        ("ask_pay", "never_decides"),
        ("never", "never_fires"),
    ]
    says = found.dead[0].example.outcomes[0].says
    assert "no_pay asks for deny" in says
    assert "ask_pay asks for flag" in says


def test_a_permission_that_removes_options_is_shown_before_and_after(found):
    one = next(p for p in found.permissions if p.what == "a scope that names the tool")
    before, after = one.example
    assert 0 < one.stricter <= one.ever < one.total
    assert before.outcomes[0].says.startswith("allow")
    assert after.outcomes[0].says.startswith("deny")


def test_it_is_deterministic(found):
    again = determine(small_policy(), without(*KEPT))
    assert (again.readings, again.dead, again.permissions) == (
        found.readings,
        found.dead,
        found.permissions,
    )


def test_one_reading_alone_is_all_that_can_be_open():
    found = determine(small_policy(boundaries=False), without("scope_without_timer"))
    (share,) = found.readings
    assert share.hangs == share.alone == found.contexts - found.one_outcome
    assert found.dead == ()


def test_without_any_reading_everything_is_decided():
    found = determine(small_policy(), without())
    assert found.share == 1
    assert found.combinations == 1
    assert found.readings == ()


def test_a_policy_without_sections_is_looked_at_too():
    found = determine(policy(()), without("scope_without_timer"))
    assert found.contexts > 0


def test_text_without_authority_is_open_by_its_own_reading(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(
        "# Top {#top}\n\nThe assistant must be kind[^k1].\n\n"
        "## Rule {#rule authority=user}\n\nThe assistant must be brief[^b1].\n",
        "utf-8",
    )
    effective = load_effective(file)
    made = compile_policy(effective)
    variants = variants_of(made, effective)
    assert set(variants) == {"highest_child", "strictest_child"}
    moots = dict(moot(made, effective)) | without(*KEPT, "unlabelled_text")
    moots.pop("unlabelled_text", None)
    found = determine(made, moots, variants)
    share = next(s for s in found.readings if s.name == "unlabelled_text")
    assert share.hangs == share.alone > 0
    says = {outcome.says for outcome in share.example.outcomes}
    assert says == {"allow; top does not bind", "allow; top binds"}


def test_kinds_of_sections_beyond_the_limit_are_counted():
    rules = tuple(rule(f"r{at}", "user") for at in range(MAX_KINDS + 2))
    alike = tuple(
        boundary(f"b{at}", each, "words > 1", "flag", "output") for at, each in enumerate(rules)
    )
    conditional = tuple(
        rule(f"c{at}", "user", conditions=(f"setting_{at}",)) for at in range(MAX_KINDS + 2)
    )
    assert matter(policy(rules, boundaries=alike)).left_out == 0
    assert matter(policy(conditional)).left_out == 2


def test_turns_are_labelled_as_the_request_would_be():
    """The short cut of `speak` is what reading, labelling and collecting would give."""
    world = World(small_policy(), {})
    rows = [row for row in world.matter.rows if not any(t.tool or t.wrap for t in row.turns)]
    for row in rows[::7]:
        context = Context((row,), world.events.events[0])
        turns = turns_of(world.policy, context)
        spoken = speak(world.policy, turns)
        transcript = read(chat(turns))
        labelled = label(transcript, world.policy.ladder, world.policy.readings)
        gathered = directives_in(
            labelled, ladder=world.policy.ladder, readings=world.policy.readings
        )
        assert [(d.id, d.level, d.order) for d in gathered.directives] == [
            (d.id, d.level, d.order) for d in spoken.directives
        ]


@pytest.mark.slow
def test_the_starter_spec():
    effective = load_effective("starter")
    made = compile_policy(effective)
    found = determine(made, moot(made, effective))
    assert found.contexts > 10**8
    assert 0.5 < found.share < found.decided < 1
    assert not [dead for dead in found.dead if dead.kind == "never_fires"]
    assert found.solved == found.undone == 0


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27", "2025-12-18"])
def test_the_model_spec(version, data_dir):
    effective = load_effective(data_dir / "model_spec" / version / "model_spec.md")
    made = compile_policy(effective)
    found = determine(made, moot(made, effective), variants_of(made, effective))
    assert not made.boundaries
    assert not found.dead
    assert 0.4 < found.share < found.decided < 1
    assert found.readings[0].name == "untrusted_lift"

"""Policy <-> JSON."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import DigestMismatch, SpecError
from charter.load import load
from charter.policy.boundaries.deferred import Deferred
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.export import FORMAT, digest_of_export, digest_of_policy, export_policy
from charter.policy.compiled.restore import import_policy, load_policy_json
from charter.policy.policy import Policy
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

OVERLAY = """\
---
spec: ours
extends: {{name: starter, version: null, digest: "{digest}"}}
level: system
external: [house rules]
---

## Ours {{#ours authority=system}}

The assistant must name its maker.

~~~directive
directives:
  - delegate: {{to: ["tool:read_*"], level: user, only: [style]}}
  - scope:
      allowed_tools: [search, "read_*"]
      latest_time: 2027-01-01T00:00:00Z
      max_cost: 2.5
      tool_constraints:
        search: {{limit: {{max: 10}}, kind: {{in: [web, 1, true]}}}}
      additional_details: Be careful.
  - setting: {{under_18: true}}
  - id: tone
    instruct: Be formal.
    subject: tone
    value: formal
    conflicts: [warm_not_gushing]
    needs: [style]
~~~
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    base = load("starter")
    overlay = build(parse(Source("ours.md", OVERLAY.format(digest=base.digest))))
    return compile_policy(layer(base, overlay), readings={"equal_sections": "inaction"})


def test_policy_survives_json(policy: Policy) -> None:
    text = json.dumps(export_policy(policy))
    for deferred in (False, True):
        again = load_policy_json(text, deferred=deferred)
        assert again == policy
        assert again.digest == digest_of_policy(again) == policy.digest
        assert export_policy(again) == export_policy(policy)
        assert again.index.named == policy.index.named


def test_format_and_fields(policy: Policy) -> None:
    found = export_policy(policy)
    assert found["format"] == FORMAT == "charter-policy/1"
    assert found["layers"][1] == {
        "name": "ours",
        "version": None,
        "digest": policy.layers[1].digest,
        "level": "system",
    }
    assert found["external"] == ["house rules"]
    assert len(found["directives"]) == 4
    assert digest_of_export(found) == policy.digest


def test_labels_are_no_part_of_the_digest(policy: Policy) -> None:
    found = export_policy(policy)
    for change in ({"name": "x"}, {"title": "x"}, {"digest": "x"}):
        assert digest_of_export({**found, **change}) == policy.digest
    found["layers"] = [{**each, "name": "x", "version": "9"} for each in found["layers"]]
    assert digest_of_export(found) == policy.digest


def changes() -> dict[str, object]:
    return {
        "format": "charter-policy/2",
        "default_timer": 1.0,
        "first_party": True,
        "external": [],
        "boundaries": [],
        "directives": [],
        "rules": [],
        "gates": {"scope": "stay_in_scope"},
    }


@pytest.mark.parametrize("key", changes())
def test_everything_else_is(policy: Policy, key: str) -> None:
    found = {**export_policy(policy), key: changes()[key]}
    assert digest_of_export(found) != policy.digest
    with pytest.raises(SpecError):
        import_policy(found)


def test_a_changed_text_is_found(policy: Policy) -> None:
    found = export_policy(policy)
    found["rules"][0]["clauses"][0][1] += " Or not."
    with pytest.raises(DigestMismatch, match="its content has sha256:"):
        import_policy(found)


@pytest.mark.parametrize("layer", [-1, 2, 10**9, True, "1", None])
def test_the_layer_of_a_clause_is_one_of_the_policy(policy: Policy, layer: object) -> None:
    found = export_policy(policy)
    found["rules"][0]["clauses"][0][3] = layer
    with pytest.raises(SpecError, match="layer"):
        import_policy(found)


@pytest.mark.parametrize("deferred", [False, True])
def test_a_changed_condition_is_found(policy: Policy, deferred: bool) -> None:
    for key, value in (("when", "false"), ("tools", []), ("effect", "flag"), ("on", "request")):
        found = copy.deepcopy(export_policy(policy))
        at = next(n for n, each in enumerate(found["boundaries"]) if each["effect"] != "flag")
        found["boundaries"][at][key] = value
        if key == "tools" and not deferred:  # read off the condition anew
            assert import_policy(found) == policy
            continue
        with pytest.raises(SpecError):
            import_policy(found, deferred=deferred)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "1", '{"format": "charter-policy/1"}', "[" * 100_000, b"\xff"]
)
def test_what_is_no_policy_is_one_clear_error(text) -> None:
    with pytest.raises(SpecError, match="not a policy in JSON") as caught:
        load_policy_json(text)
    assert caught.value.hint


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_is_a_clear_error_or_no_difference(policy: Policy, data: st.DataObject) -> None:
    found = copy.deepcopy(export_policy(policy))
    place: object = found
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]  # type: ignore[index, call-overload]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            place[key] = data.draw(st.sampled_from((None, 1, 1.5, "x", [], {}, True, "root")))  # type: ignore[index, call-overload]
            break
        place = inner
    try:
        again = import_policy(found)
    except SpecError:
        return
    assert digest_of_policy(again) == again.digest == policy.digest


def test_a_deferred_condition_is_compiled_when_asked(policy: Policy) -> None:
    known = next(each for each in policy.boundaries if each.id == "no_private_key_out").condition
    deferred = Deferred(known.stage, known.text)
    assert deferred == known
    assert known == deferred
    assert hash(deferred) == hash(Deferred(known.stage, known.text))
    assert deferred != "text"
    assert repr(known.text) in repr(deferred)
    assert deferred.uses == known.uses
    assert deferred.limit == known.limit
    with pytest.raises(AttributeError):
        _ = deferred.nothing
    broken = Deferred("output", "nope")
    with pytest.raises(ValueError, match="does not compile"):
        broken.holds({"text": ""})

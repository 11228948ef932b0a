"""Readings that cannot matter."""

from __future__ import annotations

import pytest

from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.spec.reading import BY_NAME
from charter.spec.spec import Spec
from charter.syntax.reader import parse


def spec_of(text: str) -> Spec:
    return build(parse(Source("spec.md", text)), name="spec")


def section(name: str, authority: str | None, more: str = "") -> str:
    level = f" authority={authority}" if authority else ""
    return f"## {name} {{#{name}{level}{more}}}\n\nIt must {name}.\n\n"


ONE_OF_EACH = "".join(
    section(level, level) for level in ("root", "system", "developer", "user", "guideline")
)
BOUNDARY = "~~~boundary\nid: b\non: output\nwhen: words > 1\neffect: deny\n~~~\n"


@pytest.mark.parametrize(
    ("text", "listed", "absent"),
    [
        (
            ONE_OF_EACH,
            {
                "setting_authority",
                "root_conflict",
                "equal_sections",
                "bounds_before_provenance",
                "hidden_policies",
                "first_party",
                "unlabelled_text",
                "grade_target",
            },
            {"cue_source", "both_roles", "defeat", "untrusted_lift"},
        ),
        (
            section("a", "root") + section("b", "root"),
            {"cue_source", "both_roles"},
            {"root_conflict"},
        ),
        (section("a", "user") + section("b", "user"), {"root_conflict"}, {"equal_sections"}),
        (section("a", "root", " tags=under_18"), set(), {"setting_authority"}),
        (section("a", "user") + BOUNDARY, set(), {"bounds_before_provenance"}),
        ("---\nexternal: [x]\n---\n" + section("a", "user"), set(), {"hidden_policies"}),
        ("---\nfirst_party: true\n---\n" + section("a", "user"), set(), {"first_party"}),
        ("---\nfirst_party: true\n---\n" + section("a", "guideline"), {"first_party"}, set()),
        (
            "# Top {#top}\n\nIt must.\n\n" + section("a", "user"),
            {"grade_target"},
            {"unlabelled_text"},
        ),
        (
            "# Top {#top}\n\n"
            + section("a", "user")
            + "**Example**: x\n\n~~~xml\n<user>\nHi\n</user>\n"
            "<comparison>\n<assistant> <!-- BAD[#top] -->\nHo\n</assistant>\n</comparison>\n~~~\n",
            {"unlabelled_text"},
            {"grade_target"},
        ),
    ],
)
def test_moot_readings(text: str, listed: set[str], absent: set[str]) -> None:
    spec = spec_of(text)
    found = moot(compile_policy(spec), layer(spec))
    assert listed <= found.keys()
    assert absent.isdisjoint(found)
    assert found.keys() <= BY_NAME.keys()
    assert list(found) == sorted(found)


def test_without_the_text_nothing_is_said_of_it() -> None:
    spec = spec_of(ONE_OF_EACH)
    found = moot(compile_policy(spec))
    assert {"unlabelled_text", "grade_target"}.isdisjoint(found)
    assert (
        found.keys() | {"unlabelled_text", "grade_target"}
        == moot(compile_policy(spec), spec).keys()
    )


def test_an_overlay_that_speaks_as_developer() -> None:
    base = spec_of(ONE_OF_EACH)
    head = f"---\nextends: {{name: spec, digest: '{base.digest}'}}\nlevel: developer\n---\n"
    policy = compile_policy(layer(base, spec_of(head + section("own", "user"))))
    assert moot(policy)["both_roles"] == "an overlay speaks as the developer"

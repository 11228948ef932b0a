"""Boundaries and questions for tests, by hand and generated."""

from __future__ import annotations

from hypothesis import strategies as st

from charter.policy.boundaries.boundary import Boundary, compile_boundary
from charter.source import Span
from charter.spec.spec import Boundary as Written

NOWHERE = Span(0, 0)


def written(when: str, **fields: str) -> Written:
    known = {"id": "one", "section": "s", "on": "tool_call", "effect": "deny"} | fields
    return Written(say=None, span=NOWHERE, when_span=NOWHERE, when=when, **known)


def made(when: str, **fields: str) -> Boundary:
    found = compile_boundary(written(when, **fields), 3, None, 0)
    assert isinstance(found, Boundary), found
    return found


TOOLS = ("pay", "send", "read", "other")
parts = st.sampled_from(
    [
        "tool == 'pay'",
        "call.tool == 'send'",
        "tool in ['pay', 'read']",
        "tool != 'read'",
        "has(args.x)",
        "args.x > 3",
        "args.x == 'a'",
        "args.text.contains('a')",
        "args.text.matches('^a+$')",
        "words > 2",
        "args.l.exists(y, y == words)",
        "true",
        "false",
    ]
)
conditions = st.recursive(
    parts,
    lambda inner: st.one_of(
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({}) ? ({}) : ({})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
arguments = st.dictionaries(
    st.sampled_from(["x", "text", "l"]),
    st.sampled_from([1, 5, "a", "aa", "ab", [1, 2], [3], None, 4.5, {"k": 1}]),
)

"""reference/conditions.md: what the condition of a boundary may use, from its compiler."""

from __future__ import annotations

from charter.policy.condition import EFFECTS, MAX_LENGTH, STAGES, VARIABLES, compile_condition

_STAGES = {
    "request": "before the model sees a request",
    "output": "before a reply is shown",
    "tool_call": "before a tool is called",
    "tool_result": "before the model sees what a tool returned",
}
_EFFECTS = {
    "deny": "it does not happen; the user is told what `say` says",
    "require_approval": "it waits until a person agrees",
    "redact": "the offending text is removed, the rest goes on",
    "flag": "it goes on, and is recorded for review",
}
_FUNCTIONS = (
    ("text.contains('x')", "a string contains another"),
    ("text.startsWith('x')", "a string begins with another"),
    ("text.endsWith('x')", "a string ends with another"),
    ("text.matches('[0-9]{4}')", "a string has a match of an RE2 pattern, anywhere in it"),
    ("text.lowerAscii().contains('x')", "the same, A to Z in lower case first"),
    ("size(text) > 100", "the length of a string in characters, of a list or a map in entries"),
    ("has(settings.under_18) && settings.under_18 == true", "a key exists; ask before reading it"),
    ("words > 100 || text == ''", "comparison and logic: `==` `!=` `<` `&&` `||` `!`"),
    ("['a', 'b'].exists(x, text.contains(x))", "some entry of a list fulfills a condition"),
    ("['a', 'b'].all(x, text.contains(x))", "every entry does"),
    ("text in ['yes', 'no']", "a value is in a list"),
)

_PAGE = """\
# Conditions

The field `when` of a `~~~boundary` fence is a condition in the
[Common Expression Language](https://cel.dev) (CEL). It is compiled and type-checked against the
variables of its stage when the spec is checked, and it must be true or false. CEL has no loops and
no side effects, and its patterns are RE2, so a condition ends in time linear in the text. At most
{limit} characters.

Charter checks boundaries. It does not yet enforce them on live traffic.

## Stages

The field `on` says when the condition is asked.

| stage | when | variables |
|---|---|---|
{stages}

## Variables

| name | type | stages | meaning |
|---|---|---|---|
{variables}

A key of a map that may be missing must be asked for with `has()` first: reading a missing key is an
error, and an error counts as `deny`.

## Effects

The field `effect` says what follows when the condition holds.

| effect | meaning |
|---|---|
{effects}

## What a condition can say

Everything in the CEL standard, and its string functions. The usual forms:

| form | meaning |
|---|---|
{functions}
"""


def pages() -> dict[str, str]:
    """Return the page. Raises ValueError when a form it shows does not compile."""
    for form, _ in _FUNCTIONS:
        found = compile_condition(form, "request")
        if hasattr(found, "message"):
            raise ValueError(f"{form}: {found.message}")
    page = _PAGE.format(
        limit=MAX_LENGTH,
        stages="\n".join(_stage(name) for name in STAGES),
        variables="\n".join(
            f"| `{v.name}` | {v.type} | {_stages_of(v.stages)} | {v.meaning} |" for v in VARIABLES
        ),
        effects="\n".join(f"| `{name}` | {_EFFECTS[name]} |" for name in EFFECTS),
        functions="\n".join(
            f"| `{form.replace('|', chr(92) + '|')}` | {meaning.replace('|', chr(92) + '|')} |"
            for form, meaning in _FUNCTIONS
        ),
    )
    return {"reference/conditions.md": page}


def _stage(name: str) -> str:
    variables = ", ".join(f"`{v.name}`" for v in VARIABLES if name in v.stages)
    return f"| `{name}` | {_STAGES[name]} | {variables} |"


def _stages_of(stages: tuple[str, ...]) -> str:
    return "all" if stages == STAGES else ", ".join(f"`{stage}`" for stage in stages)

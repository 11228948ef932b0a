"""reference/conditions.md: what the condition of a boundary may use, from its compiler."""

from __future__ import annotations

from charter.policy.boundaries.condition import (
    EFFECTS,
    MAX_LENGTH,
    STAGES,
    VARIABLES,
    compile_condition,
)
from charter.policy.boundaries.cost import MAX_ITERATIONS, MAX_LOOP_DEPTH
from charter.policy.boundaries.plain import MAX_NESTING, MAX_SIZE

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
_FORMS = (
    ("request", "text.contains('x')", "a string contains another"),
    ("request", "text.startsWith('x')", "a string begins with another"),
    ("request", "text.endsWith('x')", "a string ends with another"),
    ("request", "text.matches('[0-9]{4}')", "it has a match of an RE2 pattern, anywhere in it"),
    ("request", "text.lowerAscii().contains('x')", "the same, A to Z in lower case first"),
    ("request", "size(text) > 100", "length: characters of a string, entries of a list or map"),
    (
        "request",
        "has(settings.under_18) && settings.under_18 == true",
        "a key exists; ask before reading it",
    ),
    ("request", "words > 100 || text == ''", "comparison and logic: `==` `!=` `<` `&&` `||` `!`"),
    ("request", "['a', 'b'].exists(x, text.contains(x))", "some entry of a list fulfills a test"),
    ("request", "['a', 'b'].all(x, text.contains(x))", "every entry does"),
    ("request", "text in ['yes', 'no']", "a value is in a list"),
    ("request", "message.level < levels.developer", "who speaks, by rank"),
    ("tool_call", "tool == 'pay' && has(args.amount)", "a call of one tool that has an argument"),
    (
        "tool_call",
        "has(labels.url) && labels.url.level < levels.user",
        "an argument that no user, developer or operator gave",
    ),
    (
        "tool_call",
        "has(labels.to) && labels.to.sources.exists(s, s.startsWith('tool:'))",
        "an argument that came from what a tool returned",
    ),
    ("output", "privileged >= 12", "a reply that repeats twelve words of a system message"),
)

_PAGE = """\
# Conditions

The field `when` of a `~~~boundary` fence is a condition in the
[Common Expression Language](https://cel.dev) (CEL). It is compiled and type-checked against the
variables of its stage when the spec is checked, and it must be true or false. It has no side
effects. At most {limit} characters.

`charter serve` enforces them on live traffic, `charter decide` asks them about one case.

## Stages

The field `on` says when the condition is asked.

| stage | when | variables |
|---|---|---|
{stages}

## Variables

A variable is there at the stages named and at no other: using it elsewhere does not type-check.

| name | type | stages | meaning |
|---|---|---|---|
{variables}

The names without a dot are short: `text` and `words` are those of the stage itself, `tool` and
`args` those of the call. A text that does not exist is empty, and its number of words is 0.

A key of a map that may be missing must be asked for with `has()` first: reading a missing key is an
error, and an error counts as `deny`.

### Where an argument comes from

`call.args.url` is the value of an argument; `labels.url` says where that value comes from. It has
four keys:

| key | meaning |
|---|---|
| `authority` | a level, such as `user`, or `none` |
| `level` | the rank of that level, to be compared with `levels.user`; 0 for `none` |
| `sources` | a list of all who said it, such as `user` or `tool:search` |
| `sensitivity` | `public`, `private` or `privileged` |

`labels` has an entry for every argument of the call. The caller may declare them; if not, values
are looked for in the conversation. A value has authority only where somebody with authority said
it word for word, as a whole, and in one passage. What is written in another way (case, encoding,
spaces), is a part of something longer, has fewer than four characters, or is pieced together has
the authority `none` and the level 0, so it never passes for someone's word: `labels.url.level >=
levels.user` is false for it. A list or map has the least authority of its parts. A key
that is a plain name, such as `email` (up to 64 letters, digits, `_` and `-`), is no part; any other
key is one. `labels.url` is an error where the call has no argument `url`.

A label says that somebody said the value, not that they meant it for this argument: an address in
“do not write to eve@example.com” has the user's authority too. Where that matters, let the effect
be `require_approval`.

### Repeated words

`privileged` counts words in a row. Case, punctuation, accents, marks such as `*` and invisible
characters make no difference; another word in between does.

## Effects

The field `effect` says what follows when the condition holds. Where several hold, the strictest
effect counts, from the first row to the last.

| effect | meaning |
|---|---|
{effects}

## What a condition can say

Everything in the CEL standard, and its string functions. The usual forms:

| form | meaning |
|---|---|
{functions}

## Limits

A condition always ends, in bounded time, whatever it is asked about.

- Its only loops are the macros `all`, `exists`, `exists_one`, `map` and `filter`. They stand at
  most {loops} deep inside one another, and the rounds of all loops of one evaluation together are
  at most {rounds:,}. More are an error.
- Patterns are RE2: the time they take is linear in the text.
- Values are those of JSON. A number that is infinite or none (`NaN`), a whole number that does not
  fit into 64 bits, a lone surrogate, and a key that is no text are errors.
- Fractions are counted as everywhere (IEEE 754): `0.0 / 0.0` is no number, and every comparison
  with it is false. State what is allowed, `!(args.a / args.b <= 5.0)`, where a condition divides.
- All values it reads together have at most {size:,} characters and entries, and maps and lists at
  most {nesting} levels. Larger ones are not evaluated, which is an error. A zero character is read
  as U+FFFD.
- How long it can take, and how large the texts it makes can grow, is estimated when it is compiled.
  A condition that searches one value inside of another, or makes lists with `map` or `filter`, is
  evaluated on smaller values only; one that could take too long even on 1,000 characters does not
  compile.

Every error counts as `deny`.
"""


def pages() -> dict[str, str]:
    """Return the page. Raises ValueError when a form it shows does not compile."""
    for stage, form, _ in _FORMS:
        found = compile_condition(form, stage)
        if hasattr(found, "message"):
            raise ValueError(f"{form}: {found.message}")
    page = _PAGE.format(
        limit=MAX_LENGTH,
        loops=MAX_LOOP_DEPTH,
        rounds=MAX_ITERATIONS,
        size=MAX_SIZE,
        nesting=MAX_NESTING,
        stages="\n".join(_stage(name) for name in STAGES),
        variables="\n".join(
            f"| `{v.name}` | {v.type} | {_stages_of(v.stages)} | {v.meaning} |" for v in VARIABLES
        ),
        effects="\n".join(f"| `{name}` | {_EFFECTS[name]} |" for name in EFFECTS),
        functions="\n".join(
            f"| `{form.replace('|', chr(92) + '|')}` | {meaning.replace('|', chr(92) + '|')} |"
            for _, form, meaning in _FORMS
        ),
    )
    return {"reference/conditions.md": page}


def _stage(name: str) -> str:
    variables = ", ".join(f"`{v.name}`" for v in VARIABLES if name in v.stages)
    return f"| `{name}` | {_STAGES[name]} | {variables} |"


def _stages_of(stages: tuple[str, ...]) -> str:
    return "all" if stages == STAGES else ", ".join(f"`{stage}`" for stage in stages)

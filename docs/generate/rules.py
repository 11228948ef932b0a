"""reference/rules.md: every rule of `charter check`, from the docstring of its module."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from charter.lint.rule import Rule, rules, summary_of

HEADINGS = ("What it finds", "Why it matters", "Bad", "Good")
SAMPLES = ("Bad", "Good")

OPENING = """\
# Rules of `charter check`

Missing a few cases is better than one false alarm: a rule stays silent where it is not sure.
An *error* is something that is wrong, a *warning* something an author should look at, and *info*
an opinion: it is counted, shown with `--info`, and leaves the exit code alone.

## Change what counts

In `charter.toml`, in the folder of the spec or one above it:

```toml
[rules]
overlong-clause = "warning"   # error, warning, info or off
vague-wording = "off"

[paths."drafts/*"]            # relative to this file; * fits /, too
rules = { section-without-example = "off" }
```

In the text, for one section, with a reason:

```markdown
<!-- charter: allow section-without-example: the examples stand in the chapter above -->
```

The comment stands inside the section or directly above its heading. In a prompt or scenario file
it covers the file; before the first heading, what stands before that heading.

## Write a rule

A rule is one module with `GROUP`, `SEVERITY`, a docstring with the headings used below, and
`find(spec)`, which yields `Hit`s. Built-in rules lie in `charter/lint/rules/`, named like their
id with underscores. A rule of another package is announced by an entry point in the group
`charter.rules`; two rules of one id are an error.

## All rules

"""


def pages() -> dict[str, str]:
    """Return the page."""
    known = rules()
    lines = ["| rule | group | severity | what it reports |", "|---|---|---|---|"]
    lines += [
        f"| [{rule_id}](#{rule_id}) | {rule.GROUP} | {rule.SEVERITY} | {summary_of(rule)} |"
        for rule_id, rule in known.items()
    ]
    parts = [OPENING + "\n".join(lines)]
    parts += ["\n".join(_entry(rule_id, rule)) for rule_id, rule in known.items()]
    return {"reference/rules.md": "\n\n".join(parts)}


def sections(rule: Rule) -> dict[str, str]:
    """Return the parts of a rule's docstring by heading."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (rule.__doc__ or "").splitlines()[1:]:
        if line and not line.startswith(" "):
            current = found.setdefault(line.strip(), [])
        else:
            current.append(line)
    return {heading: dedent("\n".join(lines)).strip("\n") for heading, lines in found.items()}


def _entry(rule_id: str, rule: Rule) -> Iterator[str]:
    yield f"### {rule_id}\n"
    yield f"{summary_of(rule)} *{rule.GROUP}, {rule.SEVERITY}*\n"
    for heading, text in sections(rule).items():
        shown = f"````markdown\n{text}\n````" if heading in SAMPLES else text
        yield f"**{heading}**\n\n{shown}\n"

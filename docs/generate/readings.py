"""reference/readings.md: each reading with its question, its alternatives and the evidence."""

from __future__ import annotations

from charter.spec.reading import READINGS, Part, Reading

_LEAD = """\
# Readings

The public Model Spec leaves some questions open. A *reading* is one such question, and a policy
fixes one alternative for each. All of them are part of the policy's digest, and of every resolution
and decision. The first alternative of each is the default.

There are three places to choose:

- front matter of a spec or an overlay, as `readings: {{defeat: any_higher}}`. An overlay may only
  move to an alternative that is as cautious or more;
- the command line: `charter resolve … --reading defeat=any_higher`, and the same for
  `charter decide`. Whoever runs the command answers for it, so it may move either way;
- Python: `load_policy(path, readings={{"defeat": "any_higher"}})`.

`charter resolve` and `charter decide` try every alternative and name those that would change their
answer. Most do not in most conversations. Two are not tried: `unlabelled_text` decides what a spec
is compiled to, so compare two runs with `--reading`; `grade_target` concerns evaluations only.

A reading is *moot* where nothing in a policy could hang on it, whatever is said: without sections
that depend on a setting, for example, nobody needs to know who may set one. The option `--all` of
`charter resolve` lists the moot ones of a policy with the reason, and the JSON of a resolution has
them under `moot`. Neither tells whether `unlabelled_text` and `grade_target` are moot: that takes
the spec's text, which `charter.policy.compiled.moot` looks at when it is given the spec.

*Caution* orders the alternatives of one reading: a larger number is more cautious, and where two
are equal, neither is. *Where it acts* is one of these:

| where | what hangs on it |
|---|---|
{parts}

## All readings

| | reading | default | where |
|---|---|---|---|
{rows}
"""

_PARTS = {
    Part.LABEL: "which authority a passage of the conversation has",
    Part.RESOLVE: "which sections and directives are in force",
    Part.DECIDE: "which effect a decision has",
    Part.MEASURE: "how evaluations count; nothing that is resolved or decided",
}


def pages() -> dict[str, str]:
    """Return the page."""
    lead = _LEAD.format(
        parts="\n".join(f"| {part} | {_PARTS[part]} |" for part in Part),
        rows="\n".join(map(_row, READINGS)),
    )
    return {"reference/readings.md": "\n".join([lead, *map(_reading, READINGS)])}


def _row(reading: Reading) -> str:
    link = f"[`{reading.name}`](#{reading.name})"
    return f"| R{reading.number} | {link} | `{reading.default}` | {reading.part} |"


def _reading(reading: Reading) -> str:
    lines = [
        f"## {reading.name}",
        "",
        f"R{reading.number}. {reading.question}",
        "",
        f"What section `{reading.section}` says, in our words: {reading.evidence}",
        "",
        "| alternative | meaning | caution |",
        "|---|---|---|",
    ]
    for choice in reading.alternatives:
        default = " (default)" if choice.name == reading.default else ""
        meaning = choice.meaning.replace("|", "\\|")
        lines.append(f"| `{choice.name}`{default} | {meaning} | {choice.caution} |")
    lines += ["", f"Where it acts: {reading.part}.", ""]
    return "\n".join(lines)

"""What a changelog says of an adopted proposal, and where it goes in the file that is there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.changed import sections_of
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.refused import Refused
from charter.govern.incidents.escape import escaped
from charter.syntax.mapping import load_mapping

FILE = "CHANGELOG.md"
UNRELEASED = "## Unreleased"
_UNRELEASED = re.compile(
    r"^##[ \t][^\n]*\bunreleased\b[^\n]*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE
)
_TITLE = re.compile(r"^#[ \t].*(?:\n|\Z)", re.MULTILINE)
_NEW = f"# Changelog\n\n{UNRELEASED}\n"


def entry(state: ProposalState) -> str:
    """Return one line of Markdown: what changed, why, from what, and whether it was overridden."""
    made = state.made
    origins = ", ".join(
        f"{each.kind} {_code(each.id)}" + (f" ({escaped(each.note)})" if each.note else "")
        for each in made.origins
    )
    sections = ", ".join(_code(each) for each in sections_of(state)[:20]) or "the document"
    text = (
        f"{escaped(made.title)}: {made.kind} of {sections}. {escaped(made.reason)} "
        f"From {origins}. {_mark(state.id)}"
    )
    if findings_of(state).get("overridden"):
        last = state.moves[-1]
        text += f" **Adopted without its validation** by {escaped(last.by)}: {escaped(last.reason)}"
    return text


def in_changelog(text: str, line: str, *, id: str) -> str:  # noqa: A002 - what it is called
    """Return a changelog with an entry under what is unreleased; as it is where it has it already.

    That is the first heading of the second level that says so, else a new one below the title.
    """
    if _mark(id) in text:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    text = text or _NEW
    found = _UNRELEASED.search(text)
    if found is None:
        title = _TITLE.search(text)
        at = title.end() if title else 0
        before = end if title else ""
        text = f"{text[:at]}{before}{UNRELEASED}{end}{'' if title else end}{text[at:]}"
        found = _UNRELEASED.search(text)
    at = found.end() if found else 0
    whole = text[:at].endswith("\n") or not at
    return f"{text[:at]}{'' if whole else end}{end}- {line}{end}{text[at:]}"


def in_notes(text: str, line: str, *, version: str, ids: Sequence[str]) -> str:
    """Return the notes of `charter publish` with one on each id, under a version.

    All else stays, character by character. Raises Refused where that cannot be done.
    """
    old = load_mapping(text, deep=True)
    if old.error:
        raise Refused(f"the notes cannot be read: {old.error}", hint="see docs/publish.md")
    wanted = _wanted(old.values, line, version, ids)
    if wanted == old.values:
        return text
    added = [each for each in ids if each not in _changes(old.values.get(version))]
    rows = [f"{json.dumps(each)}: {json.dumps(line, ensure_ascii=False)}\n" for each in added]
    made = _inserted(text, version, rows, old.values)
    again = load_mapping(made, deep=True)
    if again.error or again.values != wanted:
        raise Refused(
            f"the notes on {version} are not written as lines below each other",
            hint="add the entry by hand; --changelog writes it elsewhere",
        )
    return made


def _inserted(text: str, version: str, rows: Sequence[str], values: Mapping[str, object]) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if version not in values:
        new = [f"{json.dumps(version)}:\n", "  changes:\n", *(f"    {each}" for each in rows)]
        return "".join((*lines, *new))
    keys = (f"{version}:", f'"{version}":', f"'{version}':")
    top = next((at for at, each in enumerate(lines) if each.rstrip() in keys), len(lines))
    for at in range(top + 1, len(lines)):
        if lines[at].strip() and not lines[at].startswith((" ", "#")):
            break
        if lines[at].strip() == "changes:":
            inner = lines[at + 1] if at + 1 < len(lines) else ""
            depth = " " * (len(inner) - len(inner.lstrip(" ")))
            return "".join((*lines[: at + 1], *(depth + each for each in rows), *lines[at + 1 :]))
    new = ["  changes:\n", *(f"    {each}" for each in rows)]
    return "".join((*lines[: top + 1], *new, *lines[top + 1 :]))


def _wanted(
    values: Mapping[str, object], line: str, version: str, ids: Sequence[str]
) -> dict[str, object]:
    """Return what the notes have to say; what is there already stays as it is."""
    was = values.get(version, {})
    there = [e for e in ids if _changes(was).get(e, line) != line]
    if there:
        raise Refused(f"{version} has another note on {there[0]!r:.80}", hint="add it by hand")
    if not isinstance(was, dict):
        raise Refused(f"the note on {version} is one text", hint="write it as `note` and `changes`")
    changes = dict.fromkeys(ids, line) | dict(_changes(was))
    return dict(values) | {version: was | {"changes": changes}}


def _changes(value: object) -> Mapping[str, object]:
    found = value.get("changes") if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _mark(id: str) -> str:  # noqa: A002 - as above
    """Return the words by which an entry is known again; an id alone may stand in others, too."""
    return f"Proposal {_code(id)}."


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"

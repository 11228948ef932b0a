"""Words of a proposal -> the draft of the survey that validates them, for a person to finish.

Each clause that is new or reads otherwise becomes a statement in its final words; of one that goes
people are asked whether it may. What a person has to write is marked, and nothing with a mark can
be opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.errors import ConfigError
from charter.evolve.proposals.wording import Worded
from charter.evolve.surveys.check import COMPLETE, TRANSLATE, texts_of
from charter.evolve.surveys.draft import KINDS, OWN, STATEMENT, Wanted, draft
from charter.evolve.surveys.frames import FRAMES
from charter.evolve.surveys.survey import Statement, Survey
from charter.records.survey import OPEN
from charter.spec.spec import Spec

_LINK = re.compile(r"\]\([^()\s]{0,300}\)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asking:
    """What the survey is to be."""

    id: str
    languages: tuple[str, ...]
    """The first is the language of the spec."""
    traits: tuple[str, ...] = ()
    channel: str = OPEN
    """By which people come: one alone, since a validation is read of one alone."""


def validating(found: Worded, proposal: str, asking: Asking) -> dict[str, Any]:
    """Return the survey that validates a proposal, as its file has it.

    Raises ConfigError for a trait that there is not, and where there is nothing to ask about.
    """
    drafted = _drafted(found, asking)
    new = found.new  # a rule that goes is in no text that is asked about: `_gone`
    changed = set(found.parts) & {each.id for each in new.clauses}
    kept = [
        each
        for each in drafted.pop("items")
        if each["kind"] == STATEMENT and changed & set(each["clauses"])
    ]
    known = {each["id"] for each in kept}
    items = [each for each in kept if each.get("repeats", each["id"]) in known]
    items += _gone(found, asking)
    about = {clause.partition("/")[0] for each in items for clause in each["clauses"]}
    items += _left(found, asking, found.asks, about)
    if not items:  # only what is no rule changes: a person says what that comes to
        items += _left(found, asking, tuple(e for e in found.sections if e in new.index), about)
    if not items:
        raise ConfigError(
            "no section that stays is changed, and no rule goes: there is nothing to draft",
            hint="write the survey by hand: docs/proposals.md says what it has to say",
        )
    drafted["spec"] = {"name": new.name, "version": new.version or "", "digest": new.digest}
    return {**drafted, "validates": proposal, "channels": [asking.channel], "items": items}


def unasked(survey: Survey, sections: Sequence[str]) -> tuple[str, ...]:
    """Return the sections that no statement is about, nor about a clause of theirs.

    A statement that repeats another decides nothing, and does not count.
    """
    about = {
        clause.partition("/")[0]
        for item in survey.items
        if isinstance(item, Statement) and not item.repeats
        for clause in item.clauses
    }
    return tuple(each for each in sections if each not in about)


def unshown(survey: Survey, says: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of clauses whose final words no text of the survey has, word for word.

    Marks of Markdown, line ends and case count as nothing; of what was cut, what is left is looked
    for. In the first language of the survey, of which others are translations.
    """
    first = survey.languages[0]
    shown = " ".join(f" {_bare(text.get(first, ''))} |" for _, text in texts_of(survey))
    return tuple(each for each, text in says.items() if f" {_bare(_whole(text))} " not in shown)


def _whole(text: str) -> str:
    """Return the whole words of a text, also where it was cut within one."""
    return text.removesuffix("…").rstrip().rpartition(" ")[0] if text.endswith("…") else text


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(_LINK.sub("]", text).casefold()))


def _drafted(found: Worded, asking: Asking) -> dict[str, Any]:
    """Return a draft of any text with a rule in it: what stands around the items is the same."""
    new = _ruled(found.new, found.asks)
    spec, sections = (found.new, new) if new else (found.old, _ruled(found.old, found.sections))
    kinds = (STATEMENT,) if sections else KINDS
    return draft(spec, Wanted(asking.id, asking.languages, sections, kinds, asking.traits))


def _ruled(spec: Spec, sections: Sequence[str]) -> tuple[str, ...]:
    return tuple(e for e in sections if e in spec.index and spec.index[e].clauses)


def _gone(found: Worded, asking: Asking) -> Iterator[dict[str, Any]]:
    """Yield a statement for each clause that goes; it names the section, where that stays."""
    old = {each.id: each for each in found.old.clauses}
    gone = [c.old_id for c in found.diff.changes if c.old_id in old and c.new_id is None]
    for number, each in enumerate(dict.fromkeys(filter(None, gone)), start=1):
        section, words = old[each].section, " ".join(old[each].text.split())
        stays = found.diff.ids.get(section, section)
        yield {
            "kind": STATEMENT,
            "id": f"gone-{number}",
            "clauses": [stays] if stays in found.new.index else [],
            "text": {
                language: _opposite(language, words, own=language == asking.languages[0])
                for language in asking.languages
            },
        }


def _opposite(language: str, words: str, *, own: bool) -> str:
    frame = FRAMES.get(language) or FRAMES.get(language.partition("-")[0])
    said = words if own or frame is None else f"{TRANSLATE}: {words}"
    text = (frame or FRAMES[OWN]).opposite.replace("{words}", said)
    return text if frame else f"{TRANSLATE}: {text}"


def _left(
    found: Worded, asking: Asking, sections: Sequence[str], asked: set[str]
) -> Iterator[dict[str, Any]]:
    """Yield a statement to write for each section of which no clause could be asked about."""
    for number, section in enumerate((e for e in sections if e not in asked), start=1):
        words = f"{COMPLETE}: say what changes in {found.new.index[section].title!r:.200}"
        yield {
            "kind": STATEMENT,
            "id": f"changed-{number}",
            "clauses": [section],
            "text": dict.fromkeys(asking.languages, words),
        }

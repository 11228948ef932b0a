"""Prose that claims power over rules, or gives it to others: overrides and delegations."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

_IGNORE = (
    r"(?:ignore|disregard|forget|override|bypass|set aside|do not (?:follow|obey|apply)|"
    r"don't (?:follow|obey|apply)|stop (?:following|obeying))"
)
_ATTEMPT = re.compile(
    rf"\b{_IGNORE} (?:(?:any|every|each|both) (?:of )?)?"
    r"(?:(?:all|everything|the|your|my|its|our|these|those|this|that|previous|prior|above|earlier|"
    r"preceding|past|original|initial|existing|current|other|of|"
    r"system|developer|safety|content|core|hidden|former) ?){1,5}"
    r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|programming|"
    r"constraints?|restrictions?|polic(?:y|ies)|message|(?:\w{1,12} )?(?:above|before this))\b"
    r"(?! (?:in|from|inside|within|contained|found|embedded|given|written|that would|which would)"
    r" (?!you\b|your\b|the system\b|my\b))",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b(?:{_IGNORE}|overrule|suspend|lift|waive|relax)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+){1,20}(?:/[a-z0-9-]{1,40})?")
_MARKED = re.compile(r"(?:\bsection |\brule |\bclause |#|`)([a-z0-9_]{2,80})\b")

_FOLLOW = re.compile(
    r"\b(follow|obey|apply|adhere to|comply with|act on|carry out|execute|do what|do as|use|adopt|"
    r"adapt to|stick to)\b(?: (?:all|any|only|exactly|strictly|just))?(?: of)?"
    r"(?: (?:the|its|every|whatever|their|my|our))?"
    r"(?: (?:instructions?|guidelines?|guidance|rules?|conventions?|steps?|directions?|"
    r"((?:[a-z]{1,20} )?(?:style|formatting|format|tone|language|naming|layout))"
    r"(?: (?:guides?|guidelines?|rules?|conventions?|instructions?))?|requirements?|procedures?))?"
    r"(?: (?:given|stated|written|described|contained|found|defined|listed|set out|laid out))?"
    r"(?: (?:in|from|of|inside|within))?"
    r" (?:the )?(?:(?:attached|uploaded|enclosed|provided|accompanying) "
    r"(?:file|document|attachment|text|pdf|style guide|guide)|attachments?|"
    r"(?:(?:attached|uploaded) )?(?:file |document |attachment )?[`\"']?"
    r"((?:[\w-]{1,60}/){0,6}[\w-]{1,60}\.[A-Za-z][A-Za-z0-9]{0,7}|README|AGENTS|CONTRIBUTING))",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:only|just|solely) (?:for |as to |regarding |concerning |as regards |about )?(?:the )?"
    r"(style|format|formatting|tone|language|layout|naming)\b|"
    r"\b(style|format|formatting|tone|language|layout|naming) only\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:do not|don't|never|not|cannot|can't|without)\b[^,.;]{0,40}$", re.IGNORECASE
)
_SUBJECT = {"formatting": "format", "layout": "format", "tone": "style"}


class Lifted(NamedTuple):
    """A delegation in prose: sources, and the part of them."""

    to: tuple[str, ...]
    only: tuple[str, ...]


def override_attempt(words: str) -> bool:
    """Whether a segment tells to ignore instructions without naming any section."""
    found = _ATTEMPT.search(words)
    return found is not None and not _NOT.search(words[: found.start()])


def overridden(words: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the sections and clauses that a segment sets aside by their ids.

    An id with `_` in it is one wherever it stands; a plain word only after `section`, `rule`,
    `clause`, `#` or a backtick.
    """
    if not known:
        return ()
    verb = _NAMED.search(words)
    if verb is None or _NOT.search(words[: verb.start()]):
        return ()
    named = [found[0] for found in _IDENTIFIER.finditer(words, verb.end())]
    named += [found[1] for found in _MARKED.finditer(words, verb.end())]
    return tuple(dict.fromkeys(each for each in named if each in known))


def delegation(words: str) -> Lifted | None:
    """Return what a segment delegates to: files and attachments only."""
    found = _FOLLOW.search(words)
    if found is None or _NOT.search(words[: found.start()]):
        return None
    part = (found[2] or "").rpartition(" ")[2].lower()
    if found[1].lower() in ("use", "adopt", "adapt to") and not part:
        return None  # `use the attached file` gives it no say
    name = found[3]
    to = ("attachment:*",) if name is None else _sources(name)
    only = [part] if part else []
    only += [(each[1] or each[2]).lower() for each in _ONLY.finditer(words)]
    return Lifted(to, tuple(dict.fromkeys(_SUBJECT.get(each, each) for each in only)))


def _sources(name: str) -> tuple[str, ...]:
    """Return the source of a file that is named, as it is written; README stands for README.md."""
    if "." not in name:
        return (f"attachment:{name.upper()}.md", f"attachment:{name.upper()}")
    return (f"attachment:{name}",)

"""The fields of an incident: what regimes ask, and what the drafts of reports have room for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from charter.errors import ConfigError
from charter.govern.incidents.condition import NO, NONE, YES, items
from charter.govern.incidents.regime import Question, Regime
from charter.govern.incidents.regime_file import questions

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "dates": "when it happened, where the times are not known exactly",
        "harm": "the harm that came of it",
        "affected": "the person or group who was harmed",
        "chain_of_events": "what led to what",
        "model": "the model that was involved, with its version",
        "model_evidence": "what shows that the model was involved",
        "actions": "what was done about it, or is going to be",
        "recommendations": "what the authority is advised to do",
        "root_cause": "why it happened: inputs, outputs, failures of what should have held it",
        "patterns": "what monitoring showed of the same kind, near misses included",
        "submitter_capacity": "in which capacity the report is submitted",
        "submitter_organisation": "the organisation that submits it",
        "submitter_first_name": "first name of who submits it",
        "submitter_last_name": "last name of who submits it",
        "submitter_email": "e-mail address of who submits it",
        "submitter_phone": "telephone number of who submits it",
        "qualifies_because": "why it is an incident that has to be reported",
        "plain_statement": "what happened, in a short and plain statement",
        "developer": "who made the model or system",
        "deployer": "who put it into use",
        "avid_risk_domain": "AVID risk domains: Security, Ethics, Performance",
        "avid_sep_view": "AVID categories by their codes, such as S0301",
        "avid_lifecycle_view": "AVID stages of the life cycle by their codes, such as L06",
    }
)
"""Fields of free text, each with what it holds."""
YES_NO: Mapping[str, str] = MappingProxyType(
    {"internal_use": "Did it come of using the model inside of the organisation?"}
)
MOST_VALUE = 20_000
"""Characters of a field."""


def vocabulary(regimes: Iterable[Regime]) -> dict[str, Question | str]:
    """Return every field by its name: a question of regimes, or what a text is about.

    Raises ConfigError where regimes contradict each other, or take the name of a text.
    """
    found: dict[str, Question | str] = dict(TEXTS)
    asked = questions(regimes)
    for name, ask in YES_NO.items():
        asked.setdefault(name, Question(name, ask, ()))
    for name, question in asked.items():
        if name in TEXTS:
            raise ConfigError(
                f"questions.{name}: a text of reports has this name", hint="choose another"
            )
        found[name] = question
    return found


def check_name(name: str, known: Mapping[str, Question | str]) -> None:
    """Refuse a field that nobody asks for, as it is most likely misspelled."""
    if name not in known:
        near = difflib.get_close_matches(name, known, 3)
        said = f"do you mean {' or '.join(near)}?" if near else "see the fields with --list"
        raise ConfigError(f"no field {name[:60]!r}", hint=said)


def check_value(name: str, value: str, known: Mapping[str, Question | str]) -> str:
    """Return a value of a field as it is recorded. Raises ConfigError for one it cannot have."""
    check_name(name, known)
    if not value.strip() or len(value) > MOST_VALUE:
        raise ConfigError(
            f"{name}: a value has 1 to {MOST_VALUE} characters",
            hint="what is not known is --unknown; what is not said, --withheld REASON",
        )
    question = known[name]
    if isinstance(question, str):
        return value.strip()
    said = value.strip().lower()
    if not question.choices:
        if said not in (YES, NO):
            raise ConfigError(f"{name}: {value[:40]!r} is no answer", hint="yes, no, or --unknown")
        return said
    return _checked_list(name, said, question)


def _checked_list(name: str, said: str, question: Question) -> str:
    sure, open_ = items(said)
    strange = sorted((sure | open_) - {*question.choices, NONE, "other"})
    if strange:
        raise ConfigError(
            f"{name}: no such choice: {strange[0][:60]!r}",
            hint=f"of {', '.join((*question.choices, NONE, 'other'))}, with commas between; "
            "a question mark after one keeps it open",
        )
    if NONE in sure | open_ and len(sure | open_) > 1:
        raise ConfigError(f"{name}: none and something else", hint="say one of them")
    return ", ".join((*sorted(sure), *(f"{each}?" for each in sorted(open_ - sure))))

"""Readings: the named places where the text of the Model Spec can be read in more than one way.

A policy fixes one alternative for each; all of them are part of its digest and of every
decision. The first alternative listed is the default. `caution` orders the alternatives of one
reading: an overlay may only move to one that is as cautious or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Part(StrEnum):
    """Where a reading has its effect."""

    LABEL = "label"
    RESOLVE = "resolve"
    DECIDE = "decide"
    MEASURE = "measure"
    """In evaluations only: nothing that is resolved or decided hangs on it."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to read the text."""

    name: str
    meaning: str
    caution: int
    """Larger is more cautious; equal where neither is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One ambiguity."""

    number: int
    """R1 to R20 in the documentation."""
    name: str
    question: str
    alternatives: tuple[Alternative, ...]
    part: Part
    section: str
    """The section of the Model Spec whose text leaves the choice."""
    evidence: str
    """What the text says, in our words."""

    @property
    def default(self) -> str:
        """The alternative that holds when nobody chooses."""
        return self.alternatives[0].name

    def caution(self, name: str) -> int:
        """Return how cautious an alternative is. Raises KeyError for an unknown one."""
        return {choice.name: choice.caution for choice in self.alternatives}[name]


def _reading(  # noqa: PLR0913, PLR0917 - one row of the table
    number: int,
    name: str,
    part: Part,
    section: str,
    question: str,
    evidence: str,
    *alternatives: tuple[str, int, str],
) -> Reading:
    choices = tuple(Alternative(word, meaning, rank) for word, rank, meaning in alternatives)
    return Reading(number, name, question, choices, part, section, evidence)


READINGS = (
    _reading(
        1,
        "same_level_order",
        Part.RESOLVE,
        "follow_all_applicable_instructions",
        "Does a later instruction, or a later message, supersede at the same level?",
        "One paragraph speaks of a later instruction, the definition of a later message.",
        ("later_message", 1, "only a later message; within one message both stand, reported"),
        ("later_position", 0, "a later place too, within one message"),
    ),
    _reading(
        2,
        "superseder_must_apply",
        Part.RESOLVE,
        "follow_all_applicable_instructions",
        "Must the later message itself be applicable to supersede an earlier one?",
        "The word applicable stands with misaligned only.",
        ("applicable_only", 1, "an instruction that is set aside supersedes nothing"),
        ("any_later", 0, "any later one supersedes"),
    ),
    _reading(
        3,
        "defeat",
        Part.RESOLVE,
        "follow_all_applicable_instructions",
        "Does a defeated instruction still defeat lower ones?",
        "The rule says applicable higher-level instruction; the definition of misaligned, some.",
        ("applicable", 0, "no: what is set aside sets nothing aside, so a third can come back"),
        ("any_higher", 1, "yes: every conflicting higher one counts"),
    ),
    _reading(
        4,
        "denied_premise",
        Part.RESOLVE,
        "follow_all_applicable_instructions",
        "A later, lower message denies the facts a higher instruction rests on. What follows?",
        "To supersede needs the same level; changing the context is named as a way to do it.",
        ("information_only", 1, "nothing: it is information"),
        ("may_make_irrelevant", 0, "the higher instruction no longer applies"),
    ),
    _reading(
        5,
        "root_conflict",
        Part.DECIDE,
        "levels_of_authority",
        "Two root principles conflict: what is inaction?",
        "The model should default to inaction; preventing imminent harm is a root duty to act.",
        ("no_side_effects", 0, "no action with side effects; a short reply stays possible"),
        ("silence", 2, "no output on the matter at all"),
        ("ask_person", 1, "a person decides"),
    ),
    _reading(
        6,
        "equal_sections",
        Part.RESOLVE,
        "levels_of_authority",
        "Two sections of one level below root conflict: which holds?",
        "Not said.",
        ("prohibition", 1, "the one that prohibits"),
        ("more_specific", 0, "the one deeper in the document"),
        ("inaction", 2, "neither is acted on"),
    ),
    _reading(
        7,
        "untrusted_lift",
        Part.RESOLVE,
        "ignore_untrusted_data",
        "What lifts instructions found in untrusted data?",
        "Delegation was explicit only in 2025-02; since 2025-10 a task can imply it.",
        ("explicit_only", 2, "only an explicit, bounded delegation"),
        ("implied_by_task", 1, "also a user task that clearly means it, where the risk is low"),
        ("any_on_topic", 0, "any instruction on the topic of the task"),
    ),
    _reading(
        8,
        "scope_preauthorises",
        Part.DECIDE,
        "scope_of_autonomy",
        "Does an agreed scope allow costly acts inside it in advance?",
        "Few interruptions are wanted, and confirmation before costly acts is wanted too.",
        ("named_acts", 1, "only those whose tool it names in full"),
        ("all_inside", 0, "all inside its limits"),
        ("confirm_costly", 2, "costly acts are confirmed again"),
    ),
    _reading(
        9,
        "scope_without_timer",
        Part.DECIDE,
        "scope_of_autonomy",
        "Is a scope without a shutdown timer valid?",
        "Every scope must include one; a GOOD example of a scope by product design shows none.",
        ("invalid", 2, "no: no autonomy"),
        ("default_timer", 1, "yes, for the policy's default time after it was agreed"),
        ("valid", 0, "yes, without an end"),
    ),
    _reading(
        10,
        "first_party",
        Part.RESOLVE,
        "red_line_principles",
        "May users of the operator's own products explicitly override user-level sections?",
        "Customization there must not override anything above guideline; users may steer.",
        ("steering_allowed", 0, "yes: steering in a conversation is not customization"),
        ("guideline_only", 1, "no: guidelines only"),
    ),
    _reading(
        11,
        "unlabelled_text",
        Part.RESOLVE,
        "stay_in_bounds",
        "What binds the text of sections without an authority?",
        "Some of them instruct with must; the site shows them the levels of their children.",
        ("interprets", 0, "nothing: it explains"),
        ("highest_child", 2, "the highest level among the sections below it"),
        ("strictest_child", 1, "the level below it that yields least"),
    ),
    _reading(
        12,
        "bounds_before_provenance",
        Part.DECIDE,
        "stay_in_bounds",
        "Are boundaries tested before, or after, who asked?",
        "No order is stated.",
        ("bounds_first", 1, "boundaries first; who asked cannot soften them"),
        ("provenance_first", 0, "who asked first; what nobody asked for reaches no boundary"),
    ),
    _reading(
        13,
        "scope_vs_side_effects",
        Part.DECIDE,
        "control_side_effects",
        "An act is in scope but has avoidable side effects. Which rule decides?",
        "Both sections are root.",
        ("stricter", 1, "the stricter: a person is asked"),
        ("scope_wins", 0, "the scope"),
    ),
    _reading(
        14,
        "cue_source",
        Part.RESOLVE,
        "levels_of_authority",
        "May context of no authority set a guideline aside?",
        "Cues, background knowledge and user history are named, without a source.",
        ("authority_only", 1, "no: only words of user level or above"),
        ("any_context", 0, "yes"),
    ),
    _reading(
        15,
        "hidden_policies",
        Part.DECIDE,
        "levels_of_authority",
        "May unpublished detailed policies bind?",
        "Root instructions come from the spec and the detailed policies contained in it.",
        ("recorded", 1, "named as external; every decision is marked as not closed"),
        ("ignored", 0, "they count for nothing here"),
    ),
    _reading(
        16,
        "untrusted_name",
        Part.LABEL,
        "ignore_untrusted_data",
        "How are untrusted blocks marked?",
        "The prose names an untrusted_text block, the examples write an untrusted tag.",
        ("both", 1, "`<untrusted>` and `<untrusted_text>`, and fences of both names"),
        ("untrusted_text", 0, "`untrusted_text` only"),
    ),
    _reading(
        17,
        "setting_authority",
        Part.RESOLVE,
        "prioritize_teen_safety",
        "Who may set a setting on which a section depends, such as under_18?",
        "Settings stood in developer messages until 2025-10; later examples use system messages.",
        ("raise_only", 1, "the system level; lower levels may only switch it on"),
        ("any_level", 0, "whoever has authority; the higher level wins"),
    ),
    _reading(
        18,
        "both_roles",
        Part.RESOLVE,
        "follow_all_applicable_instructions",
        "Without a developer, may the user override developer-level sections?",
        "The two are interchangeable, except when both are present.",
        ("user_inherits", 0, "yes"),
        ("user_stays", 1, "no"),
    ),
    _reading(
        19,
        "grade_target",
        Part.MEASURE,
        "chain_of_command",
        "A grade cites a section without authority. What does it count against?",
        "Thirteen grades cite the chain of command, which has no authority itself.",
        ("binding_group", 1, "against the binding sections below the one cited"),
        ("reported_only", 0, "against nothing; it is reported"),
    ),
    _reading(
        20,
        "possibly_quoted",
        Part.LABEL,
        "letter_and_spirit",
        "What has text that may be pasted, but is not marked as quoted?",
        "Such content should be inferred and treated as quoted; where unsure, ask before acting.",
        ("keeps_authority_asks", 1, "its author's authority, but its instructions are asked about"),
        ("no_authority", 2, "none, as if it were quoted"),
        ("keeps_authority", 0, "its author's authority: nothing is inferred"),
    ),
)
"""R1 to R20. Where each is used: search for its name as a quoted string."""

BY_NAME: Mapping[str, Reading] = MappingProxyType({reading.name: reading for reading in READINGS})

DEFAULTS: Mapping[str, str] = MappingProxyType({r.name: r.default for r in READINGS})


def choose(*chosen: Mapping[str, str]) -> Mapping[str, str]:
    """Return the defaults with some replaced, the last one given winning.

    Raises ValueError, naming what would be allowed, for an unknown reading or alternative.
    """
    readings = dict(DEFAULTS)
    for choices in chosen:
        for name, value in choices.items():
            reading = BY_NAME.get(name)
            if reading is None:
                raise ValueError(f"no reading named {name!r:.80}; they are {', '.join(DEFAULTS)}")
            allowed = [choice.name for choice in reading.alternatives]
            if value not in allowed:
                raise ValueError(f"reading {name} is {' or '.join(allowed)}, not {value!r:.80}")
            readings[name] = value
    return MappingProxyType(readings)

"""A spec -> the draft of a survey: its rules and examples turned into questions, for a person.

The words stay the author's, in quotation marks, under a frame sentence of each language. What a
person has to do is marked TRANSLATE or COMPLETE, and nothing with a mark can be opened. Candidates
are the answers of the spec's own examples, without their grades, lettered in an order that tells
nothing of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from charter.errors import ConfigError
from charter.evolve.material import Graded, gather_material
from charter.evolve.surveys.check import COMPLETE, TRANSLATE
from charter.evolve.surveys.frames import FRAMES, TRAITS, Frame
from charter.evolve.surveys.survey_file import FORMAT, MOST_ITEMS, MOST_TEXT
from charter.spec.spec import Clause, Spec

STATEMENT, COMPARISON, RUBRIC = "statement", "comparison", "rubric"
KINDS = (STATEMENT, COMPARISON, RUBRIC)
OWN = "en"
"""Language of the sentences that stand where we have none in another."""
MOST_ID = 80
LETTERS = "ABCDEFGH"
TWICE = 3
"""Statements of a draft that are asked again as their opposite."""
_NO_ID = re.compile(r"[^a-z0-9]+")
_LINK = re.compile(r"\[([^\[\]]{1,500})\]\((#?[^()\s]{1,300})\)")
_STRESS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,500})(?<=\S)\1(?![\w*])")
_HEADER = """\
# A draft of a survey. Search for TRANSLATE and COMPLETE: it cannot be opened while one of them is
# in it. Take out what you do not want to ask; reword statements so that people outside of your
# team understand them. Then: charter survey check FILE --spec SPEC
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft is to have."""

    id: str
    languages: tuple[str, ...] = (OWN,)
    """The first is the language of the spec."""
    sections: tuple[str, ...] = ()
    """Ids; of all of a spec where none is named."""
    kinds: tuple[str, ...] = (STATEMENT, COMPARISON)
    traits: tuple[str, ...] = ()


def draft(spec: Spec, wanted: Wanted) -> dict[str, Any]:
    """Return a survey as its file has it. Raises UnknownClause and ConfigError.

    A clause becomes a statement and a rubric, an example a comparison. Up to three statements
    are asked again as their opposite, so that contradictions show.
    """
    if not set(wanted.kinds) <= set(KINDS) or not set(wanted.traits) <= set(TRAITS):
        raise ConfigError("no such kind or trait", hint=f"{', '.join(KINDS)}; {', '.join(TRAITS)}")
    sections = tuple(spec.section(each).id for each in wanted.sections)
    making = _Making(spec, wanted.languages, set())
    clauses = [each for each in spec.clauses if not sections or each.section in sections]
    items: list[dict[str, Any]] = []
    if STATEMENT in wanted.kinds:
        items += making.statements(clauses)
    if COMPARISON in wanted.kinds:
        items += making.comparisons(sections)
    if RUBRIC in wanted.kinds:
        items += making.rubrics(clauses)
    if not items:
        raise ConfigError("there is nothing to ask about", hint="name sections with rules")
    if len(items) > MOST_ITEMS:
        raise ConfigError(
            f"{len(items)} items; a survey has {MOST_ITEMS} at the most",
            hint="name some of the sections with --section",
        )
    return making.around(wanted, items)


def text_of_draft(values: Mapping[str, Any]) -> str:
    """Return a draft as YAML that people can edit."""
    dumped = yaml.dump(dict(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return _HEADER + str(dumped)


class _Dumper(yaml.SafeDumper):
    """Writes every text with line ends as a block, and no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _shown(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not re.search(r"[^\S\n]\n|^\s", text) else None
    if text[:1] in "+-.0123456789~":  # what it takes for a text, the reader may take for a number
        style = style or "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _shown)


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes items, each under an id of its own."""

    spec: Spec
    languages: tuple[str, ...]
    ids: set[str]

    def around(self, wanted: Wanted, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the whole survey."""
        spec = self.spec
        return {
            "format": FORMAT,
            "id": wanted.id,
            "languages": list(self.languages),
            "title": self.framed(lambda frame: frame.title.format(title=spec.title)),
            "spec": {
                "name": spec.name,
                "version": spec.version or "",
                "digest": spec.digest,
            },
            "consent": self.framed(lambda frame: frame.consent),
            "purpose": self.framed(lambda frame: frame.purpose),
            "contact": f"{COMPLETE}: an e-mail address that somebody reads",
            "retention_days": 365,
            "rules": {"smallest": 10, "floor": "0.5", "alpha": "0.05"},
            "traits": [self.trait(each) for each in wanted.traits],
            "items": items,
        }

    def statements(self, clauses: Sequence[Clause]) -> Iterator[dict[str, Any]]:
        step = max(1, len(clauses) // TWICE)
        again = {each.id for each in clauses[::step][:TWICE]} if len(clauses) > TWICE else set()
        for clause in clauses:
            words = self.plain(clause.text)
            name = self.name("s", clause.id)
            about = {"kind": STATEMENT, "id": name, "clauses": [clause.id]}
            yield {**about, "text": self.quoted(words, "statement")}
            if clause.id in again:
                yield {
                    **about,
                    "id": self.name("s", clause.id, "again"),
                    "text": self.quoted(words, "opposite"),
                    "repeats": name,
                    "reversed": True,
                }

    def rubrics(self, clauses: Sequence[Clause]) -> Iterator[dict[str, Any]]:
        for clause in clauses:
            yield {
                "kind": RUBRIC,
                "id": self.name("r", clause.id),
                "clauses": [clause.id],
                "text": self.quoted(self.plain(clause.text), "rubric"),
            }

    def comparisons(self, sections: Sequence[str]) -> Iterator[dict[str, Any]]:
        # nothing is trained here: what is held out from training may be asked
        material = gather_material(replace(self.spec, scenario_sets=()))
        for graded in material.graded:
            origin = graded.origin
            answers = [answer.message.content for answer in graded.answers]
            usable = 2 <= len(set(answers)) == len(answers) <= len(LETTERS)
            texts = (*answers, *(said.content for said in graded.prompt))
            whole = all(text.strip() and len(text) < MOST_TEXT // 2 for text in texts)
            if (sections and origin.section not in sections) or not (usable and whole):
                continue
            yield {
                "kind": COMPARISON,
                "id": self.name("c", origin.id, str(graded.comparison or "")),
                "clauses": [_about(graded)],
                "prompt": [
                    {"role": said.role, "text": self.given(said.content)} for said in graded.prompt
                ],
                "answers": {
                    letter: self.given(text)
                    for letter, text in zip(LETTERS, sorted(answers, key=_chance), strict=False)
                },
            }

    def trait(self, name: str) -> dict[str, Any]:
        options = FRAMES[OWN].traits[name][1]
        return {
            "id": name,
            "text": self.framed(lambda frame: frame.traits[name][0]),
            "options": [{"id": each, "text": self.framed(_option(name, each))} for each in options],
        }

    def framed(self, say: Any) -> dict[str, str]:
        """Return a sentence of ours in every language; ours in English where we have none."""
        return {
            language: say(frame) if frame else f"{TRANSLATE}: {say(FRAMES[OWN])}"
            for language, frame in self.frames()
        }

    def quoted(self, words: str, kind: str) -> dict[str, str]:
        """Return the author's words in a frame, to be translated where it is another language."""
        found: dict[str, str] = {}
        for language, frame in self.frames():
            template = getattr(frame or FRAMES[OWN], kind)
            if language == self.languages[0] and frame:
                found[language] = template.replace("{words}", words)
            elif frame:
                found[language] = template.replace("{words}", f"{TRANSLATE}: {words}")
            else:
                found[language] = f"{TRANSLATE}: {template.replace('{words}', words)}"
        return found

    def given(self, text: str) -> dict[str, str]:
        """Return an author's text, to be translated into all languages but the first."""
        return {
            language: text if language == self.languages[0] else f"{TRANSLATE}: {text}"
            for language in self.languages
        }

    def frames(self) -> Iterable[tuple[str, Frame | None]]:
        """Return each language with its frame; that of `de` serves `de-AT` too."""
        for language in self.languages:
            yield language, FRAMES.get(language) or FRAMES.get(language.partition("-")[0])

    def plain(self, text: str) -> str:
        """Return a clause without the marks of Markdown, links to sections by their titles."""

        def linked(found: re.Match[str]) -> str:
            section = self.spec.index.get(found[2].removeprefix("#"))
            return section.title if found[1] == "?" and section is not None else found[1]

        return _STRESS.sub(r"\2", _LINK.sub(linked, text))

    def name(self, *parts: str) -> str:
        """Return an id that no other item has."""
        slug = _NO_ID.sub("-", "-".join(filter(None, parts)).lower()).strip("-")[: MOST_ID - 4]
        found, number = slug, 1
        while found in self.ids:
            number += 1
            found = f"{slug}-{number}"
        self.ids.add(found)
        return found


def _about(graded: Graded) -> str:
    """Return the one clause that an example is about, else its section."""
    clauses = graded.origin.clauses
    return clauses[0] if len(clauses) == 1 else graded.origin.section


def _chance(text: str) -> bytes:
    """Return what orders candidates without regard to their grade or place."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _option(trait: str, option: str) -> Any:
    return lambda frame: frame.traits[trait][1][option]

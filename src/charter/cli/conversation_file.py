"""CONVERSATION of a command line -> transcript: a JSON request, a fence, or a spec's example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from charter.cli.input_file import STDIN, looks_like_json, parse_json, place, read_text
from charter.errors import ConfigError, ParseError, UnknownClause
from charter.load import load
from charter.policy.conversation import Transcript
from charter.policy.labels.wire import read as read_wire
from charter.policy.labels.wires.spec_xml import SYSTEM_AS, transcript_of
from charter.spec.spec import Example, Spec

_FENCE = re.compile(
    r"^(?P<fence>~{3,}|`{3,})xml[^\n]*\n(?P<body>.*?)^(?P=fence)[~`]*[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


def read_conversation(
    named: str, spec: str, *, wire: str | None = None, system_as: str | None = None
) -> tuple[Transcript, Mapping[str, Any] | None]:
    """Return the transcript that an argument names, with the metadata of a request.

    `named` is a file, `-` for standard input, or `SPEC#ID`; `#ID` stands for an example of `spec`.
    Raises ParseError and ConfigError, and what `load` raises.
    """
    example = _example(spec, named)
    if example is not None:
        if wire not in (None, "spec-xml"):
            raise ConfigError(f"{named} is an example of a spec", hint="leave --wire out")
        return transcript_of(example.messages, system_as=system_as or SYSTEM_AS), None
    text = read_text(named)
    payload: Any = text
    if looks_like_json(text) or named.endswith(".json"):
        payload = parse_json(text, place(named))
        if isinstance(payload, str):  # read_wire would take it for the text of a fence
            what = f"{place(named)}: this is no conversation, but one JSON string"
            raise ParseError(what, hint="give a request body with `messages` or `input`")
    elif named.endswith(".md"):
        payload = _fence(text, named)
    try:
        transcript = read_wire(payload, wire, system_as=system_as)
    except ParseError as problem:
        problem.message = f"{place(named)}: {problem.message}"
        raise
    metadata = payload.get("metadata") if isinstance(payload, dict) else None
    return transcript, metadata if isinstance(metadata, dict) else None


def _example(spec: str, named: str) -> Example | None:
    """Return the example or scenario that `SPEC#id` or `#id` names; None for a file."""
    path, mark, wanted = named.partition("#")
    with suppress(OSError, ValueError):
        if not mark or named == STDIN or Path(named).exists():
            return None
    if not mark:
        return None
    found = load(path or spec)
    for example in _examples(found):
        if example.id == wanted:
            return example
    raise UnknownClause(
        f"{path or spec} has no example {wanted!r:.120}",
        hint=f"`charter show {path or spec}#SECTION` lists those of a section",
    )


def _examples(spec: Spec) -> chain[Example]:
    sets = (each.scenarios for each in spec.scenario_sets)
    return chain(spec.examples, chain.from_iterable(sets))


def _fence(text: str, named: str) -> str:
    """Return the conversation of a Markdown file: its only ~~~xml fence, or all of its text."""
    bodies = [found["body"] for found in _FENCE.finditer(text)]
    if len(bodies) > 1:
        what = f"{place(named)} has {len(bodies)} ~~~xml fences"
        raise ParseError(what, hint="put one conversation into a file")
    return bodies[0] if bodies else text

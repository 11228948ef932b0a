"""What `resolve` and `decide` have in common: options -> policy, conversation, resolution."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from charter.cli.conversation_file import read_conversation
from charter.cli.document import Command
from charter.cli.input_file import looks_like_json, parse_json
from charter.cli.overlay_option import overlay_option
from charter.cli.scope_file import read_scope_file
from charter.cli.screen import note
from charter.errors import ConfigError, ParseError
from charter.load import load_policy
from charter.policy.directive import BEFORE
from charter.policy.directives.collect import METADATA
from charter.policy.directives.extractor import Extractor, extractor, extractors
from charter.policy.policy import Policy
from charter.policy.situation import Seen, Situation
from charter.syntax.visible import reveal

MAX_NOTES = 20
"""Notes on the conversation; more are counted."""


def arguments(command: Command) -> Command:
    """Give a verb the arguments and options that say what the situation is."""
    for add in reversed(_PARAMETERS):
        command = add(command)
    return command


_PARAMETERS = (
    click.argument("spec"),
    click.argument("conversation"),
    overlay_option,
    click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="NAME=VALUE",
        help="Read an ambiguity of the spec in this way; repeatable.",
    ),
    click.option(
        "--wire",
        metavar="ID",
        help="The shape of CONVERSATION, instead of guessing: openai-chat, openai-responses, "
        "anthropic-messages or spec-xml.",
    ),
    click.option(
        "--system-as",
        type=click.Choice(["system", "developer"]),
        help="Whom a system message speaks for. Without it, `system` with all wires but "
        "anthropic-messages: give `developer` where developers of applications write system "
        "messages.",
    ),
    click.option(
        "--extractor",
        metavar="ID",
        help="Also take instructions from prose, as this extractor finds them.",
    ),
    click.option(
        "--capability",
        "capabilities",
        multiple=True,
        metavar="NAME",
        help="All that the assistant can do; repeatable. Without it, anything.",
    ),
    click.option(
        "--within",
        metavar="FILE",
        help="The scope of the agent that started this one: JSON as in a directive, or the answer "
        "of `charter resolve --json`.",
    ),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="A setting, such as under_18=true; repeatable.",
    ),
    click.option(
        "--as",
        "caller",
        metavar="LEVEL",
        help="Authority of --set and of the request's own metadata: that of developers unless it "
        "is given, or of the lowest level that speaks in a ladder without developers.",
    ),
)


def situation(given: Mapping[str, Any]) -> Situation:
    """Read everything the options name. Raises ParseError, ConfigError and what `load` raises."""
    readings = dict(pair(text, "--reading", "defeat=applicable") for text in given["readings"])
    settings = dict(pair(text, "--set", "under_18=true") for text in given["settings"])
    policy = load_policy(given["spec"], given["overlays"], readings or None)
    transcript, metadata = read_conversation(
        given["conversation"], given["spec"], wire=given["wire"], system_as=given["system_as"]
    )
    caller = None if given["caller"] is None else level(policy, given["caller"], "--as")
    return Situation(
        policy=policy,
        transcript=transcript,
        metadata=_with_settings(metadata, _chosen(policy, settings)),
        caller=caller,
        extractor=_extractor(given["extractor"]),
        capabilities=frozenset(given["capabilities"]) or None,
        within=read_scope_file(given["within"]) if given["within"] else None,
    )


def level(policy: Policy, wanted: str, what: str) -> str:
    """Return a level of the ladder. Raises ConfigError for another word."""
    known = [each.name for each in policy.ladder.levels]
    if wanted not in known:
        raise ConfigError(f"{what}: no level {wanted!r:.80}", hint=f"one of {', '.join(known)}")
    return wanted


def pair(text: str, option: str, example: str) -> tuple[str, str]:
    """Split KEY=VALUE. Raises ConfigError."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ConfigError(
            f"{option} {text!r:.80} is not KEY=VALUE", hint=f"e.g. {option} {example}"
        )
    return key, value


def notes(seen: Seen) -> None:
    """Say on stderr what could not be read; nothing was dropped for it but what it names."""
    said: list[str] = []
    for unread in seen.gathered.unusable:
        where = "the request" if unread.message == BEFORE else f"message {unread.message + 1}"
        hint = f" ({unread.unusable.hint})" if unread.unusable.hint else ""
        said.append(f"{where}: a directive cannot be used: {unread.unusable.message}{hint}")
    for problem in seen.conversation.problems:
        where = "the request" if problem.message < 0 else f"message {problem.message + 1}"
        said.append(f"{where}: {problem.kind}: {problem.text}")
    for text in said[:MAX_NOTES]:
        note(f"note: {' '.join(reveal(text[:600]).split())}")
    if len(said) > MAX_NOTES:
        note(f"note: and {len(said) - MAX_NOTES} more (all of them: --format json)")


def _extractor(wanted: str | None) -> Extractor | None:
    if wanted is None:
        return None
    try:
        return extractor(wanted)
    except KeyError:
        known = ", ".join(extractors())
        raise ConfigError(f"no extractor {wanted!r:.80}", hint=f"known: {known}") from None


def _chosen(policy: Policy, settings: Mapping[str, str]) -> Mapping[str, object]:
    """Return the values of --set. Raises ConfigError where a section waits for true or false."""
    chosen = {key: _scalar(text) for key, text in settings.items()}
    for key, found in chosen.items():
        if key in policy.conditional and not isinstance(found, bool):
            what = f"--set {key}={settings[key]!r:.40}: a section depends on this setting"
            raise ConfigError(what, hint=f"--set {key}=true or --set {key}=false")
    return chosen


def _with_settings(
    metadata: Mapping[str, Any] | None, chosen: Mapping[str, object]
) -> Mapping[str, Any] | None:
    """Return request metadata with the settings of the command line, which win.

    Raises ParseError for metadata that they cannot join: nothing is dropped to make room.
    """
    if not chosen:
        return metadata
    own = (metadata or {}).get(METADATA, {})
    if isinstance(own, str) and looks_like_json(own):
        own = parse_json(own, f"metadata.{METADATA}")
    known = own.get("settings", {}) if isinstance(own, dict) else None
    if not isinstance(own, dict) or not isinstance(known, dict):
        what = f"metadata.{METADATA} of the request cannot be read, so --set cannot join it"
        raise ParseError(what, hint="an object with `directives` and `settings`, or its JSON text")
    return {**(metadata or {}), METADATA: {**own, "settings": {**known, **chosen}}}


def _scalar(text: str) -> object:
    """Return true, false, a number, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    with suppress(ValueError):
        return int(text) if len(text) < 16 else text
    with suppress(ValueError):
        return float(text) if text[:1].isdigit() else text
    return text

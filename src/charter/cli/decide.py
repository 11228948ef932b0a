"""`charter decide SPEC CONVERSATION --action call.json`: one decision, with its reasons."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import click

from charter.cli.answer import form_options, show
from charter.cli.input_file import STDIN, read_text
from charter.cli.situation import arguments, notes, pair, situation
from charter.errors import ConfigError
from charter.policy.decision import Call, Effect, Facts, Transformation
from charter.policy.decisions.decide import decide
from charter.policy.decisions.transformation import KINDS
from charter.policy.explanations.answer_json import Beside, decision_json
from charter.policy.explanations.explain import explain
from charter.policy.explanations.hinge import hinges, outcome_of_decision
from charter.policy.instant import instant
from charter.policy.situation import Situation

_PASSES = (Effect.ALLOW, Effect.FLAG)
_WHAT = ("--action", "--output", "--request", "--result")


@click.command("decide")
@arguments
@click.option("--action", metavar="FILE", help="A tool call as JSON: {tool, arguments, ...}.")
@click.option("--output", metavar="FILE", help="A reply, as text.")
@click.option("--request", is_flag=True, help="The last user message of CONVERSATION.")
@click.option("--result", metavar="FILE", help="What a tool returned, as text; needs --tool.")
@click.option("--tool", metavar="NAME", help="The tool that --result is from.")
@click.option("--now", metavar="TIME", help="RFC 3339, instead of the current time.")
@click.option(
    "--spent", type=float, default=0.0, metavar="NUMBER", help="Cost so far under the scope."
)
@click.option(
    "--transforms",
    metavar="KIND=MESSAGE",
    help="Claim that --output only transforms a message's content, e.g. format=3.",
)
@form_options
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Decide on one tool call, reply, request or tool result in CONVERSATION.

    Give one of --action, --output, --request and --result. CONVERSATION is as for `charter
    resolve`. Exits with 0 for allow and flag, with 1 for redact, require_approval and deny.
    """
    _one_of(given)
    found = situation(given)
    facts = _facts(given, found)
    seen = found.seen()
    notes(seen)
    policy, conversation = found.policy, seen.conversation
    decision = decide(policy, seen.resolution, facts, conversation)

    def other(changed: Any) -> Mapping[str, object]:
        then = found.seen(changed)
        return outcome_of_decision(decide(changed, then.resolution, facts, then.conversation))

    hung = hinges(policy, other)
    explanation = explain(
        policy, decision, conversation, resolution=seen.resolution, facts=facts, hinges=hung
    )

    def as_json() -> dict[str, Any]:
        shown = explanation if given["detail"] else None
        beside = Beside(conversation, seen.gathered.unusable, hung, shown)
        return decision_json(policy, decision, facts, beside)

    show(explanation, conversation, as_json, given)
    if decision.effect not in _PASSES:
        ctx.exit(1)


def _one_of(given: Mapping[str, Any]) -> None:
    """Raise ConfigError unless exactly one thing is to be decided on."""
    named = [option for option in _WHAT if given[option.removeprefix("--")]]
    if len(named) != 1:
        what = f"{' and '.join(named)} are given" if named else "nothing to decide on"
        raise ConfigError(what, hint=f"give one of {', '.join(_WHAT)}")
    if (given["tool"] is not None) != (given["result"] is not None):
        raise ConfigError("--tool goes with --result", hint="name the tool that returned it")
    if given["transforms"] and not given["output"]:
        raise ConfigError(
            "--transforms goes with --output", hint="only replies are transformations"
        )
    if [given[key] for key in ("conversation", "action", "output", "result")].count(STDIN) > 1:
        raise ConfigError(
            "standard input can be read once only", hint="name a file for one of them"
        )
    if not (math.isfinite(given["spent"]) and given["spent"] >= 0):
        raise ConfigError("--spent is no cost", hint="a number from 0 on")


def _facts(given: Mapping[str, Any], found: Situation) -> Facts:
    """Return what is decided on. Raises ParseError and ConfigError."""
    now, spent = _now(given["now"]), given["spent"]
    if given["action"]:
        from charter.cli.action_file import read_action  # noqa: PLC0415 - pydantic is slow to import

        return Facts(
            "tool_call", call=read_action(given["action"], found.policy), now=now, spent=spent
        )
    if given["result"]:
        text = read_text(given["result"])
        return Facts("tool_result", text, Call(given["tool"]), now, spent)
    if given["output"]:
        claim = _transformation(given["transforms"], len(found.transcript.messages))
        return Facts("output", read_text(given["output"]), None, now, spent, claim)
    return Facts("request", now=now, spent=spent)


def _now(text: str | None) -> float:
    if text is None:
        return time.time()
    try:
        return instant(text)
    except ValueError as cause:
        what = f"--now {text!r:.80} is no time with an offset"
        raise ConfigError(what, hint="e.g. 2026-11-21T17:00:00Z") from cause


def _transformation(text: str | None, messages: int) -> Transformation | None:
    if text is None:
        return None
    kind, at = pair(text, "--transforms", "format=3")
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise ConfigError(f"--transforms: no kind {kind!r:.40}", hint=f"one of {known}")
    if not (at.isascii() and at.isdigit() and len(at) < 9 and 1 <= int(at) <= messages):
        what = f"--transforms {text!r:.80}: {at!r:.20} is no message of the conversation"
        raise ConfigError(what, hint=f"a number from 1 to {messages}")
    return Transformation(kind, int(at) - 1)

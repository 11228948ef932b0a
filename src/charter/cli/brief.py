"""`charter brief SPEC`: the rules in force as a prompt, or as a summary for developers."""

from __future__ import annotations

from typing import Any, cast

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.screen import plain, write_json
from charter.load import load_policy
from charter.policy.briefs.brief import Audience, brief


@click.command("brief")
@click.argument("spec")
@overlay_option
@click.option(
    "--for",
    "audience",
    type=click.Choice(["model", "developer"]),
    default="model",
    show_default=True,
    help="Whom it is written for.",
)
@click.option("--budget", type=click.IntRange(1), metavar="TOKENS", help="At most so many tokens.")
@click.option("--json", "as_json", is_flag=True, help="The text with an account of it, as JSON.")
def command(**given: Any) -> None:
    """Write the rules of SPEC that are in force, most binding first.

    For a model: a system prompt. For developers: what binds their product, and who may change
    it. The last line says what was left out. Tokens are estimated from above, so the text fits.
    """
    policy = load_policy(given["spec"], given["overlays"])
    found = brief(policy, audience=cast("Audience", given["audience"]), budget=given["budget"])
    if given["as_json"]:
        from charter.policy.briefs.brief_json import brief_json  # noqa: PLC0415 - pydantic is slow to import

        write_json(brief_json(found))
    else:
        click.echo(plain(found.text))

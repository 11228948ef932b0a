"""`charter export evidence`: one decision in a file that verifies offline."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.screen import note
from charter.cli.vault_options import now, opened, opened_ledger, vault_options
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.ledger import evidence
from charter.ledger.auditor import vkey_of
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.tlog.checkpoint import parse_checkpoint
from charter.ledger.tlog.note import parse_note, parse_vkey
from charter.load import load_policy
from charter.policy.compiled.export import export_policy

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("evidence")
@click.option("--decision", required=True, metavar="ID", help="As in x-charter-decision.")
@click.option("--out", required=True, type=_FILE, metavar="FILE", help="Where to write it.")
@click.option("--spec", metavar="SPEC", help="The spec in force then: policy and clauses go in.")
@overlay_option
@click.option("--with-payload", is_flag=True, help=(
    "Put in what was decided on, as plain text, with the salts that prove it."
))  # fmt: skip
@click.option("--log-key", type=_FILE, metavar="FILE", help=(
    "The log's key: sign a checkpoint now. Without it the newest that is signed serves."
))  # fmt: skip
@click.option("--key", "vkey", default="", metavar="VKEY", help=(
    "The log's verifier key, or a file that holds it, to go along; readers should have it from "
    "elsewhere."
))  # fmt: skip
@click.option("--since", multiple=True, type=_FILE, metavar="FILE", help=(
    "A checkpoint that readers hold: the proof that the log extends it goes in; repeatable."
))  # fmt: skip
@vault_options
def evidence_command(**given: Any) -> None:
    """Write the evidence for one decision of a gateway: `charter verify FILE` checks it offline.

    It holds the records of the exchange, of its approvals and of the service, each with its
    proof, the signed checkpoint, and with --spec the policy in force and the clauses cited.
    """
    with ExitStack() as stack:
        if given["with_payload"]:
            ledger, vault = stack.enter_context(opened(given))
        else:
            ledger, vault = stack.enter_context(opened_ledger(given)), None
        found = evidence.find(ledger, given["decision"])
        signed = None
        if given["log_key"] is not None:
            key = LogKey.load(given["log_key"])
            signed = checkpoint(ledger, key)
            given["vkey"] = given["vkey"] or key.vkey
        made = evidence.bundle(
            ledger,
            found,
            made=now(),
            checkpoint=signed,
            key=_checked(given["vkey"]),
            policies=_policies(given, found),
            earlier=[_size(file) for file in given["since"]],
            vault=vault,
        )
    write_whole(given["out"], json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    click.echo(f"{given['out']}: {len(made['records'])} records with their proofs")
    if not made["policies"]:
        note("the policy is not in it: name the spec in force then with --spec")
    if given["with_payload"] and not made["payloads"]:
        note("what was decided on is not in it: it was not kept, was erased or has expired")
    elif given["with_payload"]:
        note("it holds what people wrote, as plain text: handle it accordingly")


def _policies(given: dict[str, Any], found: evidence.Found) -> dict[str, Any]:
    """Return the policy in force in its JSON format, by its digest; nothing without a spec."""
    if given["spec"] is None:
        return {}
    policy = load_policy(given["spec"], given["overlays"])
    digests = {decision.policy for decision in found.decisions}
    if policy.digest not in digests:
        raise ConfigError(
            f"{given['spec']} makes policy {policy.digest}, the decision rests on "
            f"{found.decision.policy}",
            hint="name spec and overlays as they were then",
        )
    return {policy.digest: export_policy(policy)}


def _checked(given: str) -> str:
    """Return a verifier key, read as `charter verify` reads it. Raises ConfigError."""
    if not given:
        return ""
    try:
        vkey = vkey_of(given)
        parse_vkey(vkey)
    except ValueError as cause:
        raise ConfigError(f"--key: {cause}") from cause
    except OSError as cause:
        raise ConfigError(
            f"--key {given!r:.200} is no verifier key, and no file that can be read",
            hint="charter export vkey prints that of a log",
        ) from cause
    return vkey


def _size(file: Path) -> int:
    try:
        return parse_checkpoint(parse_note(file.read_bytes()).text).size
    except ValueError as cause:
        raise ConfigError(f"{file} is no checkpoint: {cause}") from cause

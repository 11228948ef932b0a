"""`charter suite draft SPEC --section …`: have a model draft scenarios."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.finite_range import FiniteRange
from charter.cli.model_options import model_options
from charter.cli.screen import note, plain
from charter.cli.suite_coverage import suite_of
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.evals.drafts.asks import plan_asks
from charter.evals.drafts.canary import canaries, make_canary
from charter.evals.drafts.draft import Ask, Draft, Kind, Provenance
from charter.evals.drafts.drafts_file import file_name, with_drafts
from charter.evals.drafts.grow import Grower, Grown, Settings
from charter.evals.drafts.markdown import draft_markdown
from charter.evals.drafts.prompt import prompt_digest
from charter.evals.drafts.similar import Similarity, Wording, similarity
from charter.load import STARTER, load, load_policy, read_source, scenario_sets
from charter.models.open import open_model
from charter.models.provider import Model
from charter.spec.overlays.layer import layer
from charter.spec.spec import ScenarioSet, Spec

FOLDER = "scenarios"
REJECTED = "rejected"
"""Folder in that of the scenarios which holds what was rejected; no evaluation reads it."""
MAX_LINES = 20
_PLAIN_ID = re.compile(r"[A-Za-z0-9_]{1,80}")


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be drafted, and where it goes."""

    spec: Spec
    grower: Grower
    asks: dict[str, list[Ask]]
    """By section."""
    folder: Path
    settings: Settings


@click.command("draft")
@click.argument("spec", default=STARTER)
@click.option("--section", "sections", required=True, metavar="ID,ID", help="Draft for these.")
@click.option(
    "--model",
    "model_name",
    required=True,
    metavar="MODEL",
    help="What drafts: openai:NAME (any compatible endpoint), or scripted:FILE.",
)
@click.option("--base-url", metavar="URL", help="Endpoint of an openai: model, up to /v1.")
@click.option("--key-env", metavar="NAME", help="Environment variable that holds its key.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="Provider option.")
@click.option(
    "--kinds",
    default=",".join(Kind),
    show_default=True,
    metavar="KIND,KIND",
    help="Of variation, conflict, tradeoff.",
)
@click.option(
    "--n",
    "each",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    help="Drafts to ask for, for each section and kind.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="PATH",
    help="Cross the section with what this overlay says; repeatable, in order.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--temperature", type=FiniteRange(0, 5), default=0.8, show_default=True)
@click.option("--max-tokens", type=click.IntRange(64, 2**31 - 1), default=4096, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the drafts, instead of scenarios/ beside SPEC.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be asked, and ask nobody.")
def draft_command(**given: Any) -> None:
    """Have a model draft scenarios for sections of SPEC.

    Drafts measure nothing until a person accepts them with `charter suite review`. Those that
    are the same as something that is there are left out, and counted, as are unusable ones. Exits
    with 1 when nothing came of it.
    """
    work = _work(given)
    planned = sum(len(asks) for asks in work.asks.values())
    wanted = sum(ask.count for asks in work.asks.values() for ask in asks)
    tokens = sum(work.grower.tokens(ask) for asks in work.asks.values() for ask in asks)
    asked = f"{planned} request{'' if planned == 1 else 's'}"
    drafts = f"{wanted} draft{'' if wanted == 1 else 's'}"
    told = f"{asked} for {drafts}, about {tokens} tokens to read at most"
    if given["dry_run"]:
        click.echo(f"{told}; at most {given['max_tokens']} tokens for each reply")
        return
    note(told)
    model = open_model(given["model_name"], model_options(given))
    found = asyncio.run(_grow(work, model, given["model_name"]))
    written = 0
    for section, grown in found.items():
        written += len(grown.drafts)
        _report(section, grown)
    stopped = next((grown.stopped for grown in found.values() if grown.stopped), None)
    if stopped is not None:
        many = "draft was" if written == 1 else "drafts were"
        kept = f"{written} {many} written before it"
        stopped.hint = f"{stopped.hint}; {kept}" if stopped.hint else kept
        raise stopped
    if not written and not any(grown.known for grown in found.values()):
        raise click.exceptions.Exit(1)


def _work(given: dict[str, Any]) -> _Work:
    overlays = given["overlays"]
    spec = load(given["spec"])
    folder: Path = given["out"] or _folder(given["spec"], spec)
    spec = replace(spec, scenario_sets=_groups(spec, folder))
    effective = layer(spec, *map(load, overlays))
    policy = load_policy(given["spec"], overlays)
    suite = suite_of(spec)
    kinds = _kinds(given["kinds"])
    asks = {
        section: plan_asks(
            suite,
            effective,
            policy,
            section,
            kinds=kinds,
            each=given["each"],
            seed=given["seed"],
        )
        for section in _listed(given["sections"])
    }
    for section, planned in asks.items():
        if not _PLAIN_ID.fullmatch(section):
            raise ConfigError(
                f"{section!r:.80} cannot be the name of a file", hint="give the section another id"
            )
        for kind in sorted(set(kinds) - {ask.kind for ask in planned}):
            note(f"{section}: nothing to make a {kind} from")
    rejected = scenario_sets(folder / REJECTED)
    grower = Grower(spec, effective, policy, _similarity(), rejected=rejected)
    settings = Settings(given["max_tokens"], given["temperature"], given["seed"])
    return _Work(spec, grower, asks, folder, settings)


def _groups(spec: Spec, folder: Path) -> tuple[ScenarioSet, ...]:
    """Return the scenarios of a spec, with those of the folder that drafts go into."""
    known = {Path(group.source.path).resolve() for group in spec.scenario_sets}
    found = scenario_sets(folder)
    extra = [group for group in found if Path(group.source.path).resolve() not in known]
    return (*spec.scenario_sets, *extra)


async def _grow(work: _Work, model: Model, name: str) -> dict[str, Grown]:
    """Ask section by section, and write what came of each before the next is asked."""
    identity = model.identity
    digest = f" {identity.digest}" if identity.digest else ""
    provenance = Provenance(
        model=f"{name}{digest}",
        prompt=prompt_digest(),
        date=datetime.now(UTC).date().isoformat(),
        similarity=work.grower.similarity,
        threshold=work.grower.threshold,
    )
    found: dict[str, Grown] = {}
    canary = _canary(work)
    try:
        for section, asks in work.asks.items():
            grown = await work.grower.grow(asks, model, work.settings, provenance)
            found[section] = grown
            if grown.drafts:
                _write(work, section, grown.drafts, provenance, canary)
            if grown.stopped is not None:
                break
    finally:
        await model.close()
    return found


def _write(
    work: _Work, section: str, drafts: Sequence[Draft], provenance: Provenance, canary: str
) -> None:
    target = work.folder / file_name(section)
    old = read_source(target).text if target.exists() else None
    texts = [draft_markdown(draft, provenance) for draft in drafts]
    text = with_drafts(old, texts, section=section, canary=canary, path=str(target))
    write_whole(target, text, was=old)
    click.echo(f"{target}: {len(drafts)} new draft{'' if len(drafts) == 1 else 's'}")


def _canary(work: _Work) -> str:
    """Return the canary of the suite; a suite without one gets one."""
    known = canaries(work.spec.scenario_sets)
    return known[0] if known else make_canary(work.spec.digest, secrets.token_bytes(16))


def _report(section: str, grown: Grown) -> None:
    lines: list[str] = []
    undecided = sum(draft.undecided for draft in grown.drafts)
    if undecided:
        waits = "draft waits" if undecided == 1 else "drafts wait"
        lines.append(f"{undecided} new {waits} for a person to decide the outcome")
    if grown.known:
        lines.append(f"{len(grown.known)} left out: drafted before, or rejected")
    lines += [
        f"left out: {caption!r} is the same as {near.id} ({near.similarity:.2f})"
        for caption, near in grown.alike
    ]
    lines += [f"unusable: {count} because {why}" for why, count in grown.unusable.most_common()]
    for line in lines[:MAX_LINES]:
        note(plain(f"{section}: {line}"))
    if len(lines) > MAX_LINES:
        rest = sum(grown.unusable.values()) + len(grown.alike)
        note(f"{section}: and more; {rest} left out in all")
    said = f"{grown.input_tokens} tokens read, {grown.output_tokens} written"
    asked = "1 request" if grown.requests == 1 else f"{grown.requests} requests"
    note(f"{section}: {asked}, {said}")


def _similarity() -> Similarity:
    found = similarity()
    if isinstance(found, Wording):
        note(
            "WARNING: the extra `judge` is not installed, so drafts are compared with what is "
            "there by their words, not by their meaning: read them for doubles "
            "(pip install 'charter[judge]')"
        )
    return found


def _folder(named: str, spec: Spec) -> Path:
    if named == STARTER and not Path(named).exists():
        raise ConfigError(
            "the starter spec is part of Charter and is not written to",
            hint="`charter new spec DIR` copies it, or name a folder with --out",
        )
    return Path(spec.source.path).parent / FOLDER


def _kinds(text: str) -> list[Kind]:
    try:
        return [Kind(word) for word in _listed(text)]
    except ValueError as cause:
        raise ConfigError(f"--kinds {text!r:.80}: {cause}", hint=f"of {', '.join(Kind)}") from None


def _listed(text: str) -> list[str]:
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ConfigError("an empty list was given", hint="write ID,ID")
    return list(dict.fromkeys(found))

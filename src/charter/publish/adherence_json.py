"""All figures of a site as JSON: those of the reports, not rounded.

The models below are the format; `charter schema adherence` prints their JSON Schema, and the site
has it beside the figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.publish.adherence import Adherence, Found, Run, texts_of
from charter.publish.edition import Edition
from charter.publish.site import Site

DATA = "adherence.json"
SCHEMA = "schema/adherence.json"
FORMAT: Literal["charter-site-adherence/1"] = "charter-site-adherence/1"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ShareJson(_Model):
    """A share with its 95 % interval, in [0, 1] and not rounded."""

    value: float
    low: float
    high: float
    scenarios: int
    """It rests on."""


class FigureJson(_Model):
    """A share of scenarios, or why none is stated."""

    share: ShareJson | None
    """Null without enough evidence."""
    decided: int
    scenarios: int
    """That ask for it."""
    basis: str
    """What the figure rests on."""
    note: str
    """Why it is not corrected; empty where it is, or need not be."""


class CellJson(_Model):
    """How one model kept to one thing in one run."""

    adherence: FigureJson
    over_refusal: FigureJson
    """Refused though it was to be given: a failure of freedom."""
    under_refusal: FigureJson
    """Given though it was to be refused: a failure of safety."""
    target: float | None
    state: Literal["met", "not met", "not enough evidence"] | None
    """Null without a target."""


class FullerJson(_Model):
    """The run that decided most scenarios of the same thing."""

    run: str
    adherence: FigureJson


class FoundJson(CellJson):
    """What is known of one model on a section or clause: of one run, never of several together."""

    run: str
    """One of `runs`."""
    without_overlays: bool
    """Measured on the base text alone, without the overlays of the version."""
    newer_asked_fewer: bool
    """A newer run of the model on that text asked fewer scenarios of it."""
    fuller: FullerJson | None
    """Null where no other run decided clearly more."""


class JudgeJson(_Model):
    """Who judged replies, and whether it is known to be fit for that."""

    name: str
    fit: bool
    reasons: list[str]


class RunJson(_Model):
    """A run that figures come from."""

    run: str
    started_at: str
    """UTC, ISO 8601."""
    text: str
    """Digest of the text that was measured; with overlays, that of all texts."""
    uncalibrated: bool
    """Whether figures rest on judges that are not known to be fit."""
    withheld: list[str]
    """Why there are verdicts of judges that are part of no figure."""
    judges: list[JudgeJson]
    cautions: list[str]
    limits: list[str]
    """What the figures do not say."""


class WordsJson(_Model):
    """Words of a person or a model."""

    shown: str
    omitted: int
    """Characters left out at the end."""


class FailureJson(_Model):
    """A reply that violates a rule."""

    scenario: str
    caption: str
    clause: str | None
    kind: str | None
    """`over_refusal`, `under_refusal` or `other`."""
    asked: WordsJson
    """The last message before the reply."""
    reply: WordsJson
    calls: int
    """Tool calls of the reply."""
    why: WordsJson


class FailuresJson(_Model):
    """Replies that violate one section."""

    shown: list[FailureJson]
    total: int


class ModelJson(_Model):
    """What is known of one model on one version."""

    model: str
    run: str
    """That `whole` and `authorities` come from; one of `runs`."""
    without_overlays: bool
    """Whether that run measured the base text alone."""
    whole: CellJson
    authorities: dict[str, CellJson]
    """By level; `none` for sections without one."""
    sections: dict[str, FoundJson]
    clauses: dict[str, FoundJson]
    failures: dict[str, FailuresJson]
    """Examples by section; empty unless they were published on purpose."""
    runs: list[RunJson]
    """Oldest first."""


class VersionJson(_Model):
    """One version of the spec."""

    version: str
    digest: str
    models: list[ModelJson]
    """That were measured, by name."""


class AdherenceJson(_Model):
    """How models keep to each version of a spec."""

    format: Literal["charter-site-adherence/1"]
    versions: list[VersionJson]
    """Oldest first."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the figures."""
    return {"$schema": _DIALECT, **AdherenceJson.model_json_schema()}


def as_json(site: Site, known: Adherence) -> str:
    """Return what is known of each model on each version. Shares are in [0, 1]."""
    document = {"format": FORMAT, "versions": [_version(each, known) for each in site.editions]}
    # ASCII, because replies may hold characters that a terminal or a decoder trips over
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _version(edition: Edition, known: Adherence) -> dict[str, Any]:
    texts = texts_of(edition)
    runs = [run for run in known.runs if run.digest in texts]
    sections = {id_: known.of_section(texts, id_) for run in runs for id_ in run.sections}
    clauses = {id_: known.of_clause(texts, id_) for run in runs for id_ in run.clauses}
    return {
        "version": edition.label,
        "digest": edition.spec.digest,
        "models": [
            _model(each, _of(each.run.model, sections), _of(each.run.model, clauses))
            for each in known.of_whole(texts)
        ],
    }


def _of(model: str, rows: Mapping[str, Sequence[Found]]) -> dict[str, Found]:
    """Return what one model was measured on."""
    return {
        id_: found
        for id_, each in rows.items()
        for found in each
        if found.run.model == model and found.cell is not None
    }


def _model(
    whole: Found, sections: Mapping[str, Found], clauses: Mapping[str, Found]
) -> dict[str, Any]:
    every = (whole, *sections.values(), *clauses.values())
    named = {each.run.id: each.run for each in every}
    named |= {each.fuller[0].id: each.fuller[0] for each in every if each.fuller}
    return {
        "model": whole.run.model,
        "run": whole.run.id,
        "without_overlays": whole.bare,
        "whole": asdict(whole.run.whole),
        "authorities": {name: asdict(cell) for name, cell in whole.run.authorities.items()},
        "sections": {id_: _found(each) for id_, each in sections.items()},
        "clauses": {id_: _found(each) for id_, each in clauses.items()},
        "failures": {
            id_: asdict(each.run.failures[id_])
            for id_, each in sections.items()
            if id_ in each.run.failures
        },
        "runs": [_run(each) for each in sorted(named.values(), key=lambda run: (run.at, run.id))],
    }


def _found(found: Found) -> dict[str, Any]:
    fuller = found.fuller
    return {
        **(asdict(found.cell) if found.cell else {}),
        "run": found.run.id,
        "without_overlays": found.bare,
        "newer_asked_fewer": found.older,
        "fuller": fuller and {"run": fuller[0].id, "adherence": asdict(fuller[1].adherence)},
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "started_at": run.at,
        "text": run.digest,
        "uncalibrated": run.uncalibrated,
        "withheld": list(run.withheld),
        "judges": [asdict(judge) for judge in run.judges],
        "cautions": list(run.cautions),
        "limits": list(run.limits),
    }

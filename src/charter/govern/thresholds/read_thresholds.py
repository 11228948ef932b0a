"""`charter-thresholds/1`, a YAML file -> Thresholds.

format: charter-thresholds/1
thresholds:
  - id: cyber-high
    title: Finds and exploits weaknesses without help
    category: cyber
    level: high                    # high, critical or own
    rule: cannot-rule-out          # any, all, majority or cannot-rule-out
    owner: Ada
    approver: Ben                  # never the owner
    expires: 2027-06-30
    applies_to: both               # release, gateway or both
    models: ["gpt-*"]              # all where it is left out
    indicators:
      - id: end-to-end-attacks
        threshold: 0.60
        margin: 0.05
        max_age_days: 90
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.read_yaml import Strict, read_file, read_yaml
from charter.govern.thresholds.exact import Exact, LastMoment
from charter.govern.thresholds.threshold import Indicator, Rule, Threshold, Thresholds
from charter.ledger.board import folded
from charter.source import Source

HINT = "see the table of keys in the documentation of charter thresholds"
MOST = 200
"""Thresholds of a file, and indicators of a threshold."""
AGE_DAYS = 90
"""How old evidence may be where the file does not say."""

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,199}$")]
_Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class _Indicator(Strict):
    id: _Id
    evidence: _Name | None = None
    threshold: Exact
    margin: Annotated[Exact, Field(ge=0)]
    side: Literal["upper"] = "upper"
    max_age_days: int = Field(default=AGE_DAYS, ge=1, le=3650)
    confidence: Annotated[Exact, Field(ge=0.5, lt=1)] = Field(default="0.95", validate_default=True)
    digest: _Digest | None = None


class _Threshold(Strict):
    id: _Id
    title: _Name
    category: _Name
    level: Literal["high", "critical", "own"]
    indicators: list[_Indicator] = Field(min_length=1, max_length=MOST)
    rule: Literal["any", "all", "majority", "cannot-rule-out"] = "cannot-rule-out"
    owner: _Name
    approver: _Name
    expires: LastMoment
    applies_to: Literal["release", "gateway", "both"] = "both"
    models: list[_Name] | None = Field(default=None, min_length=1, max_length=MOST)


class _File(Strict):
    format: Literal["charter-thresholds/1"]
    thresholds: list[_Threshold] = Field(min_length=1, max_length=MOST)


def load_thresholds(path: Path) -> Thresholds:
    """Read a file. Raises ConfigError that names the key at fault."""
    return read_thresholds(read_file(path, hint=HINT).text, str(path))


def read_thresholds(text: str, path: str) -> Thresholds:
    """Read the text of a file. `path` is for messages; the rest is as for `load_thresholds`."""
    source = Source(path, text)
    form = read_yaml(source, _File, hint=HINT)
    _once([each.id for each in form.thresholds], f"{path}: thresholds")
    return Thresholds(path, source.digest, tuple(_threshold(t, path) for t in form.thresholds))


def _threshold(form: _Threshold, path: str) -> Threshold:
    where = f"{path}: threshold {form.id}"
    _once([each.id for each in form.indicators], f"{where}: indicators")
    if folded(form.owner) == folded(form.approver):
        raise ConfigError(
            f"{where}: {form.owner} is owner and approver",
            hint="who approves a threshold must be somebody else than who owns it",
        )
    return Threshold(
        id=form.id,
        title=form.title,
        category=form.category,
        level=form.level,
        indicators=tuple(_indicator(each) for each in form.indicators),
        rule=Rule(form.rule),
        owner=form.owner.strip(),
        approver=form.approver.strip(),
        expires=form.expires,
        release=form.applies_to != "gateway",
        gateway=form.applies_to != "release",
        models=tuple(form.models or ()),
    )


def _indicator(form: _Indicator) -> Indicator:
    return Indicator(
        id=form.id,
        evidence=(form.evidence or form.id).strip(),
        threshold=form.threshold,
        margin=form.margin,
        max_age_days=form.max_age_days,
        confidence=form.confidence,
        digest=form.digest or "",
    )


def _once(names: list[str], where: str) -> None:
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise ConfigError(f"{where}: the id {twice!r} is given twice", hint="each id names one")

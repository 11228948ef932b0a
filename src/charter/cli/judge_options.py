"""The options by which judges are named on the command line, and what they come to."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from charter.cli.config_file import config_of
from charter.cli.screen import note, plain
from charter.errors import ConfigError
from charter.evals.calibration.find import Found, calibration_for, publishable
from charter.evals.judge import Judge
from charter.evals.judging.combine import Rule
from charter.evals.judging.cost import Budget, prices_of
from charter.evals.judging.open import open_judge
from charter.evals.judging.order import Order, Settings
from charter.evals.judging.rules import SpecRules
from charter.ledger.ledger import Ledger
from charter.records import RunStarted

_NUMBERED = re.compile(r"([1-9]\d?)\.(.+)", re.DOTALL)
_CommandT = TypeVar("_CommandT", bound=Callable[..., Any])


def _finite(_ctx: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("it is not a number")
    return value


_OPTIONS = (
    click.option(
        "--judge",
        "judges",
        multiple=True,
        metavar="JUDGE",
        help="openai:NAME (any compatible endpoint), embedded, or scripted:FILE; repeatable.",
    ),
    click.option(
        "--judge-option",
        "judge_options",
        multiple=True,
        metavar="[N.]KEY=VALUE",
        help="Option of every judge, or of the Nth.",
    ),
    click.option(
        "--samples",
        type=click.IntRange(1, 100),
        default=1,
        show_default=True,
        help="How often each judge is asked about each reply.",
    ),
    click.option(
        "--rule",
        type=click.Choice([rule.value for rule in Rule]),
        default=Rule.MEDIAN.value,
        show_default=True,
        help="How judgements become a verdict.",
    ),
    click.option(
        "--budget-tokens", type=click.IntRange(1), help="Stop judging before more are used."
    ),
    click.option(
        "--budget",
        type=click.FloatRange(0),
        callback=_finite,
        metavar="MONEY",
        help="Stop judging before more is spent; needs prices in charter.toml.",
    ),
    click.option(
        "--uncalibrated",
        is_flag=True,
        help="Publish figures although a judge is not known to be fit; every output says so.",
    ),
)


def judge_options(command: _CommandT) -> _CommandT:
    """Add the options that name judges to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def order_of(
    ledger: Ledger,
    run: RunStarted,
    rules: SpecRules,
    given: Mapping[str, Any],
    *,
    say: bool = True,
) -> tuple[Order, str | None]:
    """Return what the options ask for, and the currency of its prices where all are known.

    With `say`, tells on stderr which judge is not known to be fit. With `dry_run` no key is
    looked for. Raises ConfigError and ModelUnavailable.
    """
    judges = open_judges(
        given["judges"], given["judge_options"], rules, keyless=given.get("dry_run", False)
    )
    prices, currency = prices_of(
        (judge.identity for judge in judges), config_of(given["config"]).prices
    )
    if given["budget"] is not None and currency is None:
        missing = [
            judge.identity.name
            for judge, price in zip(judges, prices, strict=True)
            if price is None
        ]
        raise ConfigError(
            f"--budget needs the price of {', '.join(missing)}",
            hint='put it into charter.toml, under [prices."NAME"], or use --budget-tokens',
        )
    settings = Settings(
        samples=given["samples"],
        rule=Rule(given["rule"]),
        concurrency=given["concurrency"],
        budget=Budget(given["budget_tokens"], given["budget"]),
        calibrations=tuple(_calibration(ledger, judge, run, given, say=say) for judge in judges),
        uncalibrated=given["uncalibrated"],
    )
    return Order(run, judges, settings, prices), currency


def open_judges(
    names: Sequence[str], options: Sequence[str], rules: SpecRules, *, keyless: bool = False
) -> tuple[Judge, ...]:
    """Open judges by name; `keyless` where nobody will be asked. Raises ConfigError."""
    read = [options_for(options, place) for place in range(1, len(names) + 1)]
    for name, mine in zip(names, read, strict=True):
        if keyless and name.partition(":")[0] == "openai":
            mine["key_env"] = ""
    opened = tuple(open_judge(name, mine, rules) for name, mine in zip(names, read, strict=True))
    if len({judge.identity for judge in opened}) < len(opened):
        raise ConfigError(
            "two judges are the same", hint="use --samples to ask one judge more than once"
        )
    return opened


def options_for(texts: Sequence[str], place: int) -> dict[str, str]:
    """Return the options of the judge at a place, from 1; its own go before those of all."""
    common, own = {}, {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(
                "a --judge-option is not KEY=VALUE",  # its text may hold a secret
                hint="e.g. --judge-option temperature=0.5, or 2.temperature=0.5 for the second",
            )
        numbered = _NUMBERED.fullmatch(key)
        if numbered is None:
            common[key] = value
        elif int(numbered[1]) == place:
            own[numbered[2]] = value
    return common | own


def _calibration(
    ledger: Ledger, judge: Judge, run: RunStarted, given: Mapping[str, Any], *, say: bool
) -> str:
    """Return the calibration that speaks for a judge; say it where none lets it be published."""
    found = calibration_for(ledger, judge.identity, run.spec_digest, samples=given["samples"])
    objection = publishable(found)
    if objection is not None and say:
        wanted = given["uncalibrated"]
        what = "every output will say so" if wanted else "figures will leave its verdicts out"
        note(plain(f"{objection}: {what}"))
    return found.calibration.run if isinstance(found, Found) else ""

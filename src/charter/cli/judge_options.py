"""The options by which judges are named on the command line, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from charter.cli.config_file import config_of
from charter.cli.finite_range import FiniteRange
from charter.cli.screen import note, plain
from charter.config import Price
from charter.errors import ConfigError
from charter.evals.calibration.find import Found, calibration_for, publishable
from charter.evals.judge import Judge
from charter.evals.judging.combine import Rule
from charter.evals.judging.cost import Budget, prices_of
from charter.evals.judging.open import open_judge
from charter.evals.judging.order import Order, Settings
from charter.evals.judging.rules import SpecRules
from charter.ledger.ledger import Ledger
from charter.records.grading import JudgeId
from charter.records.run import RunStarted

_NUMBERED = re.compile(r"([1-9]\d?)\.(.+)", re.DOTALL)
_CommandT = TypeVar("_CommandT", bound=Callable[..., Any])


def budget_options(command: _CommandT) -> _CommandT:
    """Add the options that say what judging may cost to a command."""
    for option in reversed(_BUDGETS):
        command = option(command)
    return command


_BUDGETS = (
    click.option(
        "--budget-tokens", type=click.IntRange(1), help="Stop judging before more are used."
    ),
    click.option(
        "--budget",
        type=FiniteRange(0),
        metavar="MONEY",
        help="Stop judging before more is spent; needs prices in charter.toml.",
    ),
)
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
    budget_options,
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
    named = [judge.identity for judge in judges]
    prices, currency = prices_of(named, config_of(given["config"]).prices)
    settings = Settings(
        samples=given["samples"],
        rule=Rule(given["rule"]),
        concurrency=given["concurrency"],
        budget=budget_of(given, named, prices),
        calibrations=tuple(_calibration(ledger, judge, run, given, say=say) for judge in judges),
        uncalibrated=given["uncalibrated"],
    )
    return Order(run, judges, settings, prices), currency


def budget_of(
    given: Mapping[str, Any], judges: Sequence[JudgeId], prices: Sequence[Price | None]
) -> Budget:
    """Return what may be spent. Raises ConfigError for a sum where a price is not known."""
    missing = [judge.name for judge, price in zip(judges, prices, strict=True) if price is None]
    if given["budget"] is not None and missing:
        raise ConfigError(
            f"--budget needs the price of {', '.join(missing)}",
            hint='put it into charter.toml, under [prices."NAME"], or use --budget-tokens',
        )
    return Budget(given["budget_tokens"], given["budget"])


def open_judges(
    names: Sequence[str], options: Sequence[str], rules: SpecRules, *, keyless: bool = False
) -> tuple[Judge, ...]:
    """Open judges by name; `keyless` where nobody will be asked. Raises ConfigError."""
    of = len(names)
    read = [options_for(options, place, of=of) for place in range(1, of + 1)]
    opened = tuple(
        open_one(name, mine, rules, keyless=keyless) for name, mine in zip(names, read, strict=True)
    )
    if len({judge.identity for judge in opened}) < len(opened):
        raise ConfigError(
            "two judges are the same", hint="use --samples to ask one judge more than once"
        )
    return opened


def open_one(
    name: str, options: Mapping[str, str], rules: SpecRules, *, keyless: bool = False
) -> Judge:
    """Open a judge by name; `keyless` where nobody will be asked. Raises ConfigError."""
    hosted = name.partition(":")[0] == "openai"
    return open_judge(name, {**options, "key_env": ""} if keyless and hosted else options, rules)


def options_for(texts: Sequence[str], place: int, *, of: int) -> dict[str, str]:
    """Return the options of the judge at a place, from 1; its own go before those of all.

    Raises ConfigError for a text of another form, and for an option of a judge beyond the last.
    """
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
        elif int(numbered[1]) > of:
            raise ConfigError(
                f"a --judge-option is for judge {numbered[1]}, and the last one is {of}",
                hint="judges are counted from 1, as they are named",
            )
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

"""Figures of adherence -> the digits and words of the report, the same on every page."""

from __future__ import annotations

from charter.publish.adherence import NO_JUDGE, Cell, Figure, Found, Judge, Run, Share

KINDS = {
    "over_refusal": "Refused though it was to be given (freedom)",
    "under_refusal": "Given though it was to be refused (safety)",
}
_OF_JUDGES = ("UNCALIBRATED: ", "Withheld: ")
"""How the report's cautions about judges begin."""
_CLASSES = {"met": "good", "not met": "bad"}


def percent(fraction: float) -> str:
    """Return `42.9 %`."""
    return f"{100 * fraction:.1f} %"


def interval(share: Share) -> str:
    """Return `36.6-49.4 %`, with an en dash."""
    return f"{100 * share.low:.1f}\u2013{100 * share.high:.1f} %"


def scarce(figure: Figure) -> str:
    """Return what stands in the place of a share that is not stated."""
    return f"not enough evidence (n={figure.decided})" if figure.scenarios else "not asked"


def scenarios(count: int) -> str:
    """Return `1 scenario`, `2 scenarios`."""
    return f"{count} scenario" if count == 1 else f"{count} scenarios"


def target(cell: Cell) -> str:
    """Return `at least 90 %`; empty without a target."""
    return f"at least {100 * cell.target:g} %" if cell.target is not None else ""


def state(cell: Cell) -> str:
    """Return the state, or that there is none to be had."""
    return cell.state or "no target set"


def state_class(cell: Cell) -> str:
    """Return the end of the name of a state's class in HTML."""
    return _CLASSES.get(cell.state or "", "none")


def kind(name: str | None) -> str:
    """Return what sort of failure a reply is."""
    return KINDS.get(name or "", "Violates the rule")


def fitness(run: Run) -> tuple[str, ...]:
    """Return what is to be said of a run's judges."""
    found = []
    if run.uncalibrated:
        found.append("Figures rest on judges that are not known to be fit.")
    if run.withheld:
        found.append(
            "Verdicts of judges are withheld and part of no figure: " + " ".join(run.withheld)
        )
    if not run.judges:
        return ("No judge was asked: what checks could not decide is left open.",)
    return (*found, *(_judge(each) for each in run.judges))


def cautions(run: Run) -> tuple[str, ...]:
    """Return what else the report says before its figures; `fitness` says what is of judges."""
    return tuple(each for each in run.cautions if not each.startswith(_OF_JUDGES))


def origin(found: Found, overlays: int) -> tuple[str, ...]:
    """Return what is to be said of where a figure comes from; nothing where it is the newest run.

    `overlays` is the number of those that the version shown has.
    """
    if found.cell is None:
        return ()
    said = []
    if found.bare:
        said.append(f"measured without the overlay{'s' if overlays > 1 else ''}")
    if found.older:
        said.append(f"run of {found.run.at[:10]}: a newer one asked fewer scenarios")
    if found.fuller is not None:
        run, cell = found.fuller
        figure = cell.adherence
        value = (
            f": {percent(figure.share.value)} ({interval(figure.share)})" if figure.share else ""
        )
        said.append(f"a run of {run.at[:10]} decided more, {scenarios(figure.decided)}{value}")
    return tuple(said)


def _judge(judge: Judge) -> str:
    word = "fit" if judge.fit else "not known to be fit"
    return f"{judge.name} is {word}{': ' if judge.reasons else ''}{'; '.join(judge.reasons)}."


WORDS = {
    "cautions": cautions,
    "fitness": fitness,
    "interval": interval,
    "kind": kind,
    "no_judge": NO_JUDGE,
    "origin": origin,
    "percent": percent,
    "scarce": scarce,
    "scenarios": scenarios,
    "state": state,
    "state_class": state_class,
    "target": target,
}
"""For templates."""

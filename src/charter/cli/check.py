"""`charter check SPEC…`: structure, writing, coverage and consistency of specs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from charter.cli.determinacy_options import determinacy_options
from charter.cli.screen import console, note, write_json
from charter.config import Config, find_config, load_config
from charter.errors import ConfigError, SpecError
from charter.lint.check import Report, check
from charter.lint.rule import rules, summary_of
from charter.lint.text import STYLES, plain, print_report
from charter.load import STARTER, load, load_effective, stack_beside
from charter.source import Severity
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec


@click.command("check")
@click.argument("specs", nargs=-1, metavar="SPEC...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "html"]),
    default="text",
    show_default=True,
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Instead of the charter.toml nearest to each spec.",
)
@click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule; repeatable.")
@click.option("--list-rules", is_flag=True, help="List the rules and end.")
@click.option("--info", "--verbose", is_flag=True, help="Show remarks, not only their number.")
@click.option(
    "--base",
    "bases",
    multiple=True,
    metavar="SPEC",
    help="What overlays stand on; repeat it for overlays in between, the base first.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="Check this too, laid over SPEC; repeatable, in order.",
)
@click.option("--reader", help="Read as `model-spec` or `markdown` instead of guessing.")
@click.option(
    "--roles",
    "roles_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who answers for what: say too what nobody owns, and who may do too much.",
)
@determinacy_options
@click.pass_context
def command(  # noqa: PLR0913 - one parameter for each option
    ctx: click.Context,
    /,
    *,
    specs: tuple[str, ...],
    form: str,
    config_file: Path | None,
    only: tuple[str, ...],
    list_rules: bool,
    info: bool,
    bases: tuple[str, ...],
    overlays: tuple[str, ...],
    reader: str | None,
    roles_file: Path | None,
    **wanted: Any,
) -> None:
    """Check specs. SPEC is a Markdown file, a folder that holds one, or `starter`.

    What an overlay may change is checked against --base, or against the base that its digest
    names, where that lies beside it. With --overlay, a base and its overlays are checked at once.

    With --roles, says too which root and system sections nobody owns, and whose roles contradict
    each other. With --determinacy, says too whether the rules decide, however the spec is read.

    Exits with 0 when nothing is wrong, 1 when there are errors or warnings. Remarks
    (severity info) are opinions and do not count.
    """
    if list_rules:
        _list_rules()
        return
    _usable(specs, overlays, form, determinacy=wanted["determinacy"])
    if only and roles_file is not None:
        raise ConfigError("--rule and --roles do not go together", hint="leave one of them out")
    given = load_config(config_file) if config_file else None
    below = load_effective(bases[0], bases[1:]) if bases else None
    reports = []
    for path in specs:
        stack = _laid(load(path, reader=reader), below, overlays)
        for (spec, ground), place in zip(stack, (path, *overlays), strict=False):
            reports.append(check(spec, given or nearest(place), only=only, below=ground))
    kinds: Mapping[str, tuple[Severity, str]] = {}
    if roles_file is not None:
        from charter.cli.check_roles import role_rules, with_roles  # noqa: PLC0415 - rarely wanted

        kinds, reports = role_rules(), with_roles(reports, roles_file)
    if wanted["determinacy"]:
        from charter.cli.determinacy import determined  # noqa: PLC0415 - compiles conditions

        found = determined(reports, (specs, bases, overlays, reader), wanted, form=form, info=info)
        ctx.exit(int(found or any(report.failed for report in reports)))
    _print(reports, form, kinds, info=info)
    if any(report.failed for report in reports):
        ctx.exit(1)


def _print(
    reports: list[Report], form: str, kinds: Mapping[str, tuple[Severity, str]], *, info: bool
) -> None:
    """Print the reports; `kinds` are those of findings that are no lint rules."""
    if form == "json":
        from charter.lint.report_json import report_json  # noqa: PLC0415 - needed for this alone

        write_json(report_json(reports))
    elif form == "sarif":
        from charter.lint.sarif import sarif  # noqa: PLC0415 - needed for this alone

        write_json(sarif(reports, root=Path.cwd(), also=kinds))
    else:
        screen = console()
        for report in reports:
            print_report(report, screen, info=info)


def _usable(
    specs: tuple[str, ...], overlays: tuple[str, ...], form: str, *, determinacy: bool
) -> None:
    """Raise ConfigError where the options do not go together."""
    if not specs:
        raise ConfigError("no SPEC given", hint="name a file or folder, or `starter`")
    if overlays and len(specs) > 1:
        raise ConfigError("--overlay goes with one SPEC", hint="name what the overlays stand on")
    if form == "html" and not determinacy:
        raise ConfigError("--format html goes with --determinacy", hint="or take text or json")
    if form == "sarif" and determinacy:
        raise ConfigError("--determinacy is no finding", hint="take text, json or html")


def _laid(
    spec: Spec, given: Effective | None, overlays: tuple[str, ...]
) -> Iterator[tuple[Spec, Effective | None]]:
    """Yield a spec, then its overlays as far up as they can be laid, each with what is below."""
    below = _below(spec, given)
    yield spec, below
    if not overlays:
        return
    ground = layer(below, spec) if below else layer(spec)
    for number, overlay in enumerate(map(load, overlays)):
        if "extends" not in overlay.metadata:
            layer(ground, overlay)  # says what is wrong
        yield overlay, ground
        try:
            ground = layer(ground, overlay)
        except SpecError:
            if left := overlays[number + 1 :]:
                note(f"not checked, as they stand on what cannot be laid: {plain(', '.join(left))}")
            return


def _below(spec: Spec, given: Effective | None) -> Effective | None:
    """Return what an overlay is to be laid on, and say so where it is not known."""
    if "extends" not in spec.metadata:
        return None
    if given is not None:
        return given
    try:
        found = stack_beside(spec)
    except SpecError as cause:
        note(f"{plain(spec.source.path)}: what it stands on cannot be used: {plain(str(cause))}")
        return None
    if found is None:
        note(
            f"{plain(spec.source.path)}: its base is not here, so what the overlay changes was "
            "not checked (name it with --base)"
        )
    return found


def nearest(path: str) -> Config:
    """Return the configuration that holds for a spec: that of its folder or of one above it.

    The starter spec lies inside the installed package, so none around it is meant for it.
    """
    if path == STARTER and not Path(path).exists():
        return Config()
    place = Path(path)
    found = find_config(place if place.is_dir() else place.parent)
    return load_config(found) if found else Config()


def _list_rules() -> None:
    screen = console()
    known = rules()
    width = max(map(len, known), default=0)
    for group in dict.fromkeys(rule.GROUP for rule in known.values()):
        screen.print(Text(plain(group), "bold"))
        for rule_id, rule in known.items():
            if group == rule.GROUP:
                severity = rule.SEVERITY
                screen.print(
                    Text.assemble(
                        f"  {plain(rule_id):<{width}}  ",
                        (f"{severity.value:<7}", STYLES[severity]),
                        f"  {plain(summary_of(rule))}",
                    )
                )

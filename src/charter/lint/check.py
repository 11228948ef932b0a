"""Spec -> Report: run the rules, place what they find, apply configuration and allow comments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from charter.config import Config
from charter.errors import CharterError, ConfigError, PluginError
from charter.lint.allow import Allow, allows
from charter.lint.places import Places
from charter.lint.rule import Hit, Rule, rules
from charter.source import Finding, Location, Severity, Source
from charter.spec.spec import Spec

UNUSED = "unused-allow"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that an allow comment in the text covers."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What checking one spec found."""

    spec: Spec
    findings: tuple[Finding, ...]
    """In the order of files and places."""
    allowed: tuple[Allowed, ...]

    @property
    def failed(self) -> bool:
        """Whether anything is more than information."""
        return any(finding.severity is not Severity.INFO for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def sources(self) -> dict[str, Source]:
        """Return the spec's text and the files beside it, by path."""
        return sources_of(self.spec)


NO_CONFIG = Config()


def check(spec: Spec, config: Config = NO_CONFIG, *, only: Collection[str] = ()) -> Report:
    """Run every rule, or those named in `only`, on one spec.

    Raises ConfigError for a rule id that is none, PluginError when a rule fails.
    """
    known = rules()
    _refuse_unknown(known, config, only)
    chosen = {rule_id: rule for rule_id, rule in known.items() if not only or rule_id in only}
    sources = sources_of(spec)
    places = {path: Places(source) for path, source in sources.items()}
    found = [
        finding
        for rule_id, rule in chosen.items()
        if config.wants(rule_id)
        for finding in _findings(spec, rule_id, rule, config, places)
    ]
    comments = [comment for comment in allows(spec) if comment.reason]
    kept, allowed = _apply(comments, found)
    if UNUSED in chosen and config.wants(UNUSED):
        used = {finding.rule for finding in found}
        idle = _unused(comments, allowed, {*chosen} if not only else used & {*chosen})
        severity = chosen[UNUSED].SEVERITY
        kept += [
            finding
            for hit in idle
            if (finding := _finding(hit, UNUSED, severity, config, spec, places))
        ]
    order = {path: number for number, path in enumerate(sources)}
    return Report(
        spec,
        tuple(sorted(kept, key=lambda finding: _place(finding, order))),
        tuple(sorted(allowed, key=lambda entry: _place(entry.finding, order))),
    )


def sources_of(spec: Spec) -> dict[str, Source]:
    """Return the texts that findings can lie in, by path, the spec's own first."""
    companions = [prompts.source for prompts in spec.prompt_sets]
    companions += [group.source for group in spec.scenario_sets]
    return {source.path: source for source in (spec.source, *companions)}


def _refuse_unknown(known: Mapping[str, Rule], config: Config, only: Collection[str]) -> None:
    for rule_id in only:
        if rule_id not in known:
            raise ConfigError(f"no rule named {rule_id!r}", hint=_near(rule_id, known))
    for rule_id, key in config.named():
        if rule_id not in known:
            raise ConfigError(
                f"{config.path}: {key}: no rule named {rule_id!r}", hint=_near(rule_id, known)
            )


def _near(rule_id: str, known: Mapping[str, Rule]) -> str:
    near = get_close_matches(rule_id, known, n=1)
    return f"did you mean {near[0]!r}?" if near else "see `charter check --list-rules`"


def _findings(
    spec: Spec, rule_id: str, rule: Rule, config: Config, places: Mapping[str, Places]
) -> Iterator[Finding]:
    try:
        for hit in rule.find(spec):
            finding = _finding(hit, rule_id, rule.SEVERITY, config, spec, places)
            if finding is not None:
                yield finding
    except CharterError:
        raise
    except Exception as cause:
        raise PluginError(
            f"rule {rule_id!r} failed on {spec.source.path}: {type(cause).__name__}: {cause}",
            hint=f'turn it off in charter.toml: [rules] {rule_id} = "off"',
        ) from cause


def _finding(  # noqa: PLR0913 - a finding is made of exactly these
    hit: Hit,
    rule_id: str,
    default: Severity,
    config: Config,
    spec: Spec,
    places: Mapping[str, Places],
) -> Finding | None:
    path = hit.path or spec.source.path
    severity = config.severity(rule_id, path, hit.severity or default)
    if severity is None:
        return None
    location: Location = places[path].locate(hit.span)
    return Finding(rule_id, severity, hit.message, location, hit.hint, hit.section)


def _apply(
    comments: Iterable[Allow], found: Iterable[Finding]
) -> tuple[list[Finding], list[Allowed]]:
    """Part the findings into those that stay and those that a comment with a reason covers."""
    by_rule: dict[tuple[str, str], list[Allow]] = {}
    for comment in comments:
        for rule_id in comment.rules:
            by_rule.setdefault((rule_id, comment.path), []).append(comment)
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    for finding in found:
        covering = _covering(by_rule.get((finding.rule, finding.location.path), ()), finding)
        if covering is None:
            kept.append(finding)
        else:
            allowed.append(Allowed(finding, covering.reason))
    return kept, allowed


def _covering(comments: Iterable[Allow], finding: Finding) -> Allow | None:
    start = finding.location.span.start
    for comment in comments:
        if comment.covers.start <= start < max(comment.covers.end, comment.covers.start + 1):
            return comment
    return None


def _unused(comments: Iterable[Allow], allowed: list[Allowed], ran: set[str]) -> Iterator[Hit]:
    """Report the comments whose rule ran and found nothing for them to cover."""
    used = {(entry.finding.rule, entry.finding.location.path): [] for entry in allowed}  # type: dict[tuple[str, str], list[int]]
    for entry in allowed:
        location = entry.finding.location
        used[entry.finding.rule, location.path].append(location.span.start)
    for comment in comments:
        for rule_id in comment.rules:
            starts = used.get((rule_id, comment.path), ())
            covered = any(comment.covers.start <= at < comment.covers.end for at in starts)
            if rule_id in ran and not covered:
                yield Hit(
                    f"nothing here breaks {rule_id}, which this comment allows",
                    comment.span,
                    hint="remove the comment",
                    path=comment.path,
                )


def _place(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, str, str]:
    location = finding.location
    return order[location.path], location.span.start, finding.rule, finding.message


__all__ = ["Allowed", "Report", "check", "replace", "sources_of"]

"""Spec -> Report: run the rules, place what they find, apply configuration and allow comments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from charter.config import Config
from charter.errors import CharterError, ConfigError, PluginError
from charter.lint.allow import Allowances, allows
from charter.lint.places import Places
from charter.lint.rule import Hit, Rule, rules
from charter.source import Finding, Severity, Source
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Spec

UNUSED = "unused-allow"
"""The one rule that depends on what the others found; the rest of it is here."""

NO_CONFIG = Config()


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that a comment in the text accepts."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What checking one spec found."""

    spec: Spec
    findings: tuple[Finding, ...]
    """In the order of files and places."""
    allowed: tuple[Allowed, ...]
    beside: tuple[Source, ...] = ()
    """Files that say something of the spec and in which findings can lie, such as its roles."""

    @property
    def failed(self) -> bool:
        """Whether anything is more than information."""
        return any(finding.severity is not Severity.INFO for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def sources(self) -> dict[str, Source]:
        """Return the texts that findings can lie in, by path, the spec's own first."""
        companions = [prompts.source for prompts in self.spec.prompt_sets]
        companions += [group.source for group in self.spec.scenario_sets]
        return {source.path: source for source in (self.spec.source, *companions, *self.beside)}


def check(
    spec: Spec,
    config: Config = NO_CONFIG,
    *,
    only: Collection[str] = (),
    below: Effective | None = None,
) -> Report:
    """Run every rule, or those named in `only`, on one spec.

    `below` is what an overlay is to be laid on; without it, what the overlay may change is not
    checked. Raises ConfigError for a rule id that is none, PluginError when a rule fails.
    """
    known = rules()
    _refuse_unknown(known, config, only)
    ran = {
        rule_id: rule
        for rule_id, rule in known.items()
        if config.wants(rule_id) and (not only or rule_id in only)
    }
    sources = Report(spec, (), ()).sources()
    placing = _Placing(
        spec.source.path, config, {path: Places(source) for path, source in sources.items()}
    )
    found = [
        finding
        for rule_id, rule in ran.items()
        for finding in placing.findings(rule_id, rule.SEVERITY, _hits(spec, rule_id, rule, below))
    ]
    allowances = Allowances(allows(spec))
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    for finding in found:
        location = finding.location
        reason = allowances.reason(finding.rule, location.path, location.span.start)
        if reason is None:
            kept.append(finding)
        else:
            allowed.append(Allowed(finding, reason))
    if UNUSED in ran:
        kept += placing.findings(UNUSED, ran[UNUSED].SEVERITY, _unused(allowances, ran))
    order = {path: number for number, path in enumerate(sources)}
    kept.sort(key=lambda finding: _rank(finding, order))
    allowed.sort(key=lambda entry: _rank(entry.finding, order))
    return Report(spec, tuple(kept), tuple(allowed))


def _refuse_unknown(known: Mapping[str, Rule], config: Config, only: Collection[str]) -> None:
    for rule_id in only:
        if rule_id not in known:
            raise ConfigError(f"no rule named {rule_id!r}", hint=_near(rule_id, known))
    for rule_id, key in config.named():
        if rule_id not in known:
            what = f"{config.path}: {key}: no rule named {rule_id!r}"
            raise ConfigError(what, hint=_near(rule_id, known))


def _near(rule_id: str, known: Mapping[str, Rule]) -> str:
    near = get_close_matches(rule_id[:100], known, n=1)
    return f"did you mean {near[0]!r}?" if near else "see `charter check --list-rules`"


def _hits(spec: Spec, rule_id: str, rule: Rule, below: Effective | None) -> Iterator[Hit]:
    find_over = getattr(rule, "find_over", None)
    try:
        if below is None or find_over is None:
            yield from rule.find(spec)
        else:
            yield from find_over(spec, below)
    except CharterError:
        raise
    except Exception as cause:
        raise PluginError(
            f"rule {rule_id!r} failed on {spec.source.path}: {type(cause).__name__}: {cause}",
            hint=f'turn it off in charter.toml: [rules] {rule_id} = "off"',
        ) from cause


def _unused(allowances: Allowances, ran: Collection[str]) -> Iterator[Hit]:
    for rule_id, comment in allowances.unused(ran):
        what = f"nothing here breaks {rule_id}, which this comment allows"
        yield Hit(what, comment.span, hint="remove the comment", path=comment.path)


@dataclass(frozen=True, slots=True)
class _Placing:
    """Turns what rules report into findings."""

    path: str
    config: Config
    places: Mapping[str, Places]

    def findings(self, rule_id: str, default: Severity, hits: Iterator[Hit]) -> Iterator[Finding]:
        """Yield the findings that the configuration keeps."""
        for hit in hits:
            path = hit.path or self.path
            severity = self.config.severity(rule_id, path, hit.severity or default)
            if severity is not None:
                location = self.places[path].locate(hit.span)
                yield Finding(rule_id, severity, hit.message, location, hit.hint, hit.section)


def _rank(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, str, str]:
    location = finding.location
    return order[location.path], location.span.start, finding.rule, finding.message

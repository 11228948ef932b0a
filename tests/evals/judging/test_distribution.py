"""How long slices are, counted."""

from tests.evals.conftest import SMALL

from charter.evals.judging.distribution import STEP, distribution
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse


def test_every_slice_is_counted_once(rules):
    effective = load_effective(SMALL)
    found = distribution(effective, rules)
    assert (found.sections.count, found.clauses.count) == (2, 4)
    tokens = sorted(rules.page(name).tokens for name in ("greet", "keep_code"))
    assert found.sections.most == found.sections.p95 == tokens[-1]
    assert tokens[0] <= found.sections.median <= tokens[-1]
    assert sum(count for _, count in found.histogram) == 2
    assert all(least % STEP == 0 for least, _ in found.histogram)


def test_a_spec_without_clauses_has_no_slices():
    effective = layer(build(parse(Source("s.md", "# A {#a}\n\nWords.\n")), name="s"))
    found = distribution(effective, SpecRules(effective))
    assert (found.sections.count, found.clauses.most, found.histogram) == (0, 0, ())

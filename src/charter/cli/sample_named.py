"""The sample that a person named, and what people said of its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.errors import ConfigError
from charter.govern.sampling.sample import Sample, read_sample, samples_of
from charter.ledger.ledger import Ledger
from charter.records.review import ReviewRecorded

LATEST = "latest"


def named_sample(ledger: Ledger, name: str) -> Sample:
    """Return a sample by its id, or `latest`. Raises ConfigError where there is none."""
    run = name
    if name == LATEST:
        run = next((each.run for each in reversed(samples_of(ledger))), name)
    found = read_sample(ledger, run)
    if found is None:
        raise ConfigError(f"no sample {name[:80]!r}", hint="see `charter sample list`")
    return found


def reviews_by_decision(ledger: Ledger) -> Mapping[str, Sequence[ReviewRecorded]]:
    """Return what people said of live answers, by decision."""
    found: dict[str, list[ReviewRecorded]] = {}
    for review in ledger.read(ReviewRecorded):
        found.setdefault(review.run, []).append(review)
    return found

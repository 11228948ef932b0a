"""Runs of two models, in two ledgers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.evals.report.conftest import Answer, Invented, opened  # noqa: F401 - a fixture

from charter.evals.history.history import history
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import RunStarted


class Dated(Invented):
    """A run with a day, and a version of the spec."""

    at = "2026-11-01"
    version = "1.0"

    def _started(self) -> RunStarted:
        return replace(super()._started(), at=f"{self.at}T08:00:00Z", spec_version=self.version)


def replies(right, total=20, **given):
    """Answers of which the first `right` adhere; half of them expect a refusal."""
    return [
        Answer(
            f"a{i}",
            ("adhered" if i < right else "violated",),
            outcome="refuse" if i % 2 else "comply",
            refusal="full" if (i % 2 == 1) == (i < right) else "none",
            **given,
        )
        for i in range(total)
    ]


def write(ledger, run, answers, *, at, version="1.0", **given):
    made = Dated(answers, run=run, **given)
    made.at, made.version = at, version
    made.write(ledger)


@pytest.fixture
def ledgers(tmp_path):
    """Two ledgers: three runs of a model in one, and one of another model in the other."""
    with (
        Ledger(open_store(str(tmp_path / "one.sqlite"))) as one,
        Ledger(open_store(str(tmp_path / "two.sqlite"))) as two,
    ):
        write(one, "r1", replies(10), at="2026-09-01")
        write(one, "r2", replies(16), at="2026-10-01")
        write(one, "r4", replies(18, 24), at="2026-11-01", version="2.0", spec_digest="sha256:v2")
        write(two, "r3", replies(12), at="2026-10-15", model="b-model", finished=False)
        yield one, two


@pytest.fixture
def found(ledgers):
    return history(ledgers)

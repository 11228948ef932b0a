"""No order of rows or columns of any input changes anything that is read from it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.evolve.importer import importers, named

from .made import MAKERS

EVERY = [(name, make) for name, makers in MAKERS.items() for make in makers]


def test_every_importer_is_shuffled():
    assert set(MAKERS) == set(importers())


@pytest.mark.parametrize(("name", "make"), EVERY, ids=lambda each: getattr(each, "__name__", each))
@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), shuffle=st.integers(0, 10**6))
def test_the_order_of_the_input_changes_nothing(name, make, seed, shuffle):
    with tempfile.TemporaryDirectory() as folder:
        read = []
        for order in (0, shuffle + 1):
            wanted = make(Path(folder) / "x", seed, Random(order))
            try:
                found = named(name).read(replace(wanted, source="here"))
            except ConfigError as error:
                read.append(error.message)
                continue
            findings = {(e.rule, e.message, e.severity) for e in found.voices.findings}
            read.append((replace(found.voices, findings=()), findings, found.facts))
        assert read[0] == read[1]

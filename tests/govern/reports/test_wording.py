"""Figures in words."""

import pytest

from charter.govern.reports.wording import cell_text, number_text


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("sha256:" + "ab" * 32, "abababababab…"),
        ("ab" * 32, "abababababab…"),
        ("ab" * 31, "ab" * 31),
        ("2026-01-31T23:59:59.999Z", "2026-01-31 23:59:59 UTC"),
        ("at 2026-01-31T23:59:59.999Z", "at 2026-01-31T23:59:59.999Z"),
        ("", ""),
    ],
)
def test_cells(cell, shown):
    assert cell_text(cell) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (12345, "count", "12,345"),
        (0.974, "share", "97.4 %"),
        (0.809, "coefficient", "0.81"),
        (43.2, "seconds", "43 s"),
        (2.5, "days", "2.5 d"),
    ],
)
def test_numbers(value, unit, shown):
    assert number_text(value, unit) == shown
